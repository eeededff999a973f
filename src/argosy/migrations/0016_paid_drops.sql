-- What price drops of a line paid, so that they pay no more in all than was left of what the line cost. Of lines that are there: what their
-- pieces fell by, and no more than went back to the order for it.
ALTER TABLE protections ADD COLUMN paid_minor bigint NOT NULL DEFAULT 0 CHECK (paid_minor >= 0);
UPDATE protections AS p SET paid_minor = least((p.unit_minor - p.settled_minor) * l.quantity, l.total_minor,
    (SELECT coalesce(sum(r.amount_minor), 0) FROM refunds AS r WHERE r.cell = p.cell AND r.order_id = p.order_id AND r.why = 'price_protection'))
FROM order_lines AS l WHERE (l.cell, l.order_id, l.line) = (p.cell, p.order_id, p.line) AND p.settled_minor < p.unit_minor;
