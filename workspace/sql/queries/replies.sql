-- name: barred
-- Opt-out and block of a contact, and whether they stopped marketing messages on a channel.
SELECT k.opted_out, k.blocked, coalesce(s.stopped, false)
FROM contacts AS k
LEFT JOIN marketing_choices AS s ON s.contact_id = k.id AND s.channel_id = $2
WHERE k.id = $1;

-- name: answered
-- What an answer in a thread refers to: its newest inbound message, else its newest at all.
SELECT m.reply_headers FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
WHERE m.conversation_id = $1 AND m.id BETWEEN c.first_message_id AND c.last_message_id
    AND m.reply_headers <> ''
ORDER BY (CASE WHEN m.direction = 'inbound' THEN 0 ELSE 1 END), m.occurred_at DESC, m.id DESC
LIMIT 1;

-- name: had
-- Whether the customer wrote or got a message of a conversation.
SELECT direction = 'inbound' OR accepted FROM messages WHERE conversation_id = $1 AND id = $2;

-- name: uploads
-- Files that were uploaded, and whether they belong to a message by now.
SELECT id, kind, name, mime, size, message_id IS NOT NULL FROM attachments
WHERE id IN (SELECT unnest($1::bigint[]));

-- name: answered_meanwhile
-- The newest answer that somebody other than a writer ($3, $4) gave after the message $2.
SELECT m.id, m.author_kind, m.author_name
FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
WHERE m.conversation_id = $1 AND m.id > $2 AND m.id <= c.last_message_id
    AND m.direction = 'outbound' AND m.origin IN ('single', 'agent', 'template')
    AND m.delivery_status <> 'cancelled' AND NOT m.backfill
    AND NOT (m.author_kind = $3 AND m.author_name = $4)
ORDER BY m.id DESC
LIMIT 1;

-- name: detach
-- The files of a message are uploads again, from now on. They still go with its conversation.
UPDATE attachments SET message_id = NULL, created_at = now()
WHERE id IN (SELECT unnest($1::bigint[]));

-- name: attach
-- Uploaded files become the files of a message.
UPDATE attachments AS a
SET message_id = $1, conversation_id = $2, position = f.place
FROM (SELECT unnest($3::bigint[]) AS id, unnest($4::integer[]) AS place) AS f
WHERE a.id = f.id;

-- name: stale_uploads
-- Files uploaded more than a day ago and never sent, but for those in a draft of this month.
SELECT a.id FROM attachments AS a
WHERE a.message_id IS NULL AND a.created_at < now() - INTERVAL '1 day'
    AND NOT EXISTS (
        SELECT 1 FROM draft_uploads AS u
        JOIN drafts AS d ON d.conversation_id = u.conversation_id AND d.operator = u.operator
        WHERE u.upload_id = a.id AND d.updated_at > now() - INTERVAL '30 days');

-- name: drop_attachments
-- Forget files.
DELETE FROM attachments WHERE id IN (SELECT unnest($1::bigint[]));
