-- name: answer_of -> KeptAnswer
-- What was answered to a request with this key.
SELECT fingerprint, status, body FROM idempotency_keys WHERE cell = $1 AND scope = $2 AND key = $3

-- name: claim_key
-- Takes a key for a request that is to be carried out; no row if it is taken, unless by one that was abandoned.
INSERT INTO idempotency_keys (cell, scope, key, fingerprint, status, body, at) VALUES ($1, $2, $3, $4, 0, '', $5)
ON CONFLICT (cell, scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at
WHERE idempotency_keys.status = 0 AND idempotency_keys.at < $6 RETURNING 1 AS taken

-- name: keep_answer
-- Keeps the answer to the request that took the key.
UPDATE idempotency_keys SET status = $5, body = $6, at = $7 WHERE cell = $1 AND scope = $2 AND key = $3 AND fingerprint = $4

-- name: release_key
-- Gives a key back whose request failed through our fault.
DELETE FROM idempotency_keys WHERE cell = $1 AND scope = $2 AND key = $3 AND status = 0

-- name: forget_answers
-- Forgets old answers.
DELETE FROM idempotency_keys WHERE cell = $1 AND at < $2
