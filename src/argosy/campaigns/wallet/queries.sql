-- name: add
-- Adds what was claimed.
INSERT INTO wallet (cell, shopper_id, held_id, promotion, market, minor, claimed_at, expires_at)
SELECT $1, new.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[], $8::timestamptz[]) AS new

-- name: of_shopper -> WalletRow
-- What a shopper claimed that is good at an instant, what ends first before the rest.
SELECT shopper_id, held_id, promotion, market, minor, claimed_at, expires_at FROM wallet
WHERE cell = $1 AND shopper_id = $2 AND expires_at > $3 ORDER BY expires_at, held_id LIMIT $4

-- name: hand_over
-- Gives a guest's coupons to her account.
UPDATE wallet SET shopper_id = $4 WHERE cell = $1 AND shopper_id = $2 AND held_id = ANY($3::uuid[])

-- name: forget
-- Takes out what ended long ago, so much at once that orders need not wait.
DELETE FROM wallet WHERE (cell, shopper_id, held_id) IN (SELECT cell, shopper_id, held_id FROM wallet
    WHERE cell = $1 AND expires_at < $2 ORDER BY expires_at LIMIT 1000)

-- name: tally -> Tally
-- Claims by promotion, and how many of them an order has; looks at no more than so many.
SELECT claimed.promotion, count(*) AS claims, count(taken.key) AS used
FROM (SELECT promotion, held_id FROM wallet WHERE cell = $1 AND promotion = ANY($2::text[]) LIMIT $3) AS claimed
LEFT JOIN quotas AS taken ON taken.cell = $1 AND taken.key = 'held/' || claimed.held_id AND taken.held + taken.sold > 0
GROUP BY claimed.promotion
