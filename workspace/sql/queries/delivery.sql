-- name: pending
-- What a channel still has to send, oldest first.
SELECT id, conversation_id, not_before, failure_kind FROM messages
WHERE channel_id = $1 AND delivery_status IN ('queued', 'retry') ORDER BY id;

-- name: get
-- A message on its way, with all that is needed to send it, in the order of outbox.Queued's fields.
SELECT m.id, m.conversation_id, m.channel_id, m.provider_id, m.origin, m.author_kind,
       m.occurred_at, m.delivery_status, m.accepted, m.failure_kind, m.failure, m.attempts,
       m.lease_until, m.body, m.reply_headers, c.address_kind, c.address, k.name,
       c.last_inbound_at, k.opted_out, k.blocked, m.template, m.reply_to, q.provider_id,
       q.direction = 'inbound' OR q.accepted, coalesce(s.stopped, false)
FROM messages AS m
JOIN conversations AS c ON c.id = m.conversation_id
JOIN contacts AS k ON k.id = c.contact_id
LEFT JOIN messages AS q ON q.id = m.reply_to
LEFT JOIN marketing_choices AS s ON s.channel_id = c.channel_id AND s.contact_id = c.contact_id
WHERE m.id = $1 AND m.direction = 'outbound';

-- name: template
-- The template of a message.
SELECT template FROM messages WHERE id = $1;

-- name: files
-- The files of a message, in their order.
SELECT id, kind, name, mime, size FROM attachments WHERE message_id = $1 ORDER BY position, id;

-- name: take_back
-- A message is not to be sent: the row tells that it was written, and is found no more.
UPDATE messages
SET delivery_status = 'cancelled', not_before = NULL, search_text = '', reply_headers = ''
WHERE id = $1;

-- name: queue_again
-- A message is to be sent once more, under a name that may be another one.
UPDATE messages
SET delivery_status = 'queued', failure_kind = NULL, failure = '', attempts = least(attempts, 1),
    provider_id = $2, reply_headers = $3, occurred_at = $4
WHERE id = $1;

-- name: set
-- Where a send stands.
UPDATE messages
SET delivery_status = $2, accepted = $3, failure_kind = $4, failure = $5, attempts = $6,
    not_before = $7, lease_until = $8
WHERE id = $1;

-- name: rename
-- The provider gave it a name of its own.
UPDATE messages SET provider_id = $2 WHERE id = $1;

-- name: named
-- The message that has this name.
SELECT id FROM messages WHERE channel_id = $1 AND provider_id = $2;

-- name: take_reactions
-- Reactions to a copy ($2) of a message ($1), the newest of each side.
INSERT INTO reactions (message_id, actor_kind, emoji, occurred_at)
SELECT $1::bigint, actor_kind, emoji, occurred_at FROM reactions WHERE message_id = $2
ON CONFLICT (message_id, actor_kind)
DO UPDATE SET emoji = excluded.emoji, occurred_at = excluded.occurred_at
WHERE excluded.occurred_at >= reactions.occurred_at;

-- name: take_own_reactions
-- Our reaction to a copy ($2) of a message ($1), where it is the newer one.
INSERT INTO own_reactions (message_id, id, channel_id, emoji, actor_kind, actor_name, occurred_at,
                           provider_id, delivery_status, attempts, not_before, lease_until,
                           failure_kind, failure)
SELECT $1::bigint, id, channel_id, emoji, actor_kind, actor_name, occurred_at, provider_id,
       delivery_status, attempts, not_before, lease_until, failure_kind, failure
FROM own_reactions WHERE message_id = $2
ON CONFLICT (message_id)
DO UPDATE SET id = excluded.id, emoji = excluded.emoji, actor_kind = excluded.actor_kind,
              actor_name = excluded.actor_name, occurred_at = excluded.occurred_at,
              provider_id = excluded.provider_id, delivery_status = excluded.delivery_status,
              attempts = excluded.attempts, not_before = excluded.not_before,
              lease_until = excluded.lease_until, failure_kind = excluded.failure_kind,
              failure = excluded.failure
WHERE excluded.occurred_at >= own_reactions.occurred_at;

-- name: take_quotes
-- What quotes a copy ($2) of a message ($1) quotes the message.
UPDATE messages SET reply_to = $1
WHERE reply_to = $2
    AND conversation_id IN (SELECT conversation_id FROM messages WHERE id = $2);

-- name: take_drafts
-- So does what is to be written.
UPDATE drafts SET reply_to = $1 WHERE reply_to = $2;

-- name: drop_reactions
-- The copy's reactions.
DELETE FROM reactions WHERE message_id = $1;

-- name: drop_own_reactions
-- And ours to it.
DELETE FROM own_reactions WHERE message_id = $1;

-- name: drop_remote_files
-- Files of the copy that are still with their provider.
DELETE FROM remote_files
WHERE attachment_id IN (SELECT id FROM attachments WHERE message_id = $1);

-- name: drop_attachments
-- The copy's files.
DELETE FROM attachments WHERE message_id = $1;

-- name: drop_messages
-- The copy.
DELETE FROM messages WHERE id = $1;

-- name: with_status
-- The messages of a channel in one state, oldest first.
SELECT id FROM messages WHERE channel_id = $1 AND delivery_status = $2 ORDER BY id;

-- name: count
-- How many messages are in one state.
SELECT count(*) FROM messages WHERE delivery_status = $1;
