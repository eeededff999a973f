-- What an operator has told of the logistics network: closed hubs, lanes and countries, departures that are late, cancelled or full.
-- Reference data of all cells: the network is one. `until`: from then on it no longer matters; null is open-ended.
CREATE TABLE network_news (
    news_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('closed', 'late', 'cancelled', 'full')),
    subject text NOT NULL CHECK (subject IN ('hub', 'lane', 'country', 'departure')),
    code text NOT NULL,
    first date,
    last date,
    minutes integer CHECK (minutes > 0),
    reason text NOT NULL,
    told_by text NOT NULL,
    told_at timestamptz NOT NULL,
    until timestamptz,
    withdrawn_at timestamptz,
    CHECK ((kind = 'closed') = (subject <> 'departure')),
    CHECK ((kind = 'late') = (minutes IS NOT NULL)),
    CHECK (first <= last)
);
CREATE INDEX network_news_in_force ON network_news (told_at) WHERE withdrawn_at IS NULL;
