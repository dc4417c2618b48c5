-- name: load
-- The cached state of conversations, in the order of rules.State's fields.
SELECT id, resolved, archived, agent_replies, episode, read_mark, unread, marked_unread,
       last_inbound_at, last_reply_at
FROM conversations WHERE id IN (SELECT unnest($1::bigint[]));

-- name: save
-- Write the cached state of many conversations.
UPDATE conversations AS c
SET status = s.status, resolved = s.resolved, archived = s.archived,
    agent_replies = s.agent_replies, episode = s.episode, read_mark = s.read_mark,
    unread = s.unread, marked_unread = s.marked_unread,
    last_inbound_at = s.last_inbound_at, last_reply_at = s.last_reply_at
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS status,
             unnest($3::boolean[]) AS resolved, unnest($4::boolean[]) AS archived,
             unnest($5::boolean[]) AS agent_replies, unnest($6::integer[]) AS episode,
             unnest($7::bigint[]) AS read_mark, unnest($8::integer[]) AS unread,
             unnest($9::boolean[]) AS marked_unread,
             unnest($10::timestamptz[]) AS last_inbound_at,
             unnest($11::timestamptz[]) AS last_reply_at) AS s
WHERE c.id = s.id;

-- name: messages
-- The messages of a conversation as log entries, from an id on; one that was taken back is none.
SELECT m.id, m.direction, m.occurred_at, m.origin, m.author_kind, m.accepted, m.backfill, m.silent
FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
WHERE m.conversation_id = $1 AND m.id BETWEEN c.first_message_id AND c.last_message_id
    AND m.id >= $2
    AND m.delivery_status IS DISTINCT FROM 'cancelled';

-- name: verbs
-- The verbs of a conversation as log entries, from an id on.
SELECT id, kind, read_mark FROM conversation_events WHERE conversation_id = $1 AND id >= $2;

-- name: reading
-- What moved the read marks of conversations before a place in the log, oldest first.
SELECT conversation_id, id, kind, read_mark FROM conversation_events
WHERE conversation_id IN (SELECT unnest($1::bigint[])) AND id < $2
    AND kind IN ('marked_read', 'marked_unread')
ORDER BY id;

-- name: last_archived
-- Where in the log a conversation was archived last; null: never.
SELECT max(id) FROM conversation_events WHERE conversation_id = $1 AND kind = 'archived';

-- name: unread_after
-- Inbound messages after a mark, a conversation each.
SELECT m.conversation_id, count(*)
FROM messages AS m
JOIN (SELECT unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS mark) AS s
    ON s.id = m.conversation_id
WHERE m.direction = 'inbound' AND m.id > s.mark AND NOT m.silent AND NOT m.backfill
GROUP BY m.conversation_id;
