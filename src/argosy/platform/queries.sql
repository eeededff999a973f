-- name: answer_of -> KeptAnswer
-- What was answered to a request with this key.
SELECT fingerprint, status, body FROM idempotency_keys WHERE cell = $1 AND scope = $2 AND key = $3

-- name: keep_answer
-- Keeps an answer for the same request sent again.
INSERT INTO idempotency_keys (cell, scope, key, fingerprint, status, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- name: forget_answers
-- Forgets old answers.
DELETE FROM idempotency_keys WHERE cell = $1 AND at < $2

-- name: seen_before
-- Notes a provider's message; no row if it was there already.
INSERT INTO webhooks_seen (cell, provider, event_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1 AS new
