-- name: get
-- What an operator has begun to write in a conversation.
SELECT body, note, updated_at, reply_to FROM drafts WHERE conversation_id = $1 AND operator = $2;

-- name: uploads
-- The files of a draft that are still there to be sent, in their order.
SELECT a.id, a.kind, a.name, a.mime, a.size
FROM draft_uploads AS u JOIN attachments AS a ON a.id = u.upload_id
WHERE u.conversation_id = $1 AND u.operator = $2 AND a.message_id IS NULL
ORDER BY u.position, a.id;

-- name: put
-- Keep a draft in the place of the one before.
INSERT INTO drafts (conversation_id, operator, body, note, reply_to, updated_at)
VALUES ($1, $2, $3, $4, $5, now())
ON CONFLICT (conversation_id, operator)
DO UPDATE SET body = excluded.body, note = excluded.note, reply_to = excluded.reply_to,
              updated_at = excluded.updated_at;

-- name: drop
-- Forget a draft.
DELETE FROM drafts WHERE conversation_id = $1 AND operator = $2;

-- name: drop_uploads
-- Forget which files belong to a draft.
DELETE FROM draft_uploads WHERE conversation_id = $1 AND operator = $2;

-- name: put_uploads
-- The files of a draft, in their order.
INSERT INTO draft_uploads (conversation_id, operator, upload_id, position)
SELECT $1::bigint, $2::text, unnest($3::bigint[]), unnest($4::integer[]);

-- name: belong
-- Uploads are deleted with the conversation they are written for.
UPDATE attachments SET conversation_id = $1
WHERE message_id IS NULL AND id IN (SELECT unnest($2::bigint[]));
