-- name: find
-- The request a key was used for, and its answer.
SELECT request_hash, response FROM idempotency WHERE key = $1;

-- name: keep
-- Remember the answer to a request.
INSERT INTO idempotency (key, request_hash, response, created_at) VALUES ($1, $2, $3, now());

-- name: trim
-- Forget keys older than a day: a client retries for minutes.
DELETE FROM idempotency WHERE created_at < now() - INTERVAL '1 day';
