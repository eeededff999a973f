-- Lines of paid orders whose price is protected: a later drop goes back to the card. A row
-- whose price never fell is gone when its protection is over; of the others a refund of goods has to know.

CREATE TABLE protections (
    cell smallint NOT NULL,
    order_id uuid NOT NULL,
    line smallint NOT NULL,
    variant_id uuid NOT NULL,
    market text NOT NULL,
    days integer NOT NULL CHECK (days > 0),
    bought_at timestamptz NOT NULL,
    delivered_at timestamptz,
    unit_minor bigint NOT NULL CHECK (unit_minor > 0),
    settled_minor bigint NOT NULL CHECK (settled_minor BETWEEN 0 AND unit_minor),
    owed_minor bigint CHECK (owed_minor > 0),
    owed_to_minor bigint CHECK (owed_to_minor >= 0 AND owed_to_minor < settled_minor),
    next_check_at timestamptz,
    PRIMARY KEY (cell, order_id, line),
    CHECK ((owed_minor IS NULL) = (owed_to_minor IS NULL))
);
CREATE INDEX protections_to_check ON protections (cell, next_check_at) WHERE owed_minor IS NULL;
CREATE INDEX protections_owed ON protections (cell, order_id) WHERE owed_minor IS NOT NULL;
