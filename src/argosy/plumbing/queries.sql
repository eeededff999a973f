-- name: add_events
-- Appends events to a cell's outbox; the head row is locked last in a transaction, so positions follow commits without gaps.
WITH head AS (
    UPDATE outbox_heads SET next_position = next_position + $3::bigint WHERE cell = $1 RETURNING next_position - $3::bigint AS first
)
INSERT INTO outbox (cell, position, topic, subject, body, at)
SELECT $1, head.first + event.n - 1, event.topic, event.subject, event.body, $4
FROM head, ROWS FROM (jsonb_to_recordset($2::jsonb) AS (topic text, subject uuid, body jsonb)) WITH ORDINALITY
    AS event (topic, subject, body, n)

-- name: read_events -> OutboxRow
-- The next events after a position, in order.
SELECT position, topic, subject, body, at FROM outbox WHERE cell = $1 AND position > $2 ORDER BY position LIMIT $3

-- name: cursor_of
-- How far a consumer has come; no row before its first event.
SELECT position FROM outbox_cursors WHERE cell = $1 AND consumer = $2

-- name: move_cursor
-- Notes how far a consumer has come.
INSERT INTO outbox_cursors (cell, consumer, position) VALUES ($1, $2, $3)
ON CONFLICT (cell, consumer) DO UPDATE SET position = excluded.position

-- name: open_cell
-- Makes the head of a cell's outbox, once.
INSERT INTO outbox_heads (cell, next_position) VALUES ($1, 1) ON CONFLICT DO NOTHING

-- name: pace_of -> PaceRow
-- The pace of a cell's business time; no row: real time.
SELECT origin, real_origin, speed FROM clock WHERE cell = $1

-- name: set_pace
-- Sets the pace of a cell's business time for all its processes.
INSERT INTO clock (cell, origin, real_origin, speed) VALUES ($1, $2, $3, $4)
ON CONFLICT (cell) DO UPDATE SET origin = excluded.origin, real_origin = excluded.real_origin, speed = excluded.speed

-- name: drop_pace
-- Goes back to real time.
DELETE FROM clock WHERE cell = $1

-- name: try_duty
-- Takes a duty that one process at a time may have, until its transaction ends; false if another has it.
SELECT pg_try_advisory_xact_lock($1, $2)

-- name: set_for_now
-- Sets a setting until the transaction ends.
SELECT set_config($1, $2, true)
