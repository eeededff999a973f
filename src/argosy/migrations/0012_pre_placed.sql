-- Which variants wait at other hubs than home. How many pieces there are is told by the counters `stock/<variant>/<hub>`.

CREATE TABLE pre_placed (
    cell smallint NOT NULL,
    variant_id uuid NOT NULL,
    hub text NOT NULL CHECK (hub ~ '^[A-Z]{2}[A-Z0-9]{3}$'),
    PRIMARY KEY (cell, variant_id, hub)
);
