-- name: bought_lines -> BoughtLine
-- Lines of paid orders with their price after promotions; a deposit that was paid ahead is no price of goods.
SELECT o.order_id, l.line, l.variant_id, o.market, l.quantity, (l.facts->>'list_minor')::bigint AS list_minor, l.facts->'taken' AS taken,
    o.placed_at AS bought_at
FROM orders AS o JOIN order_lines AS l USING (cell, order_id)
WHERE o.cell = $1 AND o.order_id = ANY($2::uuid[]) AND o.state = 'paid' AND l.facts ? 'list_minor'
    AND jsonb_typeof(o.quote->'deposit') IS DISTINCT FROM 'object' ORDER BY o.order_id, l.line

-- name: add
-- Adds lines whose price is protected; those that are there already stay as they are.
INSERT INTO protections (cell, order_id, line, variant_id, market, days, bought_at, unit_minor, settled_minor, next_check_at)
SELECT $1, order_id, line, variant_id, market, days, bought_at, unit_minor, unit_minor, next_check_at FROM jsonb_to_recordset($2::jsonb) AS new
    (order_id uuid, line smallint, variant_id uuid, market text, days int, bought_at timestamptz, unit_minor bigint, next_check_at timestamptz)
ON CONFLICT DO NOTHING

-- name: delivered
-- Notes when goods of orders were delivered; of several parcels the last one counts.
UPDATE protections SET delivered_at = new.at FROM unnest($2::uuid[], $3::timestamptz[]) AS new (order_id, at)
WHERE protections.cell = $1 AND protections.order_id = new.order_id AND (delivered_at IS NULL OR delivered_at < new.at)

-- name: due
-- Orders with lines that are to be compared with later prices, of the lines that are due the longest.
SELECT DISTINCT order_id FROM (SELECT order_id FROM protections WHERE cell = $1 AND next_check_at <= $2 AND owed_minor IS NULL
    ORDER BY next_check_at LIMIT $3) AS due ORDER BY order_id

-- name: to_check -> ToCheck
-- The lines that are due of orders that this transaction has locked.
SELECT p.order_id, p.line, p.variant_id, p.market, p.days, p.bought_at, p.delivered_at, p.unit_minor, p.settled_minor,
    CASE WHEN o.state = 'paid' THEN l.quantity - l.refunded_quantity ELSE 0 END AS kept,
    l.total_minor - l.refunded_minor - p.paid_minor AS left_minor, l.facts->'price' AS price
FROM protections AS p JOIN orders AS o USING (cell, order_id) JOIN order_lines AS l USING (cell, order_id, line)
WHERE p.cell = $1 AND p.order_id = ANY($2::uuid[]) AND p.next_check_at <= $3 AND p.owed_minor IS NULL ORDER BY p.order_id, p.line

-- name: of_order -> OrderLine
-- Lines of an order whose protection is not over.
SELECT line, days, bought_at, delivered_at FROM protections WHERE cell = $1 AND order_id = $2 AND next_check_at IS NOT NULL ORDER BY line

-- name: decide
-- Writes what is owed for lines and when to look at them again.
UPDATE protections SET owed_minor = new.owed_minor, owed_to_minor = new.owed_to_minor, next_check_at = new.next_check_at
FROM jsonb_to_recordset($2::jsonb) AS new
    (order_id uuid, line smallint, owed_minor bigint, owed_to_minor bigint, next_check_at timestamptz)
WHERE protections.cell = $1 AND protections.order_id = new.order_id AND protections.line = new.line

-- name: owed -> Owed
-- Drops that are to be paid back.
SELECT order_id, line, owed_minor, owed_to_minor FROM protections WHERE cell = $1 AND owed_minor IS NOT NULL ORDER BY order_id, line LIMIT $2

-- name: settle
-- Notes that a drop was paid back.
UPDATE protections SET settled_minor = owed_to_minor, paid_minor = paid_minor + owed_minor, owed_minor = NULL, owed_to_minor = NULL WHERE cell = $1 AND order_id = $2 AND line = $3

-- name: forget_over
-- Takes out lines whose protection is over and whose price never fell; of others a later refund of goods has to know.
DELETE FROM protections WHERE cell = $1 AND order_id = ANY($2::uuid[]) AND next_check_at IS NULL AND owed_minor IS NULL AND settled_minor = unit_minor
