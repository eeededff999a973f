-- name: lock_orders -> OrderState
-- Locks orders in the order of their ids and reads what decisions depend on.
SELECT order_id, state, market, currency, total_minor, refunded_minor, take_keys, take_counts, provider, charge_reference, charge_attempts,
    paid_back_minor
FROM orders WHERE cell = $1 AND order_id = ANY($2::uuid[]) ORDER BY order_id FOR NO KEY UPDATE

-- name: lines_of_orders -> LineState
-- The lines of orders that this transaction has locked.
SELECT order_id, line, variant_id, quantity, refunded_quantity, take_keys, total_minor, refunded_minor,
    (facts->>'goods_minor')::bigint - (facts->>'discount_minor')::bigint AS goods_minor, (facts->>'shipping_minor')::bigint AS shipping_minor,
    coalesce((facts->>'duty_minor')::bigint, 0) AS duty_minor, coalesce((facts->>'tax_minor')::bigint, 0) AS tax_minor,
    coalesce((facts->>'fees_minor')::bigint, 0) AS fees_minor, coalesce((SELECT p.unit_minor - coalesce(p.owed_to_minor, p.settled_minor)
        FROM protections AS p WHERE (p.cell, p.order_id, p.line) = (order_lines.cell, order_lines.order_id, order_lines.line)), 0) AS dropped_minor
FROM order_lines WHERE cell = $1 AND order_id = ANY($2::uuid[]) ORDER BY order_id, line

-- name: states_of -> StateOf
-- Which of these quotes were placed before.
SELECT order_id, state, charge_attempts FROM orders WHERE cell = $1 AND order_id = ANY($2::uuid[])

-- name: add_orders
-- Adds the orders of a batch with their lines and the first entries of their audit trails; rows come as one document each,
-- which the driver writes many times faster than columns. Each is used once: the database reads it anew at every mention.
WITH lines AS (
    INSERT INTO order_lines (cell, order_id, line, variant_id, quantity, take_keys, total_minor, facts)
    SELECT $1, order_id, line, variant_id, quantity, take_keys, total_minor, facts FROM jsonb_to_recordset($3::jsonb) AS new
        (order_id uuid, line smallint, variant_id uuid, quantity int, take_keys text[], total_minor bigint, facts jsonb)
), history AS (
    INSERT INTO order_history (cell, order_id, entry_id, at, what, who, detail)
    SELECT $1, order_id, entry_id, at, what, who, detail FROM jsonb_to_recordset($4::jsonb) AS new
        (order_id uuid, entry_id uuid, at timestamptz, what text, who text, detail jsonb)
)
INSERT INTO orders (cell, order_id, state, shopper_id, market, currency, goods_minor, shipping_minor, duty_minor, tax_minor, fees_minor, total_minor,
    take_keys, take_counts, quote, contact, placed_at, hold_until, provider)
SELECT $1, order_id, 'placed', shopper_id, market, currency, goods_minor, shipping_minor, duty_minor, tax_minor, fees_minor, total_minor,
    take_keys, take_counts, quote, contact, placed_at, hold_until, provider
FROM jsonb_to_recordset($2::jsonb) AS new (order_id uuid, shopper_id uuid, market text, currency text, goods_minor bigint,
    shipping_minor bigint, duty_minor bigint, tax_minor bigint, fees_minor bigint, total_minor bigint, take_keys text[], take_counts bigint[], quote jsonb,
    contact jsonb, placed_at timestamptz, hold_until timestamptz, provider text)

-- name: change_orders
-- Writes the new states of orders that this transaction has locked, and entries of their audit trails.
WITH history AS (
    INSERT INTO order_history (cell, order_id, entry_id, at, what, who, detail)
    SELECT $1, order_id, entry_id, at, what, who, detail FROM jsonb_to_recordset($4::jsonb) AS new
        (order_id uuid, entry_id uuid, at timestamptz, what text, who text, detail jsonb)
)
UPDATE orders SET state = new.state, refunded_minor = new.refunded_minor, paid_back_minor = new.paid_back_minor, provider = new.provider,
    charge_reference = new.charge_reference, charge_attempts = new.charge_attempts, settled_at = coalesce(new.settled_at, orders.settled_at)
