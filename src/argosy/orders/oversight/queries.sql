-- name: given -> GivenRow
-- What promotions took off paid orders that were placed in a period, in the newest so many lines of all; off shipping once an order.
SELECT taken ->> 'promotion' AS promotion, orders.currency, count(DISTINCT orders.order_id) AS orders,
    sum((taken ->> 'off_minor')::bigint)::bigint AS off_minor, sum((taken ->> 'seller_minor')::bigint)::bigint AS seller_minor
FROM (SELECT order_id, line, facts FROM order_lines WHERE cell = $1 ORDER BY order_id DESC LIMIT $4) AS line
JOIN orders ON orders.cell = $1 AND orders.order_id = line.order_id,
    jsonb_array_elements(coalesce(line.facts -> 'taken', '[]')
        || CASE WHEN line.line = 1 THEN coalesce(orders.quote -> 'carried', '[]') ELSE '[]' END) AS taken
WHERE orders.state = 'paid' AND orders.placed_at >= $2 AND orders.placed_at < $3
GROUP BY taken ->> 'promotion', orders.currency

-- name: count_lines
-- How many lines of orders there are, counted up to a number.
SELECT count(*) FROM (SELECT 1 FROM order_lines WHERE cell = $1 LIMIT $2) AS line
