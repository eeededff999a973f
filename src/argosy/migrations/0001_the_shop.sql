-- Tables of one cell. Transactional tables begin their key with the cell; reference tables are the same in every cell.
-- Ids are made in Python. No triggers, no sequences, no extension but pg_trgm.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- plumbing ------------------------------------------------------------------------------------------------------

CREATE TABLE outbox_heads (
    cell smallint PRIMARY KEY,
    next_position bigint NOT NULL
);

CREATE TABLE outbox (
    cell smallint NOT NULL,
    position bigint NOT NULL,
    topic text NOT NULL,
    subject uuid NOT NULL,
    body jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (cell, position)
);

CREATE TABLE outbox_cursors (
    cell smallint NOT NULL,
    consumer text NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (cell, consumer)
);

CREATE TABLE clock (
    cell smallint PRIMARY KEY,
    origin timestamptz NOT NULL,
    real_origin timestamptz NOT NULL,
    speed double precision NOT NULL CHECK (speed > 0)
);

-- catalogue (reference) -----------------------------------------------------------------------------------------

CREATE TABLE brands (
    brand_slug text PRIMARY KEY,
    brand_id uuid NOT NULL UNIQUE,
    name text NOT NULL,
    story jsonb NOT NULL DEFAULT '{}',
    made_up text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE products (
    product_id uuid PRIMARY KEY,
    handle text NOT NULL UNIQUE,
    merchant text NOT NULL,
    brand_slug text,
    category text NOT NULL,
    name text NOT NULL,
    name_language text NOT NULL,
    names jsonb NOT NULL,
    description text NOT NULL,
    description_language text NOT NULL,
    attributes jsonb NOT NULL,
    popularity integer NOT NULL,
    made_up text[] NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX products_changed ON products (changed_at);

CREATE TABLE variants (
    variant_id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products,
    position integer NOT NULL,
    merchant text NOT NULL,
    sku text NOT NULL,
    colour text NOT NULL,
    size text NOT NULL,
    gtin text NOT NULL,
    hs6 text NOT NULL,
    origin text NOT NULL,
    weight_g integer CHECK (weight_g > 0),
    image text NOT NULL,
    limit_per_shopper integer CHECK (limit_per_shopper > 0),
    made_up text[] NOT NULL,
    UNIQUE (merchant, sku)
);
CREATE INDEX variants_of_product ON variants (product_id, position);

-- One row a product, with what search filters by.
CREATE TABLE search_products (
    product_id uuid PRIMARY KEY REFERENCES products,
    categories text[] NOT NULL,
    brand_slug text NOT NULL,
    colours text[] NOT NULL,
    words text NOT NULL,
    price_rank bigint NOT NULL,
    popularity integer NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX search_products_words ON search_products USING gin (words gin_trgm_ops);
CREATE INDEX search_products_brand ON search_products (brand_slug, popularity DESC);

-- One row a product and category above it, so that the first page of a category is an index range however large it is.
CREATE TABLE listing_ranks (
    category text NOT NULL,
    product_id uuid NOT NULL REFERENCES products,
    popularity integer NOT NULL,
    price_rank bigint NOT NULL,
    PRIMARY KEY (category, product_id)
);
CREATE INDEX listing_ranks_popular ON listing_ranks (category, popularity DESC, product_id);
CREATE INDEX listing_ranks_price ON listing_ranks (category, price_rank, product_id);

-- pricing (reference) -------------------------------------------------------------------------------------------

CREATE TABLE exchange_rates (
    currency text NOT NULL,
    day date NOT NULL,
    per_euro_numerator bigint NOT NULL CHECK (per_euro_numerator > 0),
    per_euro_denominator bigint NOT NULL CHECK (per_euro_denominator > 0),
    source text NOT NULL,
    as_of date NOT NULL,
    PRIMARY KEY (currency, day)
);

-- The seller's price and, with a list's name, a price set for one market. Periods of one key never overlap.
CREATE TABLE prices (
    variant_id uuid NOT NULL,
    list text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    minor bigint NOT NULL CHECK (minor > 0),
    currency text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (variant_id, list, valid_from),
    CHECK (valid_to > valid_from)
);

-- When a product's prices changed, for the caches of the server processes.
CREATE TABLE price_changes (
    variant_id uuid PRIMARY KEY,
    changed_at timestamptz NOT NULL
);
CREATE INDEX price_changes_at ON price_changes (changed_at);

-- quotas --------------------------------------------------------------------------------------------------------

CREATE TABLE quotas (
    cell smallint NOT NULL,
    key text COLLATE "C" NOT NULL,
    received bigint NOT NULL,
    held bigint NOT NULL DEFAULT 0,
    sold bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, key),
    CHECK (held >= 0 AND sold >= 0 AND held + sold <= received)
) WITH (fillfactor = 70);

-- shoppers ------------------------------------------------------------------------------------------------------

CREATE TABLE accounts (
    cell smallint NOT NULL,
    account_id uuid NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    name text NOT NULL,
    market text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id),
    UNIQUE (cell, email)
);

CREATE TABLE login_failures (
    cell smallint NOT NULL,
    email text NOT NULL,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (cell, email)
);

CREATE TABLE addresses (
    cell smallint NOT NULL,
    account_id uuid NOT NULL,
    address_id uuid NOT NULL,
    address jsonb NOT NULL,
    is_default boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, address_id),
    FOREIGN KEY (cell, account_id) REFERENCES accounts ON DELETE CASCADE
);

