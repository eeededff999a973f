-- What an order was charged in advance of flat charges fixed by law; null, as duty and tax, where the shopper pays at the door.
ALTER TABLE orders ADD COLUMN fees_minor bigint CHECK (fees_minor >= 0);
-- A refund that a provider refuses is tried again ever more rarely.
ALTER TABLE refunds ADD COLUMN tries integer NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN next_try_at timestamptz;
-- Settling a provider's message is safe to repeat: that one came before need not be remembered.
DROP TABLE webhooks_seen;
