-- name: lock_counters -> Counter
-- Locks counters in key order, so that no two batches wait for each other in a circle, and reads them. A list comes as one text,
-- a line each: the driver looks at every member of an array for longer than the database looks for its line breaks.
SELECT key, received, held, sold FROM quotas WHERE cell = $1 AND key = ANY(string_to_array($2::text, E'\n')) ORDER BY key FOR NO KEY UPDATE

-- name: make_counters
-- Makes counters that come into being with their first taker.
INSERT INTO quotas (cell, key, received)
SELECT $1, new.key, new.received FROM unnest($2::text[], $3::bigint[]) AS new (key, received) ORDER BY new.key
ON CONFLICT DO NOTHING

-- name: restate_counters
-- Sets what counters have in all, which this transaction has locked.
UPDATE quotas SET received = new.received FROM unnest($2::text[], $3::bigint[]) AS new (key, received)
WHERE quotas.cell = $1 AND quotas.key = new.key

-- name: counters_of -> Counter
-- Reads all counters of a prefix without locking them.
SELECT key, received, held, sold FROM quotas WHERE cell = $1 AND key >= $2 AND key < $2 || U&'\FFFF'

-- name: move_counters
-- Changes counters that this transaction has locked; the table's check refuses what would oversell.
UPDATE quotas SET held = quotas.held + move.held, sold = quotas.sold + move.sold
FROM unnest(string_to_array($2::text, E'\n'), string_to_array($3::text, E'\n')::bigint[], string_to_array($4::text, E'\n')::bigint[])
    AS move (key, held, sold)
WHERE quotas.cell = $1 AND quotas.key = move.key

-- name: receive_units
-- Adds units to counters, which are made where they are missing.
INSERT INTO quotas (cell, key, received)
SELECT $1, new.key, new.received FROM unnest($2::text[], $3::bigint[]) AS new (key, received) ORDER BY new.key
ON CONFLICT (cell, key) DO UPDATE SET received = quotas.received + excluded.received

-- name: read_counters -> Counter
-- Reads counters without locking them.
SELECT key, received, held, sold FROM quotas WHERE cell = $1 AND key = ANY($2::text[])

-- name: sum_counters -> Sums
-- The sums over all counters whose key begins with a prefix.
SELECT count(*) AS counters, coalesce(sum(received), 0)::bigint AS received, coalesce(sum(held), 0)::bigint AS held,
    coalesce(sum(sold), 0)::bigint AS sold
FROM quotas WHERE cell = $1 AND key >= $2 AND key < $2 || U&'\FFFF'

-- name: stocked_hubs
-- The hubs that ever received stock; keys are stock/<variant>/<hub>.
SELECT DISTINCT split_part(key, '/', 3) AS hub FROM quotas WHERE cell = $1 AND key >= 'stock/' AND key < 'stock0' AND received > 0

-- name: nearly_gone
-- Keys of a prefix of which no more than a share is free.
SELECT key FROM quotas WHERE cell = $1 AND key >= $2 AND key < $2 || U&'\FFFF' AND (received - held - sold) * $3::bigint <= received LIMIT $4

-- name: forget_counters
-- Forgets counters of a prefix whose key ends with a time before one.
DELETE FROM quotas WHERE cell = $1 AND key >= $2 AND key < $2 || U&'\FFFF' AND right(key, 16) < $3 AND held = 0
