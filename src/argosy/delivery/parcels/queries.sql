-- name: take_serials -> Counted
-- Takes so many serials of parcels and bags; the row stays locked until the transaction ends.
INSERT INTO parcel_counters AS counted (cell, next_parcel, next_bag) VALUES ($1, $2::bigint, $3::bigint)
ON CONFLICT (cell) DO UPDATE SET next_parcel = counted.next_parcel + $2, next_bag = counted.next_bag + $3
RETURNING next_parcel - $2 AS first_parcel, next_bag - $3 AS first_bag

-- name: add_parcels
-- Announces parcels, each with its first event. Their document is used once: the database reads it anew at every mention.
WITH announced AS (
    INSERT INTO parcels (cell, parcel_id, number, order_id, state, hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor,
        currency, stages, departure, promise, promised_day, promised_at, if_late_minor, announced_at, due_at)
    SELECT $1, parcel_id, number, order_id, 'announced', hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor,
        currency, stages, departure, nullif(promise, 'null'), promised_day, promised_at, if_late_minor, announced_at, due_at
    FROM jsonb_to_recordset($2::jsonb) AS new (parcel_id uuid, number text, order_id uuid, hub text, country text, city text, geonames int,
        time_zone text, channel text, weight_g int, lines jsonb, value_minor bigint, currency text, stages jsonb, departure text, promise jsonb,
        promised_day date, promised_at timestamptz, if_late_minor bigint, announced_at timestamptz, due_at timestamptz)
    RETURNING parcel_id, hub, announced_at
)
INSERT INTO parcel_events (cell, parcel_id, at, code, place, carrier, detail, noted_at)
SELECT $1, parcel_id, announced_at, 'announced', hub, '', '', announced_at FROM announced

-- name: orders_with_parcels
-- Which of these orders have a parcel.
SELECT DISTINCT order_id FROM parcels WHERE cell = $1 AND order_id = ANY($2::uuid[])

-- name: lock_numbers -> Parcel
-- Parcels by number, locked in the order of their ids.
SELECT parcel_id, number, order_id, state, hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor, currency, stages,
    reached, departure, bag, promise, promised_day, promised_at, expected_day, unforeseen, due_at, if_late_minor, owed_minor, paid_back_minor, broken_at, announced_at, at_door_at,
    delivered_at
FROM parcels WHERE cell = $1 AND number = ANY($2::text[]) ORDER BY parcel_id FOR NO KEY UPDATE

-- name: lock_of_orders -> Parcel
-- The parcels of orders, locked in the order of their ids.
SELECT parcel_id, number, order_id, state, hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor, currency, stages,
    reached, departure, bag, promise, promised_day, promised_at, expected_day, unforeseen, due_at, if_late_minor, owed_minor, paid_back_minor, broken_at, announced_at, at_door_at,
    delivered_at
FROM parcels WHERE cell = $1 AND order_id = ANY($2::uuid[]) ORDER BY parcel_id FOR NO KEY UPDATE

-- name: lock_overdue -> Parcel
-- Parcels whose promised day is over and that were not at the door, those whose newer day is over too, those that missed a leg, and
-- those of which nothing was heard for too long.
SELECT parcel_id, number, order_id, state, hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor, currency, stages,
    reached, departure, bag, promise, promised_day, promised_at, expected_day, unforeseen, due_at, if_late_minor, owed_minor, paid_back_minor, broken_at, announced_at, at_door_at,
    delivered_at
FROM parcels WHERE cell = $1 AND parcel_id IN (
    (SELECT parcel_id FROM parcels WHERE cell = $1 AND promised_at < $2 AND at_door_at IS NULL AND broken_at IS NULL
        AND state NOT IN ('withdrawn', 'returned') ORDER BY promised_at LIMIT $4)
    UNION (SELECT parcel_id FROM parcels WHERE cell = $1 AND expected_day < $3 AND at_door_at IS NULL AND expected_day IS NOT NULL
        AND state NOT IN ('withdrawn', 'returned') LIMIT $4)
    UNION (SELECT parcel_id FROM parcels WHERE cell = $1 AND unforeseen LIMIT $4)
    UNION (SELECT parcel_id FROM parcels WHERE cell = $1 AND due_at < $2 ORDER BY due_at LIMIT $4)
) ORDER BY parcel_id FOR NO KEY UPDATE

-- name: parcel_of -> Parcel
-- One parcel by its number.
SELECT parcel_id, number, order_id, state, hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor, currency, stages,
    reached, departure, bag, promise, promised_day, promised_at, expected_day, unforeseen, due_at, if_late_minor, owed_minor, paid_back_minor, broken_at, announced_at, at_door_at,
    delivered_at
FROM parcels WHERE cell = $1 AND number = $2

-- name: parcels_of -> Parcel
-- An order's parcels.
SELECT parcel_id, number, order_id, state, hub, country, city, geonames, time_zone, channel, weight_g, lines, value_minor, currency, stages,
    reached, departure, bag, promise, promised_day, promised_at, expected_day, unforeseen, due_at, if_late_minor, owed_minor, paid_back_minor, broken_at, announced_at, at_door_at,
    delivered_at
FROM parcels WHERE cell = $1 AND order_id = $2 ORDER BY number LIMIT 100

-- name: arrived -> Arrived
-- When the last parcel of orders was delivered, of those orders of which no parcel is under way.
SELECT order_id, max(delivered_at) AS at FROM parcels WHERE cell = $1 AND order_id = ANY($2::uuid[]) GROUP BY order_id
HAVING bool_and(state IN ('delivered', 'returned', 'withdrawn')) AND max(delivered_at) IS NOT NULL

