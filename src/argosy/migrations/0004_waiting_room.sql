-- Waiting rooms: what they guard, at what rate they admit, and how many came when. Who is in follows from these alone.

CREATE TABLE waiting_rooms (
    cell smallint NOT NULL,
    room text NOT NULL,
    made_at timestamptz NOT NULL,
    paths text[] NOT NULL,
    opens_at timestamptz NOT NULL,
    stay_minutes integer NOT NULL CHECK (stay_minutes > 0),
    drawn_at timestamptz,
    PRIMARY KEY (cell, room)
);

CREATE TABLE waiting_rates (
    cell smallint NOT NULL,
    room text NOT NULL,
    from_at timestamptz NOT NULL,
    per_second integer NOT NULL CHECK (per_second >= 0),
    PRIMARY KEY (cell, room, from_at)
);

CREATE TABLE waiting_arrivals (
    cell smallint NOT NULL,
    room text NOT NULL,
    slot bigint NOT NULL,
    lane bigint NOT NULL,
    arrived integer NOT NULL CHECK (arrived > 0),
    PRIMARY KEY (cell, room, slot, lane)
);
