-- Pre-sale deposits that were paid. A deposit's id is that of the order it was paid with; what it holds stays held until its end.
-- Whether it can still be used is told by its counter `deposit/<deposit_id>`: whoever takes its one unit ends it.
CREATE TABLE deposits (
    cell smallint NOT NULL,
    deposit_id uuid NOT NULL,
    shopper_id uuid NOT NULL,
    promotion text NOT NULL,
    variant_id uuid NOT NULL,
    market text NOT NULL,
    currency text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    paid_minor bigint NOT NULL CHECK (paid_minor >= 0),
    counts_minor bigint NOT NULL,
    seller_per_mille integer NOT NULL CHECK (seller_per_mille BETWEEN 0 AND 1000),
    balance_from timestamptz NOT NULL,
    balance_until timestamptz NOT NULL,
    take_keys text[] NOT NULL,
    take_counts bigint[] NOT NULL,
    state text NOT NULL CHECK (state IN ('paid', 'used', 'forfeited', 'returned')),
    balance_order_id uuid,
    owed_pieces integer NOT NULL DEFAULT 0,
    returned_pieces integer NOT NULL DEFAULT 0,
    paid_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (cell, deposit_id),
    CHECK (counts_minor >= paid_minor),
    CHECK (balance_until > balance_from),
    CHECK (returned_pieces BETWEEN 0 AND owed_pieces AND owed_pieces <= quantity),
    CHECK ((state = 'used') = (balance_order_id IS NOT NULL)),
    CHECK ((state = 'paid') = (ended_at IS NULL))
);
CREATE INDEX deposits_of_shopper ON deposits (cell, shopper_id, paid_at DESC);
CREATE INDEX deposits_to_end ON deposits (cell, balance_until) WHERE state = 'paid';
CREATE INDEX deposits_to_return ON deposits (cell, deposit_id) WHERE returned_pieces < owed_pieces;
