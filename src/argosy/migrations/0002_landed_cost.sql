-- landed (reference) --------------------------------------------------------------------------------------------

-- The operator's own figures beside those that are shipped. Periods of one key never overlap.
CREATE TABLE tariff_rows (
    kind text NOT NULL CHECK (kind IN ('duty', 'tax', 'threshold')),
    country text NOT NULL,
    region text NOT NULL,
    hs text NOT NULL,
    origin text NOT NULL,
    applies_to text NOT NULL,
    rate_ppm bigint CHECK (rate_ppm >= 0),
    specific_micro bigint CHECK (specific_micro >= 0),
    unit text NOT NULL,
    combine text NOT NULL,
    currency text NOT NULL,
    limit_minor bigint CHECK (limit_minor >= 0),
    basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to >= valid_from),
    source text NOT NULL,
    as_of date NOT NULL,
    confidence text NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (kind, country, region, hs, origin, applies_to, valid_from)
);

-- landed --------------------------------------------------------------------------------------------------------

-- Goods whose heading nobody was sure of, and what an operator decided.
CREATE TABLE classification_queue (
    cell smallint NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    title text NOT NULL,
    category text NOT NULL,
    suggested_hs6 text NOT NULL,
    confidence smallint NOT NULL CHECK (confidence BETWEEN 0 AND 100),
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'accepted', 'changed')),
    decided_hs6 text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, variant_id),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'open') = (decided_hs6 = ''))
);
CREATE INDEX classification_queue_product ON classification_queue (cell, product_id);
CREATE INDEX classification_queue_open ON classification_queue (cell, product_id) WHERE state = 'open';
