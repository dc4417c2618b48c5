-- name: get
-- A fact about the database file.
SELECT value FROM meta WHERE key = $1;

-- name: put
-- Set a fact.
INSERT INTO meta (key, value) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: drop
-- Forget a fact.
DELETE FROM meta WHERE key = $1;
