-- What was paid back for a broken promise; null: nothing was yet.
ALTER TABLE parcels ADD COLUMN paid_back_minor bigint CHECK (paid_back_minor >= 0);
CREATE INDEX parcels_to_compensate ON parcels (cell, broken_at) WHERE owed_minor > 0 AND paid_back_minor IS NULL;
