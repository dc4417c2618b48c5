-- name: allocate
-- The next $1 ids.
SELECT nextval('ids') FROM generate_series(1, $1) AS s(n);
