-- What each parcel was promised, and when it came. `lane` is how a person names the way, as CN-HGH>FR air.

CREATE TABLE promises (
    cell smallint NOT NULL,
    parcel_id uuid NOT NULL,
    order_id uuid NOT NULL,
    lane text NOT NULL,
    confidence double precision NOT NULL CHECK (confidence > 0 AND confidence < 1),
    ordered_at timestamptz NOT NULL,
    promised_at timestamptz NOT NULL,
    delivered_at timestamptz,
    PRIMARY KEY (cell, parcel_id),
    CHECK (promised_at > ordered_at),
    CHECK (delivered_at >= ordered_at)
);
CREATE INDEX promises_ordered ON promises (cell, ordered_at);
CREATE INDEX promises_of_order ON promises (cell, order_id);
