-- name: add_promises
-- Writes promises down; one that stands already stays as it was made.
INSERT INTO promises (cell, parcel_id, order_id, lane, confidence, ordered_at, promised_at)
SELECT $1, new.parcel_id, new.order_id, new.lane, new.confidence, new.ordered_at, new.promised_at
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::double precision[], $6::timestamptz[], $7::timestamptz[])
    AS new (parcel_id, order_id, lane, confidence, ordered_at, promised_at)
ORDER BY new.parcel_id
ON CONFLICT DO NOTHING

-- name: set_delivered
-- Notes the first delivery of parcels; a later one changes nothing.
UPDATE promises SET delivered_at = came.at
FROM unnest($2::uuid[], $3::timestamptz[]) AS came (parcel_id, at)
WHERE promises.cell = $1 AND promises.parcel_id = came.parcel_id AND promises.delivered_at IS NULL

-- name: ledger_weeks -> LedgerWeek
-- Promises by lane, confidence and week of the order: how many were made, are not due yet, were due and were kept.
SELECT lane, confidence, date_trunc('week', ordered_at AT TIME ZONE 'UTC')::date AS week, count(*) AS made,
    count(*) FILTER (WHERE promised_at >= $3 AND (delivered_at IS NULL OR delivered_at > $3)) AS waiting,
    count(*) FILTER (WHERE promised_at < $3 AND (delivered_at IS NULL OR delivered_at > promised_at)) AS broken,
    count(*) FILTER (WHERE promised_at < $3 AND delivered_at <= promised_at) AS kept,
    count(*) FILTER (WHERE promised_at >= $3 AND delivered_at <= $3) AS early
FROM promises WHERE cell = $1 AND ordered_at >= $2 AND ordered_at <= $3
GROUP BY lane, confidence, week ORDER BY lane, confidence, week

-- name: ledger_slack -> LedgerSlack
-- Median and tenth percentile of promise minus delivery in seconds, of promises due; a row without lane is of all lanes.
SELECT lane, confidence,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM promised_at - delivered_at)::double precision) AS median,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY extract(epoch FROM promised_at - delivered_at)::double precision) AS low,
    avg(extract(epoch FROM promised_at - ordered_at)::double precision) AS promised
FROM promises
WHERE cell = $1 AND ordered_at >= $2 AND promised_at < $3 AND delivered_at <= $3
GROUP BY GROUPING SETS ((lane, confidence), (confidence)) ORDER BY lane NULLS FIRST, confidence
