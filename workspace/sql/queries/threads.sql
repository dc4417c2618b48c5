-- name: find
-- The conversations that Message-IDs belong to.
SELECT ref, conversation_id FROM thread_refs
WHERE channel_id = $1 AND ref IN (SELECT unnest($2::text[]));

-- name: add
-- Message-IDs of conversations.
INSERT INTO thread_refs (channel_id, ref, conversation_id)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::bigint[])
ON CONFLICT (channel_id, ref) DO NOTHING;

-- name: move_refs
-- The refs of one conversation go to another.
UPDATE thread_refs SET conversation_id = $2 WHERE conversation_id = $1;

-- name: move_messages
-- The messages of one conversation go to another.
UPDATE messages SET conversation_id = $2 WHERE conversation_id = $1;

-- name: move_attachments
-- The files of one conversation go to another.
UPDATE attachments SET conversation_id = $2 WHERE conversation_id = $1;

-- name: join_drafts
-- Who has begun to write in both of two conversations goes on with both texts in one; with a note
-- among them it is a note, which no customer gets to see.
UPDATE drafts AS d SET body = d.body || chr(10) || g.body, note = d.note OR g.note
FROM drafts AS g
WHERE g.conversation_id = $1 AND d.conversation_id = $2 AND d.operator = g.operator;

-- name: drop_joined_drafts
-- Drafts whose text went into another one.
DELETE FROM drafts WHERE conversation_id = $1
    AND operator IN (SELECT operator FROM drafts WHERE conversation_id = $2);

-- name: move_drafts
-- The other drafts of one conversation go to another.
UPDATE drafts SET conversation_id = $2 WHERE conversation_id = $1;

-- name: move_draft_uploads
-- The files of drafts, too.
UPDATE draft_uploads SET conversation_id = $2 WHERE conversation_id = $1;

-- name: move_events
-- The events of one conversation go to another.
UPDATE conversation_events SET conversation_id = $2 WHERE conversation_id = $1;

-- name: move_aliases
-- What was merged into one conversation goes to another.
UPDATE conversation_aliases SET conversation_id = $2 WHERE conversation_id = $1;

-- name: alias
-- A conversation goes on in another.
INSERT INTO conversation_aliases (id, conversation_id) VALUES ($1, $2);

-- name: drop_conversation
-- A conversation whose messages went to another.
DELETE FROM conversations WHERE id = $1;
