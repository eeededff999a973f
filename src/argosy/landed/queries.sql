-- name: one_import
-- Waits until no other import of tariffs is at work; held until the transaction ends.
SELECT pg_advisory_xact_lock($1)

-- name: tariff_rows -> TariffRow
-- All rows that operators brought, by what they are about and when.
SELECT kind, country, region, hs, origin, rate_ppm, specific_micro, unit, combine, currency, applies_to, limit_minor, basis, valid_from,
    valid_to, source, as_of, confidence
FROM tariff_rows ORDER BY kind, country, region, hs, origin, applies_to, valid_from

-- name: tariff_rows_about -> TariffRow
-- All rows about the same things as some keys.
SELECT t.kind, t.country, t.region, t.hs, t.origin, t.rate_ppm, t.specific_micro, t.unit, t.combine, t.currency, t.applies_to,
    t.limit_minor, t.basis, t.valid_from, t.valid_to, t.source, t.as_of, t.confidence
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS asked (kind, country, region, hs, origin, applies_to)) AS asked
JOIN tariff_rows AS t USING (kind, country, region, hs, origin, applies_to)
ORDER BY t.valid_from

-- name: add_tariff_rows
-- Adds rows; that they do not overlap others was checked under the lock of the import.
INSERT INTO tariff_rows (kind, country, region, hs, origin, applies_to, rate_ppm, specific_micro, unit, combine, currency, limit_minor,
    basis, valid_from, valid_to, source, as_of, confidence, imported_at)
SELECT new.*, $19 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[],
    $10::text[], $11::text[], $12::bigint[], $13::text[], $14::date[], $15::date[], $16::text[], $17::date[], $18::text[]) AS new

-- name: end_tariff_rows
-- Gives rows that had no end their last day.
UPDATE tariff_rows SET valid_to = ending.valid_to
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[])
    AS ending (kind, country, region, hs, origin, applies_to, valid_from, valid_to)
WHERE tariff_rows.kind = ending.kind AND tariff_rows.country = ending.country AND tariff_rows.region = ending.region
    AND tariff_rows.hs = ending.hs AND tariff_rows.origin = ending.origin AND tariff_rows.applies_to = ending.applies_to
    AND tariff_rows.valid_from = ending.valid_from AND tariff_rows.valid_to IS NULL

-- name: tariff_counts -> TariffCount
-- How many rows there are by country and kind, and how old the oldest figure is.
SELECT country, kind, count(*) AS rows, count(*) FILTER (WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1)) AS in_force,
    min(as_of) AS oldest FROM tariff_rows GROUP BY country, kind ORDER BY country, kind

-- name: goods_after -> Goods
-- Variants with what classification and landed cost need of them, in the order of their ids.
SELECT v.variant_id, v.product_id, p.name AS title, p.name_language AS language, p.category, v.hs6, v.origin, v.weight_g
FROM variants AS v JOIN products AS p ON p.product_id = v.product_id WHERE v.variant_id > $1 ORDER BY v.variant_id LIMIT $2

-- name: ask
-- Puts variants into the queue, or renews an open suggestion; what was decided stays as it is.
INSERT INTO classification_queue (cell, variant_id, product_id, title, category, suggested_hs6, confidence, reason, state, asked_at)
SELECT $1, new.*, 'open', $9 FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::text[]) AS new
ON CONFLICT (cell, variant_id) DO UPDATE SET product_id = excluded.product_id, title = excluded.title, category = excluded.category,
    suggested_hs6 = excluded.suggested_hs6, confidence = excluded.confidence, reason = excluded.reason
WHERE classification_queue.state = 'open'

-- name: withdraw
-- Takes variants out of the queue whose heading is sure by now.
DELETE FROM classification_queue WHERE cell = $1 AND variant_id = ANY($2::uuid[]) AND state = 'open'

-- name: open_products -> OpenProduct
-- Products with open variants, in the order of their ids, a page at a time.
SELECT product_id, min(title) AS title, min(category) AS category, min(suggested_hs6) AS suggested_hs6, min(confidence) AS confidence,
    min(reason) AS reason, count(*) AS variants, min(asked_at) AS asked_at
FROM classification_queue WHERE cell = $1 AND state = 'open' AND product_id > $2 GROUP BY product_id ORDER BY product_id LIMIT $3

-- name: count_open
-- How many products wait for a decision.
SELECT count(DISTINCT product_id) FROM classification_queue WHERE cell = $1 AND state = 'open'

-- name: decide
-- Writes what an operator decided for a variant, or for all variants of a product; deciding again changes it.
UPDATE classification_queue SET state = CASE WHEN suggested_hs6 = $3 THEN 'accepted' ELSE 'changed' END, decided_hs6 = $3,
    decided_at = $4, decided_by = $5
WHERE cell = $1 AND (variant_id = $2 OR product_id = $2)

-- name: unsure
-- Variants whose heading nobody decided, up to a number.
SELECT variant_id FROM classification_queue WHERE cell = $1 AND state = 'open' LIMIT $2

-- name: decided -> Decided
-- Headings that operators chose.
SELECT variant_id, decided_hs6 AS hs6 FROM classification_queue WHERE cell = $1 AND state <> 'open'
