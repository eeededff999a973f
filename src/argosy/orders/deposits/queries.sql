-- name: open_deposits
-- Writes down the deposits that these orders, locked, were paid for.
INSERT INTO deposits (cell, deposit_id, shopper_id, promotion, variant_id, market, currency, quantity, paid_minor, counts_minor,
    seller_per_mille, balance_from, balance_until, take_keys, take_counts, state, paid_at)
SELECT cell, order_id, shopper_id, quote->'deposit'->>'promotion', (quote->'deposit'->>'variant_id')::uuid, market, currency,
    (quote->'deposit'->>'quantity')::int, (quote->'deposit'->>'paid_minor')::bigint, (quote->'deposit'->>'counts_minor')::bigint,
    (quote->'deposit'->>'seller_per_mille')::int, (quote->'deposit'->>'balance_from')::timestamptz,
    (quote->'deposit'->>'balance_until')::timestamptz, take_keys, take_counts, 'paid', $3
FROM orders WHERE cell = $1 AND order_id = ANY($2::uuid[])

-- name: read_deposits -> DepositRow
-- Deposits by their ids.
SELECT deposit_id, shopper_id, promotion, variant_id, market, currency, quantity, paid_minor, counts_minor, seller_per_mille,
    balance_from, balance_until, take_keys, take_counts, state, balance_order_id, paid_at
FROM deposits WHERE cell = $1 AND deposit_id = ANY($2::uuid[])

-- name: end_deposits
-- Ends deposits whose counters this transaction has locked and taken. What its balance could not use of one is its rest.
UPDATE deposits SET state = new.state, balance_order_id = new.balance_order_id, ended_at = $6,
    rest_minor = coalesce((SELECT paid_minor - (quote->'balance'->>'credit_minor')::bigint FROM orders
        WHERE cell = $1 AND order_id = new.balance_order_id AND quote->'balance' ? 'credit_minor'), 0)
FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS new (deposit_id, state, balance_order_id)
WHERE deposits.cell = $1 AND deposits.deposit_id = ANY($5::uuid[]) AND deposits.deposit_id = new.deposit_id AND deposits.state = 'paid'

-- name: owe_pieces
-- Notes that so many pieces of a used deposit went back in all.
UPDATE deposits SET owed_pieces = new.pieces FROM unnest($2::uuid[], $3::int[]) AS new (deposit_id, pieces)
WHERE deposits.cell = $1 AND deposits.deposit_id = ANY($4::uuid[]) AND deposits.deposit_id = new.deposit_id

-- name: missed -> DepositRow
-- Deposits whose window is over and that nobody ended, the oldest first.
SELECT deposit_id, shopper_id, promotion, variant_id, market, currency, quantity, paid_minor, counts_minor, seller_per_mille,
    balance_from, balance_until, take_keys, take_counts, state, balance_order_id, paid_at
FROM deposits WHERE cell = $1 AND state = 'paid' AND balance_until <= $2 ORDER BY balance_until LIMIT 500

-- name: to_give_back -> Owed
-- Used deposits whose pieces went back and whose share of the deposit has not yet, or whose rest has not.
SELECT deposit_id, quantity, paid_minor - rest_minor AS used_minor, CASE WHEN rest_returned THEN 0 ELSE rest_minor END AS rest_minor,
    owed_pieces, returned_pieces
FROM deposits WHERE cell = $1 AND (returned_pieces < owed_pieces OR (rest_minor > 0 AND NOT rest_returned)) ORDER BY deposit_id LIMIT 500

-- name: gave_back
-- Notes for how many pieces a deposit's share went back, and that its rest did.
UPDATE deposits SET returned_pieces = greatest(returned_pieces, $3), rest_returned = rest_minor > 0 WHERE cell = $1 AND deposit_id = $2

-- name: deposits_of -> DepositRow
-- A shopper's deposits, the newest first.
SELECT deposit_id, shopper_id, promotion, variant_id, market, currency, quantity, paid_minor, counts_minor, seller_per_mille,
    balance_from, balance_until, take_keys, take_counts, state, balance_order_id, paid_at
FROM deposits WHERE cell = $1 AND shopper_id = $2 ORDER BY paid_at DESC, deposit_id DESC LIMIT 100

-- name: hand_over
-- Gives a deposit of one shopper to another.
UPDATE deposits SET shopper_id = $4 WHERE cell = $1 AND deposit_id = $2 AND shopper_id = $3
