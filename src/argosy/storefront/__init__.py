"""The shop that people see: pages rendered on the server, usable without scripts, in every market and language."""
