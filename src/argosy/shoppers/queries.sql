-- name: add_account
-- Adds an account unless its e-mail address has one; it has no level yet.
INSERT INTO accounts (cell, account_id, email, password_hash, name, market, language, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (cell, email) DO NOTHING

-- name: account_by_email -> AccountRow
-- The account of an e-mail address.
SELECT account_id, email, password_hash, name, market, language, created_at, level FROM accounts
WHERE cell = $1 AND email = $2

-- name: account_by_id -> AccountRow
-- One account.
SELECT account_id, email, password_hash, name, market, language, created_at, level FROM accounts
WHERE cell = $1 AND account_id = $2

-- name: level_of
-- An account's level of membership.
SELECT level FROM accounts WHERE cell = $1 AND account_id = $2

-- name: give_level
-- Sets an account's level of membership.
UPDATE accounts SET level = $3 WHERE cell = $1 AND account_id = $2

-- name: change_hash
-- Replaces a password's hash.
UPDATE accounts SET password_hash = $3 WHERE cell = $1 AND account_id = $2

-- name: change_place
-- Notes where and in which language a shopper was last.
UPDATE accounts SET market = $3, language = $4 WHERE cell = $1 AND account_id = $2 AND (market, language) <> ($3, $4)

-- name: lock_email
-- Lets tries with one e-mail address follow one another until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended($1::text, $2::bigint))

-- name: failures_of -> FailureRow
-- Failed tries with an e-mail address.
SELECT failures, last_at FROM login_failures WHERE cell = $1 AND email = $2

-- name: note_failure
-- Sets the number of failed tries.
INSERT INTO login_failures (cell, email, failures, last_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (cell, email) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at

-- name: forgive
-- Forgets the failed tries of an e-mail address.
DELETE FROM login_failures WHERE cell = $1 AND email = $2

-- name: forget_failures
-- Forgets failed tries that nobody holds against anybody any more.
DELETE FROM login_failures WHERE cell = $1 AND last_at < $2

-- name: addresses_of -> AddressRow
-- An account's addresses, the default one first, then the latest.
SELECT address_id, address, is_default FROM addresses WHERE cell = $1 AND account_id = $2
ORDER BY is_default DESC, changed_at DESC, address_id LIMIT 100

-- name: lock_account
-- Locks an account while its addresses are changed.
SELECT account_id FROM accounts WHERE cell = $1 AND account_id = $2 FOR NO KEY UPDATE

-- name: keep_address
-- Adds an address or replaces it.
INSERT INTO addresses (cell, account_id, address_id, address, is_default, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (cell, account_id, address_id) DO UPDATE
SET address = excluded.address, is_default = excluded.is_default, changed_at = excluded.changed_at

-- name: choose_default
-- Makes one address of an account its default one, and no other.
UPDATE addresses SET is_default = (address_id = $3) WHERE cell = $1 AND account_id = $2 AND is_default <> (address_id = $3)

-- name: drop_address
-- Drops an address.
DELETE FROM addresses WHERE cell = $1 AND account_id = $2 AND address_id = $3

-- name: follow
-- Lets a shopper follow a brand.
INSERT INTO follows (cell, shopper_id, brand_slug, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: unfollow
-- Ends it.
DELETE FROM follows WHERE cell = $1 AND shopper_id = $2 AND brand_slug = $3

-- name: follows_of -> FollowRow
-- The brands a shopper follows, the latest first.
SELECT brand_slug, at FROM follows WHERE cell = $1 AND shopper_id = $2 ORDER BY at DESC, brand_slug LIMIT 500

-- name: is_followed
-- Whether a shopper follows a brand.
SELECT EXISTS (SELECT FROM follows WHERE cell = $1 AND shopper_id = $2 AND brand_slug = $3)

-- name: followers
-- How many follow a brand.
SELECT count(*) FROM follows WHERE cell = $1 AND brand_slug = $2

-- name: hand_follows_over
-- Lets an account follow what its shopper followed before she signed in.
INSERT INTO follows (cell, shopper_id, brand_slug, at)
SELECT cell, $3, brand_slug, at FROM follows WHERE cell = $1 AND shopper_id = $2 ON CONFLICT DO NOTHING

-- name: drop_follows
-- Drops all that a visit followed.
DELETE FROM follows WHERE cell = $1 AND shopper_id = $2
