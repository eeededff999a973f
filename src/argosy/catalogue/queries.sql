-- name: one_import
-- Waits until no other batch is taken in; held until the transaction ends.
SELECT pg_advisory_xact_lock($1)

-- name: put_brands
-- Adds brands, or brings their names and stories up to date.
INSERT INTO brands (brand_slug, brand_id, name, story, made_up)
SELECT new.brand_slug, new.brand_id, new.name, new.story, '{}' FROM unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[])
    AS new (brand_slug, brand_id, name, story)
ON CONFLICT (brand_slug) DO UPDATE SET name = excluded.name,
    story = CASE WHEN excluded.story = '{}'::jsonb THEN brands.story ELSE excluded.story END

-- name: put_products
-- Adds products, or brings them up to date.
INSERT INTO products (product_id, handle, merchant, brand_slug, category, name, name_language, names, description,
    description_language, attributes, popularity, made_up, changed_at)
SELECT new.*, $14 FROM (SELECT product_id, handle, merchant, brand_slug, category, name, name_language, names, description,
    description_language, attributes, popularity, coalesce(string_to_array(nullif(made_up, ''), ','), '{}') FROM unnest($1::uuid[], $2::text[],
    $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::text[], $11::jsonb[], $12::int[], $13::text[])
    AS row (product_id, handle, merchant, brand_slug, category, name, name_language, names, description, description_language, attributes,
    popularity, made_up)) AS new (product_id, handle, merchant, brand_slug, category, name, name_language, names, description,
    description_language, attributes, popularity, made_up)
ON CONFLICT (product_id) DO UPDATE SET brand_slug = excluded.brand_slug, category = excluded.category, name = excluded.name,
    name_language = excluded.name_language, names = excluded.names, description = excluded.description,
    description_language = excluded.description_language, attributes = excluded.attributes, popularity = excluded.popularity,
    made_up = excluded.made_up, changed_at = excluded.changed_at

-- name: put_variants
-- Adds variants, or brings them up to date.
INSERT INTO variants (variant_id, product_id, position, merchant, sku, colour, size, gtin, hs6, origin, weight_g, image,
    limit_per_shopper, made_up)
SELECT variant_id, product_id, position, merchant, sku, colour, size, gtin, hs6, origin, weight_g, image, limit_per_shopper,
    coalesce(string_to_array(nullif(made_up, ''), ','), '{}')
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::int[], $12::text[], $13::int[], $14::text[])
    AS new (variant_id, product_id, position, merchant, sku, colour, size, gtin, hs6, origin, weight_g, image, limit_per_shopper, made_up)
ON CONFLICT (variant_id) DO UPDATE SET product_id = excluded.product_id, position = excluded.position, colour = excluded.colour,
    size = excluded.size, gtin = excluded.gtin, hs6 = excluded.hs6, origin = excluded.origin, weight_g = excluded.weight_g,
    image = excluded.image, limit_per_shopper = excluded.limit_per_shopper, made_up = excluded.made_up

-- name: put_search
-- Adds products to the search, or brings them up to date.
INSERT INTO search_products (product_id, categories, brand_slug, colours, words, price_rank, popularity, changed_at)
SELECT product_id, string_to_array(categories, ','), brand_slug, coalesce(string_to_array(nullif(colours, ''), ','), '{}'), words,
    price_rank, popularity, $8
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[])
    AS new (product_id, categories, brand_slug, colours, words, price_rank, popularity)
ON CONFLICT (product_id) DO UPDATE SET categories = excluded.categories, brand_slug = excluded.brand_slug,
    colours = excluded.colours, words = excluded.words,
    price_rank = excluded.price_rank, popularity = excluded.popularity, changed_at = excluded.changed_at

-- name: drop_ranks
-- Takes products out of lists.
DELETE FROM listing_ranks USING unnest($1::text[], $2::uuid[]) AS gone (category, product_id)
WHERE listing_ranks.category = gone.category AND listing_ranks.product_id = gone.product_id

-- name: put_ranks
-- Puts products into the lists of their category and all above it.
INSERT INTO listing_ranks (category, product_id, popularity, price_rank)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::int[], $4::bigint[])
ON CONFLICT (category, product_id) DO UPDATE SET popularity = excluded.popularity, price_rank = excluded.price_rank
WHERE (listing_ranks.popularity, listing_ranks.price_rank) <> (excluded.popularity, excluded.price_rank)

-- name: standing_variants -> StandingVariant
-- The stored variants of some products, and some variants of whatever product.
SELECT variant_id, product_id, position, sku, gtin, colour FROM variants WHERE product_id = ANY($1::uuid[])
UNION SELECT variant_id, product_id, position, sku, gtin, colour FROM variants WHERE variant_id = ANY($2::uuid[])

-- name: standing_products -> StandingProduct
-- Which of some products are stored, the lists they are in and by which price they are ordered there.
SELECT p.product_id, s.categories, s.price_rank
FROM products AS p LEFT JOIN search_products AS s ON s.product_id = p.product_id WHERE p.product_id = ANY($1::uuid[])

-- name: handle_owners -> HandleOwner
-- The products at some addresses.
SELECT handle, product_id FROM products WHERE handle = ANY($1::text[])

-- name: note_change
-- Notes that products have changed, for those who keep them in memory.
UPDATE products SET changed_at = $2 WHERE product_id = ANY($1::uuid[])

-- name: drop_search
-- Takes products that have no variant any more out of the search.
DELETE FROM search_products WHERE product_id = ANY($1::uuid[])

