-- What was paid ahead beyond what the goods cost in the end: it goes back once the balance is paid. Deposits of which pieces went back
-- before this have none: what went back were shares of the whole, and what of the others is left the shop settles by hand.
ALTER TABLE deposits ADD COLUMN rest_minor bigint NOT NULL DEFAULT 0 CHECK (rest_minor BETWEEN 0 AND paid_minor);
ALTER TABLE deposits ADD COLUMN rest_returned boolean NOT NULL DEFAULT false;
UPDATE deposits AS d SET rest_minor = d.paid_minor - (o.quote->'balance'->>'credit_minor')::bigint
FROM orders AS o WHERE (o.cell, o.order_id) = (d.cell, d.balance_order_id) AND d.owed_pieces = 0 AND jsonb_typeof(o.quote->'balance') = 'object';
DROP INDEX deposits_to_return;
CREATE INDEX deposits_to_return ON deposits (cell, deposit_id) WHERE returned_pieces < owed_pieces OR (rest_minor > 0 AND NOT rest_returned);