FROM jsonb_to_recordset($3::jsonb) AS new (order_id uuid, state text, refunded_minor bigint, paid_back_minor bigint, provider text, charge_reference text,
    charge_attempts int, settled_at timestamptz)
WHERE orders.cell = $1 AND orders.order_id = ANY($2::uuid[]) AND orders.order_id = new.order_id

-- name: change_lines
-- Writes what was refunded of lines.
UPDATE order_lines SET refunded_quantity = new.refunded_quantity, refunded_minor = new.refunded_minor
FROM unnest($2::uuid[], $3::smallint[], $4::int[], $5::bigint[]) AS new (order_id, line, refunded_quantity, refunded_minor)
WHERE order_lines.cell = $1 AND order_lines.order_id = new.order_id AND order_lines.line = new.line

-- name: add_refund
-- Adds a refund that the provider has yet to carry out.
INSERT INTO refunds (cell, order_id, refund_id, state, amount_minor, currency, provider, charge_reference, reference, lines, at, why)
VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, '', $8, $9, $10)

-- name: refunds_there
-- Which of these refunds of locked orders are written.
SELECT refund_id FROM refunds WHERE cell = $1 AND order_id = ANY($2::uuid[]) AND refund_id = ANY($3::uuid[])

-- name: add_late_charge
-- Adds the refund of a charge that came too late, once, and tells the order's audit trail, if there is such an order.
WITH refund AS (
    INSERT INTO refunds (cell, order_id, refund_id, state, amount_minor, currency, provider, charge_reference, reference, lines, at)
    VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, '', '[]', $8) ON CONFLICT DO NOTHING RETURNING order_id
)
INSERT INTO order_history (cell, order_id, entry_id, at, what, who, detail)
SELECT $1, refund.order_id, $9, $8, 'payment.given_back', $6, $10 FROM refund

-- name: settle_refund
-- Notes how far the provider came with a refund, and when to try again.
UPDATE refunds SET state = $4, reference = $5, tries = tries + 1, next_try_at = $6
WHERE cell = $1 AND order_id = $2 AND refund_id = $3 AND state <> 'done'

-- name: open_refunds -> OpenRefund
-- Refunds that the provider has not confirmed and whose next try is due; those never tried go first.
SELECT r.order_id, r.refund_id, r.amount_minor, r.currency, r.provider, r.charge_reference, r.tries, r.reference FROM refunds AS r
WHERE r.cell = $1 AND r.state <> 'done' AND r.at < $2 AND coalesce(r.next_try_at, r.at) <= $3 ORDER BY r.tries, r.at LIMIT 100

-- name: open_refund -> OpenRefund
-- One of them, if its next try is due.
SELECT r.order_id, r.refund_id, r.amount_minor, r.currency, r.provider, r.charge_reference, r.tries, r.reference FROM refunds AS r
WHERE r.cell = $1 AND r.order_id = $2 AND r.refund_id = $3 AND r.state <> 'done' AND coalesce(r.next_try_at, r.at) <= $4

-- name: expired -> Expired
-- Unpaid orders whose hold is over, the oldest first.
SELECT order_id, provider, charge_reference, charge_attempts, total_minor, currency FROM orders
WHERE cell = $1 AND state = 'placed' AND hold_until <= $2 ORDER BY hold_until LIMIT 500

-- name: order_of -> OrderRow
-- One order.
SELECT order_id, state, shopper_id, market, currency, goods_minor, shipping_minor, duty_minor, tax_minor, fees_minor, total_minor, refunded_minor,
    quote || jsonb_build_object('lines', (SELECT jsonb_agg(facts ORDER BY line) FROM order_lines AS l
    WHERE l.cell = orders.cell AND l.order_id = orders.order_id)) AS quote, contact, placed_at, hold_until, settled_at, provider, charge_reference, charge_attempts, paid_back_minor