-- name: products_by_id -> ProductRow
-- Products with their brand's name.
SELECT p.product_id, p.handle, p.merchant, coalesce(b.name, '') AS brand, coalesce(p.brand_slug, '') AS brand_slug, p.category, p.name,
    p.name_language, p.names, p.description, p.description_language, p.attributes, p.popularity, p.changed_at, p.made_up
FROM products AS p LEFT JOIN brands AS b ON b.brand_slug = p.brand_slug WHERE p.product_id = ANY($1::uuid[])

-- name: variants_of -> VariantRow
-- The variants of products, in their order.
SELECT product_id, variant_id, sku, colour, size, gtin, hs6, origin, weight_g, image, limit_per_shopper, made_up
FROM variants WHERE product_id = ANY($1::uuid[]) ORDER BY product_id, position, variant_id

-- name: product_of_handle
-- The product at an address.
SELECT product_id FROM products WHERE handle = $1

-- name: products_of_variants -> VariantPlace
-- Which products some variants belong to.
SELECT variant_id, product_id FROM variants WHERE variant_id = ANY($1::uuid[])

-- name: changed_products -> ProductChange
-- Products changed after an instant.
SELECT product_id, changed_at FROM products WHERE changed_at > $1 ORDER BY changed_at LIMIT 10000

-- name: brand_of_slug -> BrandRow
-- A brand, with the number of its products.
SELECT brand_slug, brand_id, name, story, made_up,
    (SELECT count(*) FROM (SELECT 1 FROM search_products AS s WHERE s.brand_slug = $1 LIMIT 20000) AS counted) AS products
FROM brands WHERE brand_slug = $1

-- name: brands_by_size -> BrandCount
-- Brands with the number of their products, largest first.
SELECT b.brand_slug, b.name, count(*) AS products FROM search_products AS s JOIN brands AS b USING (brand_slug)
GROUP BY b.brand_slug, b.name ORDER BY products DESC, b.name LIMIT $1

-- name: brand_names -> BrandName
-- All brands, for the search's vocabulary.
SELECT brand_slug, name FROM brands ORDER BY brand_slug LIMIT 100000

-- name: names_of_brands -> BrandName
-- The names of some brands.
SELECT brand_slug, name FROM brands WHERE brand_slug = ANY($1::text[])

-- name: count_categories -> CategoryCount
-- How many products each category holds, as last counted.
SELECT category, products FROM listing_counts WHERE category <> ''

-- name: count_categories_now -> CategoryCount
-- How many products each category holds.
SELECT category, count(*) AS products FROM listing_ranks GROUP BY category

-- name: brand_groups -> Group
-- Products by their categories and brand.
SELECT categories, brand_slug AS key, count(*) AS products FROM search_products GROUP BY 1, 2

-- name: colour_groups -> Group
-- Products by their categories and each of their colours.
SELECT categories, colour AS key, count(*) AS products FROM search_products, unnest(colours) AS colour GROUP BY 1, 2

-- name: price_groups -> Group
-- Products by their categories and the quarter power of two of their price rank.
SELECT categories, floor(4 * ln(greatest(price_rank, 1)::float8) / ln(2::float8) + 1e-9)::int::text AS key, count(*) AS products
FROM search_products GROUP BY 1, 2

-- name: drop_counts
-- Forgets the counts of categories that hold nothing any more.
DELETE FROM listing_counts WHERE NOT category = ANY($1::text[])

-- name: put_counts
-- Writes what categories hold.
INSERT INTO listing_counts (category, products, counts, counted_at)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::jsonb[], $4::timestamptz[])
ON CONFLICT (category) DO UPDATE SET products = excluded.products, counts = excluded.counts, counted_at = excluded.counted_at

-- name: counts_in -> ListingCounts
-- What a category holds.
SELECT category, products, counts, counted_at FROM listing_counts WHERE category = $1

-- name: counted_at
-- When categories were last counted.
SELECT max(counted_at) FROM listing_counts

-- name: last_change
-- When a product last changed.
SELECT max(changed_at) FROM products

-- name: popular_of -> Hit
-- A page of a brand by popularity.
SELECT product_id, 1.0::real AS score FROM search_products WHERE brand_slug = $1
ORDER BY popularity DESC, product_id LIMIT $2 OFFSET $3

-- name: count_products
-- How many products can be found.
SELECT count(*) FROM search_products

-- name: handles_after
-- Product addresses in order, for the sitemap.
SELECT handle FROM products WHERE handle > $1 ORDER BY handle LIMIT $2

-- name: popular_in -> Hit
-- A page of a category by popularity.
SELECT product_id, 1.0::real AS score FROM listing_ranks WHERE category = $1
ORDER BY popularity DESC, product_id LIMIT $2 OFFSET $3

-- name: cheapest_in -> Hit
-- A page of a category, lowest price first.
SELECT product_id, 1.0::real AS score FROM listing_ranks WHERE category = $1
ORDER BY price_rank, product_id LIMIT $2 OFFSET $3

-- name: dearest_in -> Hit
-- A page of a category, highest price first.
SELECT product_id, 1.0::real AS score FROM listing_ranks WHERE category = $1
ORDER BY price_rank DESC, product_id DESC LIMIT $2 OFFSET $3

-- name: variants_of_skus -> SkuOwner
-- The variants that some sellers' numbers stand for.
SELECT sku, merchant, variant_id FROM variants WHERE sku = ANY($1::text[]) ORDER BY sku, merchant LIMIT 500