-- name: add_events
-- Notes events that were not noted yet; which parcels they are of.
INSERT INTO parcel_events (cell, parcel_id, at, code, place, carrier, detail, noted_at)
SELECT $1, parcel_id, at, code, place, $3, detail, $4 FROM jsonb_to_recordset($2::jsonb) AS new
    (parcel_id uuid, at timestamptz, code text, place text, detail text)
ORDER BY parcel_id, at, code, place ON CONFLICT DO NOTHING RETURNING parcel_id

-- name: events_of -> Noted
-- All that was told of parcels.
SELECT parcel_id, at, code, place, carrier, detail FROM parcel_events WHERE cell = $1 AND parcel_id = ANY($2::uuid[]) ORDER BY parcel_id, at

-- name: change_parcels
-- Writes what became of parcels that this transaction has locked.
UPDATE parcels SET state = new.state, reached = new.reached, departure = new.departure, bag = new.bag, expected_day = new.expected_day,
    unforeseen = new.unforeseen, due_at = new.due_at, owed_minor = new.owed_minor, broken_at = new.broken_at, at_door_at = new.at_door_at, delivered_at = new.delivered_at
FROM jsonb_to_recordset($3::jsonb) AS new (parcel_id uuid, state text, reached int, departure text, bag text, expected_day date,
    unforeseen boolean, due_at timestamptz, owed_minor bigint, broken_at timestamptz, at_door_at timestamptz, delivered_at timestamptz)
WHERE parcels.cell = $1 AND parcels.parcel_id = ANY($2::uuid[]) AND parcels.parcel_id = new.parcel_id

-- name: repack
-- Writes what is left in a parcel that this transaction has locked.
UPDATE parcels SET lines = $3, weight_g = $4, value_minor = $5, if_late_minor = $6 WHERE cell = $1 AND parcel_id = $2

-- name: add_runs
-- Tells the simulated carrier of parcels.
INSERT INTO simulated_runs (cell, parcel_id, number, next_at, events)
SELECT $1, parcel_id, number, next_at, events FROM jsonb_to_recordset($2::jsonb) AS new
    (parcel_id uuid, number text, next_at timestamptz, events jsonb)

-- name: due_runs -> RunRow
-- Simulated parcels of which something is due to be told, the longest due first.
SELECT parcel_id, number, events FROM simulated_runs WHERE cell = $1 AND next_at <= $2 ORDER BY next_at LIMIT $3 FOR UPDATE

-- name: go_on
-- Writes what the simulated carrier still has to tell.
UPDATE simulated_runs SET next_at = new.next_at, events = new.events
FROM jsonb_to_recordset($3::jsonb) AS new (parcel_id uuid, next_at timestamptz, events jsonb)
WHERE simulated_runs.cell = $1 AND simulated_runs.parcel_id = ANY($2::uuid[]) AND simulated_runs.parcel_id = new.parcel_id

-- name: end_runs
-- The simulated carrier has nothing more to tell of these parcels.
DELETE FROM simulated_runs WHERE cell = $1 AND parcel_id = ANY($2::uuid[])

-- name: open_bags -> Bag
-- The last bags of departures, locked.
SELECT number, departure, parcels FROM bags AS bag WHERE cell = $1 AND departure = ANY($2::text[])
    AND number = (SELECT max(number) FROM bags AS last WHERE last.cell = $1 AND last.departure = bag.departure)
ORDER BY number FOR NO KEY UPDATE

-- name: fill_bags
-- Writes how many parcels bags hold.
INSERT INTO bags (cell, number, departure, parcels)
SELECT $1, number, departure, parcels FROM jsonb_to_recordset($2::jsonb) AS new (number text, departure text, parcels int)
ORDER BY number ON CONFLICT (cell, number) DO UPDATE SET parcels = excluded.parcels

-- name: departures -> DepartureRow
-- Departures with their parcels and bags, the last ones by name.
SELECT departure, count(DISTINCT nullif(bag, '')) AS bags, count(*) AS parcels,
    CASE WHEN bool_and(weight_g IS NOT NULL) THEN sum(weight_g) END AS weight_g
FROM parcels WHERE cell = $1 AND departure <> '' AND state <> 'withdrawn' AND ($2 = '' OR split_part(departure, '/', 2) >= $2)
GROUP BY departure ORDER BY split_part(departure, '/', 2) DESC, departure LIMIT $3

-- name: manifest -> ManifestRow
-- The parcels of a departure, by bag.
SELECT bag, number, order_id, country, city, (SELECT sum((piece->>1)::int) FROM jsonb_array_elements(lines) AS piece) AS pieces, weight_g,
    value_minor, currency, channel, state
FROM parcels WHERE cell = $1 AND departure = $2 AND state <> 'withdrawn' ORDER BY bag, number

-- name: owed -> OwedRow
-- What is owed for broken promises, the longest first.
SELECT number, order_id, promised_day, broken_at, owed_minor, paid_back_minor, currency FROM parcels
WHERE cell = $1 AND owed_minor > 0 ORDER BY broken_at LIMIT $2

-- name: to_compensate -> ToCompensate
-- Broken promises that are not paid for, the longest first: of parcels that were at the door, and of those overdue since an instant.
SELECT parcel_id, number, order_id, owed_minor FROM parcels
WHERE cell = $1 AND owed_minor > 0 AND paid_back_minor IS NULL AND (at_door_at IS NOT NULL OR broken_at < $2)
    AND state NOT IN ('withdrawn', 'returned') ORDER BY broken_at LIMIT $3

-- name: set_paid_back
-- Notes what was paid back for a parcel's broken promise, once.
UPDATE parcels SET paid_back_minor = $3 WHERE cell = $1 AND parcel_id = $2 AND paid_back_minor IS NULL
