-- name: prices_of -> PriceRow
-- All prices of some variants that held in the last 60 days or will hold.
SELECT variant_id, list, valid_from, valid_to, minor, currency, source FROM prices
WHERE variant_id = ANY($1::uuid[]) AND (valid_to IS NULL OR valid_to > $2::timestamptz - interval '60 days')
ORDER BY variant_id, list, valid_from DESC

-- name: current_prices -> PriceRow
-- The prices of one list that hold at an instant.
SELECT variant_id, list, valid_from, valid_to, minor, currency, source FROM prices
WHERE variant_id = ANY($1::uuid[]) AND list = $2 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3)

-- name: priced
-- Variants that have or had a price in a list.
SELECT DISTINCT variant_id FROM prices WHERE variant_id = ANY($1::uuid[]) AND list = $2

-- name: close_prices
-- Ends the prices of a list that reach beyond their instant.
UPDATE prices SET valid_to = ending.at FROM unnest($1::uuid[], $3::timestamptz[]) AS ending (variant_id, at)
WHERE prices.variant_id = ending.variant_id AND prices.list = $2 AND prices.valid_from < ending.at
    AND (prices.valid_to IS NULL OR prices.valid_to > ending.at)

-- name: add_prices
-- Adds prices with their period; one without an end holds until the next price of its list that is set already.
INSERT INTO prices (variant_id, list, valid_from, valid_to, minor, currency, source)
SELECT new.variant_id, new.list, new.valid_from, coalesce(new.valid_to, (SELECT min(later.valid_from) FROM prices AS later
    WHERE later.variant_id = new.variant_id AND later.list = new.list AND later.valid_from > new.valid_from)),
    new.minor, new.currency, new.source
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::text[], $7::text[])
    AS new (variant_id, list, valid_from, valid_to, minor, currency, source)
ON CONFLICT (variant_id, list, valid_from) DO UPDATE
SET minor = excluded.minor, currency = excluded.currency, valid_to = excluded.valid_to, source = excluded.source

-- name: note_changes
-- Notes that prices changed, for the caches.
INSERT INTO price_changes (variant_id, changed_at) SELECT new.id, $2 FROM unnest($1::uuid[]) AS new (id)
ON CONFLICT (variant_id) DO UPDATE SET changed_at = excluded.changed_at

-- name: changed_since -> PriceChange
-- Variants whose prices changed after an instant.
SELECT variant_id, changed_at FROM price_changes WHERE changed_at > $1 ORDER BY changed_at LIMIT 10000

-- name: add_rates
-- Adds published rates; a day's rate that is there already is replaced.
INSERT INTO exchange_rates (currency, day, per_euro_numerator, per_euro_denominator, source, as_of)
SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::text[], $6::date[])
ON CONFLICT (currency, day) DO UPDATE SET per_euro_numerator = excluded.per_euro_numerator,
    per_euro_denominator = excluded.per_euro_denominator, source = excluded.source, as_of = excluded.as_of

-- name: rates_since -> RateRow
-- All rates from a day on, and of each currency the last one before it.
(SELECT currency, day, per_euro_numerator, per_euro_denominator, source, as_of FROM exchange_rates WHERE day >= $1)
UNION ALL
(SELECT DISTINCT ON (currency) currency, day, per_euro_numerator, per_euro_denominator, source, as_of
FROM exchange_rates WHERE day < $1 ORDER BY currency, day DESC)
