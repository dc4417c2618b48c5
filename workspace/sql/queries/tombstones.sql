-- name: add
-- Hashes of messages that must not come back.
INSERT INTO tombstones (hash, created_at) SELECT unnest($1::text[]), now()
ON CONFLICT (hash) DO NOTHING;

-- name: known
-- Those of some hashes that are tombstones.
SELECT hash FROM tombstones WHERE hash IN (SELECT unnest($1::text[]));
