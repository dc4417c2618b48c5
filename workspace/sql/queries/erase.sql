-- name: sending
-- Until when the last of what is on its way out now ($2) may be; null: nothing of theirs is.
SELECT max(lease_until) FROM (
    SELECT lease_until FROM messages
    WHERE conversation_id IN (SELECT unnest($1::bigint[])) AND delivery_status = 'sending'
    UNION ALL
    SELECT r.lease_until FROM own_reactions AS r JOIN messages AS m ON m.id = r.message_id
    WHERE m.conversation_id IN (SELECT unnest($1::bigint[])) AND r.delivery_status = 'sending'
) AS under_way
WHERE lease_until > $2;

-- name: cancel
-- What was to be sent is not.
UPDATE messages
SET delivery_status = 'cancelled', not_before = NULL, search_text = '', reply_headers = ''
WHERE conversation_id IN (SELECT unnest($1::bigint[])) AND delivery_status IN ('queued', 'retry');

-- name: merged
-- Threads that went into these conversations.
SELECT id FROM conversation_aliases WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: provider_ids
-- What the providers call the messages, and our reactions to them.
SELECT channel_id, provider_id FROM messages
WHERE conversation_id IN (SELECT unnest($1::bigint[])) AND provider_id IS NOT NULL
UNION
SELECT r.channel_id, r.provider_id
FROM own_reactions AS r JOIN messages AS m ON m.id = r.message_id
WHERE m.conversation_id IN (SELECT unnest($1::bigint[])) AND r.provider_id IS NOT NULL;

-- name: files
-- Their files.
SELECT id FROM attachments WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: contacts
-- Whom the conversations are with.
SELECT DISTINCT contact_id FROM conversations WHERE id IN (SELECT unnest($1::bigint[]));

-- name: people
-- All addresses of those who have no other conversation on the channel.
SELECT DISTINCT c.channel_id, i.kind, i.address
FROM conversations AS c JOIN identities AS i ON i.contact_id = c.contact_id
WHERE c.id IN (SELECT unnest($1::bigint[]))
    AND NOT EXISTS (
        SELECT 1 FROM conversations AS other
        WHERE other.contact_id = c.contact_id AND other.channel_id = c.channel_id
            AND other.id NOT IN (SELECT unnest($1::bigint[])));

-- name: drop_reactions
-- Reactions to their messages.
DELETE FROM reactions WHERE message_id IN (
    SELECT id FROM messages WHERE conversation_id IN (SELECT unnest($1::bigint[])));

-- name: drop_own_reactions
-- And ours.
DELETE FROM own_reactions WHERE message_id IN (
    SELECT id FROM messages WHERE conversation_id IN (SELECT unnest($1::bigint[])));

-- name: drop_remote_files
-- Files of theirs that are still with their provider.
DELETE FROM remote_files WHERE attachment_id IN (
    SELECT id FROM attachments WHERE conversation_id IN (SELECT unnest($1::bigint[])));

-- name: drop_attachments
-- Rows of their files.
DELETE FROM attachments WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_parked
-- What waits under these names, and what of theirs waits for a message that it quotes.
DELETE FROM parked AS p
USING (SELECT unnest($1::bigint[]) AS channel_id, unnest($2::text[]) AS provider_id) AS gone
WHERE p.channel_id = gone.channel_id
    AND gone.provider_id IN (p.provider_id, p.event::json ->> 'by');

-- name: parked_moves
-- Changes of numbers that wait for their people.
SELECT journal_id, position, channel_id, event FROM parked
WHERE event::json ->> 'before' IS NOT NULL;

-- name: drop_messages
-- Their messages.
DELETE FROM messages WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_drafts
-- What was to be written in them.
DELETE FROM drafts WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_draft_uploads
-- Which files were to go with it; the files themselves are among the attachments.
DELETE FROM draft_uploads WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_events
-- What was done to them.
DELETE FROM conversation_events WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_thread_refs
-- The Message-IDs that led to them.
DELETE FROM thread_refs WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_aliases
-- Threads that went into them.
DELETE FROM conversation_aliases WHERE conversation_id IN (SELECT unnest($1::bigint[]));

-- name: drop_conversations
-- The conversations themselves.
DELETE FROM conversations WHERE id IN (SELECT unnest($1::bigint[]));

-- name: all_files
-- Every file there is.
SELECT id FROM attachments;
