-- Of DuckDB alone: rewriting the file without what was deleted.

-- name: open
-- A new file beside the old one.
ATTACH '{path}' AS fresh (ROW_GROUP_SIZE {size});

-- name: copy
-- Everything: tables, rows, indexes, sequences, views, comments.
COPY FROM DATABASE ws TO fresh;

-- name: write
-- All of it into the file.
CHECKPOINT fresh;

-- name: detach
-- Close the new file.
DETACH fresh;

-- name: tables
-- Tables by name.
SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = $1 ORDER BY ALL;

-- name: columns
-- Columns with types, defaults and comments.
SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default, comment
FROM duckdb_columns() WHERE database_name = $1 AND NOT internal ORDER BY ALL;

-- name: constraints
-- Keys and checks.
SELECT schema_name, table_name, constraint_type, constraint_text FROM duckdb_constraints()
WHERE database_name = $1 ORDER BY ALL;

-- name: indexes
-- Indexes.
SELECT schema_name, table_name, index_name, is_unique, expressions FROM duckdb_indexes()
WHERE database_name = $1 ORDER BY ALL;

-- name: views
-- Views with comments.
SELECT schema_name, view_name, sql, comment FROM duckdb_views()
WHERE database_name = $1 AND NOT internal ORDER BY ALL;

-- name: sequences
-- Names of the sequences.
SELECT sequence_name FROM duckdb_sequences() WHERE database_name = 'ws' ORDER BY ALL;

-- name: next_value
-- Use one up: what DuckDB tells of a sequence that was copied before is one too high or not.
SELECT nextval('{sequence}');

-- name: start_values
-- Where each copied sequence goes on.
SELECT sequence_name, start_value FROM duckdb_sequences()
WHERE database_name = 'fresh' ORDER BY ALL;

-- name: sum
-- How many rows, and a number that changes with any of them.
SELECT count(*), coalesce(sum(hash(rows)), 0) FROM {table} AS rows;
