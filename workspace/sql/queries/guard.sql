-- Of DuckDB alone: the check of a user's query before it is run.

-- name: parse
-- The tree of a text as JSON; an error for anything but SELECTs.
SELECT json_serialize_sql($1::text);

-- name: volatile
-- Functions with an effect, or with another result each time.
SELECT DISTINCT lower(function_name) FROM duckdb_functions()
WHERE function_type = 'scalar' AND (stability = 'VOLATILE' OR has_side_effects);

-- name: begin
-- A transaction that can't write.
BEGIN TRANSACTION READ ONLY;

-- name: end
-- Nothing to keep.
ROLLBACK;
