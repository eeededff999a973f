-- The counts beside each category's list, made anew after the catalogue changed: counting at each visit grows with the catalogue.
-- The category '' stands for all goods.

CREATE TABLE listing_counts (
    category text PRIMARY KEY,
    products bigint NOT NULL,
    counts jsonb NOT NULL,
    counted_at timestamptz NOT NULL
);
