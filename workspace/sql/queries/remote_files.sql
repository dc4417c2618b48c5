-- name: add
-- Files that are to be fetched, from an instant on.
INSERT INTO remote_files (attachment_id, channel_id, remote, not_before)
SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::timestamptz[]);

-- name: due
-- What is to be fetched by now, the longest due first.
SELECT r.attachment_id, r.channel_id, r.remote, r.attempts, a.name
FROM remote_files AS r JOIN attachments AS a ON a.id = r.attachment_id
WHERE r.not_before <= $1 ORDER BY r.not_before, r.attachment_id LIMIT $2;

-- name: next
-- When there is something to be fetched next.
SELECT min(r.not_before) FROM remote_files AS r JOIN attachments AS a ON a.id = r.attachment_id;

-- name: place
-- The message and the conversation a file belongs to.
SELECT message_id, conversation_id FROM attachments WHERE id = $1;

-- name: set
-- How fetching a file went, and when it is tried again.
UPDATE remote_files SET attempts = $2, not_before = $3, failure = $4 WHERE attachment_id = $1;

-- name: again
-- A file is to be fetched after all.
UPDATE remote_files SET attempts = 0, not_before = $2, failure = '' WHERE attachment_id = $1
RETURNING attachment_id;

-- name: arrived
-- A file is here: what it is, is told by its bytes.
UPDATE attachments SET kind = $2, mime = $3, size = $4 WHERE id = $1;

-- name: drop
-- A file is with its provider no more.
DELETE FROM remote_files WHERE attachment_id = $1;

-- name: preview
-- A conversation shows what its newest message is.
UPDATE conversations SET preview_media = $3 WHERE id = $1 AND preview_message_id = $2;
