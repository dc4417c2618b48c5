CREATE OR REPLACE VIEW v1.columns AS
SELECT
    c.table_name AS view_name,
    v.comment AS view_comment,
    c.column_name,
    c.column_index AS position,
    c.data_type,
    c.comment AS column_comment
FROM duckdb_columns() AS c
JOIN duckdb_views() AS v ON v.view_oid = c.table_oid AND v.database_name = c.database_name
WHERE c.schema_name = 'v1' AND c.database_name = current_database();

COMMENT ON VIEW v1.columns IS 'What there is to query: one row for each column of each v1 view.';
COMMENT ON COLUMN v1.columns.view_name IS 'Name of the view, within v1.';
COMMENT ON COLUMN v1.columns.view_comment IS 'What a row of the view is.';
COMMENT ON COLUMN v1.columns.column_name IS 'Name of the column.';
COMMENT ON COLUMN v1.columns.position IS 'Place of the column, from 1.';
COMMENT ON COLUMN v1.columns.data_type IS 'DuckDB type.';
COMMENT ON COLUMN v1.columns.column_comment IS 'What the column holds.';
