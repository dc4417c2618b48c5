-- name: all
-- Every channel there ever was, the removed ones included.
SELECT id, kind, name, options, removed_at IS NOT NULL FROM channels ORDER BY id;

-- name: add
-- A new channel.
INSERT INTO channels (id, kind, name, options, created_at) VALUES ($1, $2, $3, $4, now());

-- name: revive
-- A removed channel is wanted again.
UPDATE channels SET options = $2, removed_at = NULL WHERE id = $1;

-- name: remove
-- Keep the row: the history refers to it.
UPDATE channels SET removed_at = now() WHERE id = $1;

-- name: used
-- Channels that have conversations.
SELECT DISTINCT channel_id FROM conversations;
