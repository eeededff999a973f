-- Parcels on their way, what carriers told of them, and bags. Numbers are counted by cell, in the transaction that uses them.

CREATE TABLE parcel_counters (
    cell smallint PRIMARY KEY,
    next_parcel bigint NOT NULL,
    next_bag bigint NOT NULL
);

-- `stages` is the way as planned, `reached` how many of them are over; `departure` is the first one on it; `promised_at` is the end of the
-- promised day, `promise` what the ledger of promises will be told; `unforeseen`: a leg was missed and no new day is told yet;
-- `due_at`: if nothing was heard by then, silence itself says that a leg was missed.
CREATE TABLE parcels (
    cell smallint NOT NULL,
    parcel_id uuid NOT NULL,
    number text NOT NULL,
    order_id uuid NOT NULL,
    state text NOT NULL,
    hub text NOT NULL,
    country text NOT NULL,
    city text NOT NULL,
    geonames integer,
    time_zone text NOT NULL,
    channel text NOT NULL,
    weight_g integer CHECK (weight_g > 0),
    lines jsonb NOT NULL,
    value_minor bigint NOT NULL CHECK (value_minor >= 0),
    currency text NOT NULL,
    stages jsonb NOT NULL,
    reached integer NOT NULL DEFAULT 0,
    departure text NOT NULL,
    bag text NOT NULL DEFAULT '',
    promise jsonb,
    promised_day date,
    promised_at timestamptz,
    expected_day date,
    unforeseen boolean NOT NULL DEFAULT false,
    due_at timestamptz,
    if_late_minor bigint CHECK (if_late_minor >= 0),
    owed_minor bigint CHECK (owed_minor >= 0),
    broken_at timestamptz,
    announced_at timestamptz NOT NULL,
    at_door_at timestamptz,
    delivered_at timestamptz,
    PRIMARY KEY (cell, parcel_id),
    UNIQUE (cell, number)
) WITH (fillfactor = 80);
CREATE INDEX parcels_of_order ON parcels (cell, order_id);
CREATE INDEX parcels_of_departure ON parcels (cell, departure, number) WHERE departure <> '';
CREATE INDEX parcels_under_promise ON parcels (cell, promised_at)
    WHERE at_door_at IS NULL AND broken_at IS NULL AND state NOT IN ('withdrawn', 'returned');
CREATE INDEX parcels_told_late ON parcels (cell, expected_day) WHERE at_door_at IS NULL AND expected_day IS NOT NULL;
CREATE INDEX parcels_due ON parcels (cell, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX parcels_unforeseen ON parcels (cell, parcel_id) WHERE unforeseen;
CREATE INDEX parcels_owed ON parcels (cell, broken_at) WHERE owed_minor > 0;

CREATE TABLE parcel_events (
    cell smallint NOT NULL,
    parcel_id uuid NOT NULL,
    at timestamptz NOT NULL,
    code text NOT NULL,
    place text NOT NULL,
    carrier text NOT NULL,
    detail text NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (cell, parcel_id, at, code, place)
);

CREATE TABLE bags (
    cell smallint NOT NULL,
    number text NOT NULL,
    departure text NOT NULL,
    parcels integer NOT NULL CHECK (parcels >= 0),
    PRIMARY KEY (cell, number)
);
CREATE INDEX bags_of_departure ON bags (cell, departure, number);

-- What the simulated carrier still has to tell of a parcel.
CREATE TABLE simulated_runs (
    cell smallint NOT NULL,
    parcel_id uuid NOT NULL,
    number text NOT NULL,
    next_at timestamptz NOT NULL,
    events jsonb NOT NULL,
    PRIMARY KEY (cell, parcel_id)
);
CREATE INDEX simulated_runs_due ON simulated_runs (cell, next_at);
