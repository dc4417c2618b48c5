-- name: exists
-- A row if the database has ever been set up.
SELECT 1 FROM information_schema.tables
WHERE table_name = 'migrations' AND table_schema NOT IN ('pg_catalog', 'information_schema');

-- name: version
-- The newest migration applied.
SELECT coalesce(max(version), 0) FROM migrations;

-- name: applied
-- Record that a migration ran.
INSERT INTO migrations (version, applied_at) VALUES ($1, now());
