-- name: add_news
-- Writes down what is told.
INSERT INTO network_news (news_id, kind, subject, code, first, last, minutes, reason, told_by, told_at, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: withdraw_news
-- Takes news back.
UPDATE network_news SET withdrawn_at = $2 WHERE news_id = $1 AND withdrawn_at IS NULL

-- name: news_in_force -> NewsRow
-- News that are not taken back and still matter, in the order in which they were told.
SELECT news_id, kind, subject, code, first, last, minutes, reason, told_by, told_at, until FROM network_news
WHERE withdrawn_at IS NULL AND (until IS NULL OR until > $1) ORDER BY told_at, news_id LIMIT 10000
