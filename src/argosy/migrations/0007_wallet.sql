-- Coupons and red packets that shoppers claimed. Whether one was used is told by its counter `held/<held_id>`.

CREATE TABLE wallet (
    cell smallint NOT NULL,
    shopper_id uuid NOT NULL,
    held_id uuid NOT NULL,
    promotion text NOT NULL,
    market text NOT NULL,
    minor bigint CHECK (minor > 0),
    claimed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (cell, shopper_id, held_id),
    CHECK (expires_at > claimed_at)
);
CREATE INDEX wallet_expired ON wallet (cell, expires_at);
