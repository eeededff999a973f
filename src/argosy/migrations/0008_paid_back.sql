-- Money that goes back without goods: what a broken promise costs, a price that fell. `why` names it and is empty for refunds of goods.
ALTER TABLE orders ADD COLUMN paid_back_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD CONSTRAINT orders_give_back_no_more_than_paid
    CHECK (paid_back_minor >= 0 AND refunded_minor + paid_back_minor <= total_minor);
ALTER TABLE refunds ADD COLUMN why text NOT NULL DEFAULT '';
