-- name: person
-- Name, opt-out and block of a contact.
SELECT name, opted_out, blocked FROM contacts WHERE id = $1;

-- name: answered
-- What an answer in a thread refers to: its newest inbound message, else its newest at all.
SELECT m.reply_headers FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
WHERE m.conversation_id = $1 AND m.id BETWEEN c.first_message_id AND c.last_message_id
    AND m.reply_headers <> ''
ORDER BY (CASE WHEN m.direction = 'inbound' THEN 0 ELSE 1 END), m.occurred_at DESC, m.id DESC
LIMIT 1;

-- name: uploads
-- Files that were uploaded, and whether they belong to a message by now.
SELECT id, kind, name, mime, size, message_id IS NOT NULL FROM attachments
WHERE id IN (SELECT unnest($1::bigint[]));

-- name: attach
-- Uploaded files become the files of a message.
UPDATE attachments AS a
SET message_id = $1, conversation_id = $2, position = f.place
FROM (SELECT unnest($3::bigint[]) AS id, unnest($4::integer[]) AS place) AS f
WHERE a.id = f.id;

-- name: stale_uploads
-- Files uploaded more than a day ago and never sent.
SELECT id FROM attachments
WHERE message_id IS NULL AND created_at < now() - INTERVAL '1 day';

-- name: drop_attachments
-- Forget files.
DELETE FROM attachments WHERE id IN (SELECT unnest($1::bigint[]));