CREATE TABLE follows (
    cell smallint NOT NULL,
    shopper_id uuid NOT NULL,
    brand_slug text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (cell, shopper_id, brand_slug)
);
CREATE INDEX follows_of_brand ON follows (cell, brand_slug);

-- orders --------------------------------------------------------------------------------------------------------

CREATE TABLE baskets (
    cell smallint NOT NULL,
    shopper_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    kept_for_later boolean NOT NULL DEFAULT false,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (cell, shopper_id, variant_id)
);

CREATE TABLE orders (
    cell smallint NOT NULL,
    order_id uuid NOT NULL,
    state text NOT NULL,
    shopper_id uuid NOT NULL,
    market text NOT NULL,
    currency text NOT NULL,
    goods_minor bigint NOT NULL CHECK (goods_minor >= 0),
    shipping_minor bigint NOT NULL CHECK (shipping_minor >= 0),
    duty_minor bigint CHECK (duty_minor >= 0),
    tax_minor bigint CHECK (tax_minor >= 0),
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND total_minor),
    take_keys text[] NOT NULL,
    take_counts bigint[] NOT NULL,
    quote jsonb NOT NULL,
    contact jsonb NOT NULL,
    placed_at timestamptz NOT NULL,
    hold_until timestamptz NOT NULL,
    settled_at timestamptz,
    provider text NOT NULL DEFAULT '',
    charge_reference text NOT NULL DEFAULT '',
    charge_attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, order_id)
) WITH (fillfactor = 80);
CREATE INDEX orders_of_shopper ON orders (cell, shopper_id, placed_at DESC);
CREATE INDEX orders_on_hold ON orders (cell, hold_until) WHERE state = 'placed';

CREATE TABLE order_lines (
    cell smallint NOT NULL,
    order_id uuid NOT NULL,
    line smallint NOT NULL,
    variant_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    refunded_quantity integer NOT NULL DEFAULT 0 CHECK (refunded_quantity BETWEEN 0 AND quantity),
    take_keys text[] NOT NULL,
    facts jsonb NOT NULL,
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND total_minor),
    PRIMARY KEY (cell, order_id, line)
);

CREATE TABLE order_history (
    cell smallint NOT NULL,
    order_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    what text NOT NULL,
    who text NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (cell, order_id, entry_id)
);

CREATE TABLE refunds (
    cell smallint NOT NULL,
    order_id uuid NOT NULL,
    refund_id uuid NOT NULL,
    state text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    provider text NOT NULL,
    charge_reference text NOT NULL,
    reference text NOT NULL,
    lines jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (cell, order_id, refund_id)
);
CREATE INDEX refunds_open ON refunds (cell, at) WHERE state <> 'done';

-- platform ------------------------------------------------------------------------------------------------------

CREATE TABLE idempotency_keys (
    cell smallint NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    body bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (cell, scope, key)
);
CREATE INDEX idempotency_keys_at ON idempotency_keys (cell, at);

CREATE TABLE webhooks_seen (
    cell smallint NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (cell, provider, event_id)
);
