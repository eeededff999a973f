"""A second, slow reading of the landed cost rules, made only to be compared with the first.

It works on the request as JSON describes it, in exact fractions, without tables compiled ahead, and keeps facts of its own:
`facts` (limits, rates, schemes), `duty_rows.csv` and `section301_rows.csv` (the tariffs' rows of the headings that the comparison
draws from), `restrictions` (what may not go where), `work_out` (the rules), `draw` (consignments to compare on).
It imports nothing of the package that it judges.

The rows were copied on 2026-11-23 from the tariffs of the United States (HTS 2025), the Union, the United Kingdom, Australia and
Brazil and from the Section 301 lists; publishers and licences are those of the whole tables, in `data/landed/README.md`.
"""
