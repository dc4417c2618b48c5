-- name: checkpoint
-- Write the log into the file.
CHECKPOINT ws;