FROM orders WHERE cell = $1 AND order_id = $2

-- name: lines_of -> LineRow
-- What was given back of an order's lines.
SELECT line, quantity, refunded_quantity, total_minor, refunded_minor FROM order_lines WHERE cell = $1 AND order_id = $2 ORDER BY line

-- name: history_of -> HistoryRow
-- An order's audit trail, oldest first.
SELECT at, what, who, detail FROM order_history WHERE cell = $1 AND order_id = $2 ORDER BY entry_id LIMIT 500

-- name: refunds_of -> RefundRow
-- An order's refunds, oldest first.
SELECT refund_id, state, amount_minor, currency, lines, at, why FROM refunds WHERE cell = $1 AND order_id = $2 ORDER BY refund_id LIMIT 500

-- name: orders_of -> OrderListed
-- A shopper's orders, the newest first.
SELECT order_id, state, market, currency, total_minor, refunded_minor, paid_back_minor, placed_at, quote || jsonb_build_object('lines', (SELECT jsonb_agg(facts ORDER BY line) FROM order_lines AS l
    WHERE l.cell = orders.cell AND l.order_id = orders.order_id)) AS quote FROM orders
WHERE cell = $1 AND shopper_id = $2 ORDER BY placed_at DESC, order_id DESC LIMIT $3 OFFSET $4

-- name: basket_of -> BasketRow
-- A shopper's basket.
SELECT variant_id, quantity, kept_for_later FROM baskets WHERE cell = $1 AND shopper_id = $2 ORDER BY added_at, variant_id LIMIT 200

-- name: put_in_basket
-- Sets a line of a basket.
INSERT INTO baskets (cell, shopper_id, variant_id, quantity, kept_for_later, added_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (cell, shopper_id, variant_id) DO UPDATE SET quantity = excluded.quantity, kept_for_later = excluded.kept_for_later

-- name: add_to_basket
-- Adds pieces to a line of a basket, up to the most a line may hold.
INSERT INTO baskets (cell, shopper_id, variant_id, quantity, kept_for_later, added_at) VALUES ($1, $2, $3, $4, false, $5)
ON CONFLICT (cell, shopper_id, variant_id) DO UPDATE
SET quantity = CASE WHEN baskets.kept_for_later THEN excluded.quantity ELSE least(baskets.quantity + excluded.quantity, 999) END,
    kept_for_later = false

-- name: take_from_basket
-- Takes lines out of a basket.
DELETE FROM baskets WHERE cell = $1 AND shopper_id = $2 AND variant_id = ANY($3::uuid[])

-- name: hand_basket_over
-- Gives a guest's basket to her account; what the account has already stays as it is.
INSERT INTO baskets (cell, shopper_id, variant_id, quantity, kept_for_later, added_at)
SELECT cell, $3, variant_id, quantity, kept_for_later, added_at FROM baskets WHERE cell = $1 AND shopper_id = $2
ON CONFLICT DO NOTHING

-- name: empty_basket
-- Empties a basket.
DELETE FROM baskets WHERE cell = $1 AND shopper_id = $2

-- name: to_dispatch -> ToDispatch
-- Orders as far as a parcel depends on them, with what was not given back of their lines.
SELECT o.order_id, o.state, o.market, o.currency, o.quote, o.contact, o.placed_at, (SELECT jsonb_agg(jsonb_build_object(
        'line', l.line, 'ordered', l.quantity, 'left', l.quantity - l.refunded_quantity, 'weight_g', l.facts->'weight_g',
        'goods_minor', (l.facts->>'goods_minor')::bigint - (l.facts->>'discount_minor')::bigint + coalesce((l.facts->>'credit_minor')::bigint, 0)) ORDER BY l.line)
    FROM order_lines AS l WHERE l.cell = o.cell AND l.order_id = o.order_id) AS lines
FROM orders AS o WHERE o.cell = $1 AND o.order_id = ANY($2::uuid[]) ORDER BY o.order_id
