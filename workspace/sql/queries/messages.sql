-- name: older
-- Places of the newest messages of a conversation before a place ($2, $3; null: from the end), newest
-- first. Without those that were taken back: the customer never got them, and nothing may rest on
-- them.
SELECT m.id, m.occurred_at
FROM messages AS m
JOIN conversations AS c ON c.id = m.conversation_id
WHERE m.conversation_id = $1 AND m.id BETWEEN c.first_message_id AND c.last_message_id
    AND m.delivery_status IS DISTINCT FROM 'cancelled'
    AND ($2::timestamptz IS NULL OR m.occurred_at < $2::timestamptz
        OR (m.occurred_at = $2::timestamptz AND m.id < $3::bigint))
ORDER BY m.occurred_at DESC, m.id DESC
LIMIT $4;

-- name: newer
-- Places of the oldest messages of a conversation from a place on ($2, $3; it counts as well), oldest
-- first.
SELECT m.id, m.occurred_at
FROM messages AS m
JOIN conversations AS c ON c.id = m.conversation_id
WHERE m.conversation_id = $1 AND m.id BETWEEN c.first_message_id AND c.last_message_id
    AND m.delivery_status IS DISTINCT FROM 'cancelled'
    AND (m.occurred_at > $2::timestamptz
        OR (m.occurred_at = $2::timestamptz AND m.id >= $3::bigint))
ORDER BY m.occurred_at, m.id
LIMIT $4;

-- name: place
-- When a message of a conversation was written.
SELECT occurred_at FROM messages WHERE id = $1 AND conversation_id = $2;

-- name: attachments
-- The files of some messages, in their order.
SELECT a.message_id, a.id, a.kind, a.name, a.mime, a.size, a.content_id, a.inline,
       r.not_before IS NOT NULL, r.failure
FROM attachments AS a LEFT JOIN remote_files AS r ON r.attachment_id = a.id
WHERE a.message_id IN (SELECT unnest($1::bigint[]))
ORDER BY a.message_id, a.position, a.id;

-- name: reactions
-- The reactions to some messages. An empty one was taken back, and is told of where that has not
-- worked yet.
SELECT message_id, actor_kind, emoji, '' AS actor_name, NULL AS delivery_status, '' AS failure,
       occurred_at
FROM reactions WHERE message_id IN (SELECT unnest($1::bigint[])) AND emoji <> ''
UNION ALL
SELECT message_id, actor_kind, emoji, actor_name, delivery_status, failure, occurred_at
FROM own_reactions
WHERE message_id IN (SELECT unnest($1::bigint[]))
    AND (emoji <> '' OR delivery_status IN ('retry', 'failed', 'in_doubt'))
ORDER BY message_id, occurred_at, actor_kind;

-- name: quoted
-- Some messages in short: of their text the beginning ($2 characters), of their files the first.
SELECT m.id, m.direction, m.author_kind, m.author_name,
       left(CASE WHEN m.body = '' THEN m.unsupported ELSE m.body END, $2), a.kind, a.name
FROM messages AS m
LEFT JOIN (
    SELECT message_id, kind, name,
           row_number() OVER (PARTITION BY message_id ORDER BY position, id) AS place
    FROM attachments WHERE message_id IN (SELECT unnest($1::bigint[]))
) AS a ON a.message_id = m.id AND a.place = 1
WHERE m.id IN (SELECT unnest($1::bigint[]));

-- name: events
-- What was done to a conversation from one instant to before another (null: no bound).
SELECT id, conversation_id, kind, actor_kind, actor_name, occurred_at, reason
FROM conversation_events
WHERE conversation_id = $1
    AND ($2::timestamptz IS NULL OR occurred_at >= $2::timestamptz)
    AND ($3::timestamptz IS NULL OR occurred_at < $3::timestamptz)
ORDER BY occurred_at, id;

-- name: attachment
-- One file.
SELECT a.id, a.kind, a.name, a.mime, a.size, a.content_id, a.inline,
       r.not_before IS NOT NULL, r.failure
FROM attachments AS a LEFT JOIN remote_files AS r ON r.attachment_id = a.id
WHERE a.id = $1;

-- name: hits
-- Of some conversations, the newest message each that holds every word. As filters.search_few, it
-- looks for the words in their messages alone.
SELECT h.conversation_id, h.id, h.body, c.subject
FROM (
    SELECT m.conversation_id, m.id, m.body,
           row_number() OVER (PARTITION BY m.conversation_id
                              ORDER BY m.occurred_at DESC, m.id DESC) AS place
    FROM messages AS m
    WHERE m.id IN (SELECT n.id FROM messages AS n
                   WHERE n.conversation_id IN (SELECT unnest($1::bigint[]))) /* message */
) AS h
JOIN conversations AS c ON c.id = h.conversation_id
WHERE h.place = 1;

-- name: found_contacts
-- Those of some conversations whose contact's name or addresses hold every word.
SELECT c.id
FROM (SELECT unnest($1::bigint[]) AS id) AS w
JOIN conversations AS c ON c.id = w.id
JOIN contacts AS k ON k.id = c.contact_id
WHERE true /* contact */;

-- name: rows
-- Some messages, oldest first.
SELECT id, conversation_id, direction, author_kind, author_name, body, html,
       occurred_at, received_at, origin, delivery_status, failure_kind, failure,
       automatic, unsupported, template, not_before, reply_to
FROM messages WHERE id IN (SELECT unnest($1::bigint[]))
ORDER BY occurred_at, id;
