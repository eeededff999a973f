-- name: add_places
-- Notes that variants are kept at hubs; those that are noted already stay as they are.
INSERT INTO pre_placed (cell, variant_id, hub)
SELECT $1, new.variant_id, new.hub FROM unnest($2::uuid[], $3::text[]) AS new (variant_id, hub) ORDER BY new.variant_id, new.hub
ON CONFLICT DO NOTHING

-- name: places -> PrePlaced
-- Where variants are kept beyond home.
SELECT variant_id, hub FROM pre_placed WHERE cell = $1 ORDER BY variant_id, hub LIMIT $2
