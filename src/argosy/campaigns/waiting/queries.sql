-- name: read_rooms -> RoomRow
-- All rooms of a cell.
SELECT room, made_at, paths, opens_at, stay_minutes, drawn_at FROM waiting_rooms WHERE cell = $1 ORDER BY room

-- name: share_rooms -> RoomRow
-- All rooms of a cell, so locked that nobody closes their lots while counts are written.
SELECT room, made_at, paths, opens_at, stay_minutes, drawn_at FROM waiting_rooms WHERE cell = $1 ORDER BY room FOR SHARE

-- name: lock_room -> RoomRow
-- One room, locked for a change.
SELECT room, made_at, paths, opens_at, stay_minutes, drawn_at FROM waiting_rooms WHERE cell = $1 AND room = $2 FOR UPDATE

-- name: add_room
-- A new room; nothing where the name is taken.
INSERT INTO waiting_rooms (cell, room, made_at, paths, opens_at, stay_minutes) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING

-- name: move_opening
-- Another instant of opening.
UPDATE waiting_rooms SET opens_at = $3 WHERE cell = $1 AND room = $2

-- name: close_lots
-- Closes the lots of a room whose opening is near; those who come from now on stand behind.
UPDATE waiting_rooms SET drawn_at = $3 WHERE cell = $1 AND room = $2 AND drawn_at IS NULL

-- name: drop_room
-- Takes a room away.
DELETE FROM waiting_rooms WHERE cell = $1 AND room = $2

-- name: read_rates -> RateRow
-- The rates of all rooms of a cell.
SELECT room, from_at, per_second FROM waiting_rates WHERE cell = $1 ORDER BY room, from_at

-- name: put_rate
-- A rate from an instant on; the last word for an instant counts.
INSERT INTO waiting_rates (cell, room, from_at, per_second) VALUES ($1, $2, $3, $4)
ON CONFLICT (cell, room, from_at) DO UPDATE SET per_second = excluded.per_second

-- name: drop_rates
-- Takes a room's rates away.
DELETE FROM waiting_rates WHERE cell = $1 AND room = $2

-- name: count_arrivals
-- Counts of slots by process; a count never falls.
INSERT INTO waiting_arrivals (cell, room, slot, lane, arrived)
SELECT $1, new.room, new.slot, new.lane, new.arrived
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::integer[]) AS new (room, slot, lane, arrived)
ORDER BY new.room, new.slot, new.lane
ON CONFLICT (cell, room, slot, lane) DO UPDATE SET arrived = greatest(waiting_arrivals.arrived, excluded.arrived)

-- name: read_arrivals -> ArrivalRow
-- Counts of a room from a slot on, and always those who draw lots.
SELECT room, slot, lane, arrived FROM waiting_arrivals WHERE cell = $1 AND room = $2 AND (slot >= $3 OR slot = -1)

-- name: drop_arrivals
-- Takes a room's counts away.
DELETE FROM waiting_arrivals WHERE cell = $1 AND room = $2
