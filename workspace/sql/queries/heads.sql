-- name: load
-- Conversations without their state, in the order of heads.Head's fields.
SELECT id, channel_id, contact_id, address_kind, address, subject, created_at, last_activity_at,
       first_message_id, last_message_id, preview_message_id, preview_at, preview_text,
       preview_direction, preview_author, preview_media, preview_delivery, failed
FROM conversations WHERE id IN (SELECT unnest($1::bigint[]));

-- name: of_contacts
-- The oldest conversation of each contact on a channel.
SELECT contact_id, min(id) FROM conversations
WHERE channel_id = $1 AND contact_id IN (SELECT unnest($2::bigint[])) GROUP BY contact_id;

-- name: move
-- Answers to a contact on a channel go elsewhere.
UPDATE conversations SET address_kind = $3, address = $4
WHERE channel_id = $1 AND contact_id = $2 AND (address_kind <> $3 OR address <> $4)
RETURNING id;

-- name: resolve
-- Where threads went that were merged into others.
SELECT id, conversation_id FROM conversation_aliases WHERE id IN (SELECT unnest($1::bigint[]));

-- name: save
-- Write many back. Not the contact: that column is indexed, and its change rewrites the row.
UPDATE conversations AS c
SET address_kind = h.address_kind, address = h.address, subject = h.subject,
    created_at = h.created_at, last_activity_at = h.last_activity_at,
    first_message_id = h.first_message_id, last_message_id = h.last_message_id,
    preview_message_id = h.preview_message_id, preview_at = h.preview_at,
    preview_text = h.preview_text, preview_direction = h.preview_direction,
    preview_author = h.preview_author, preview_media = h.preview_media,
    preview_delivery = h.preview_delivery, failed = h.failed
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS address_kind,
             unnest($3::text[]) AS address, unnest($4::text[]) AS subject,
             unnest($5::timestamptz[]) AS created_at,
             unnest($6::timestamptz[]) AS last_activity_at,
             unnest($7::bigint[]) AS first_message_id, unnest($8::bigint[]) AS last_message_id,
             unnest($9::bigint[]) AS preview_message_id, unnest($10::timestamptz[]) AS preview_at,
             unnest($11::text[]) AS preview_text, unnest($12::text[]) AS preview_direction,
             unnest($13::text[]) AS preview_author, unnest($14::text[]) AS preview_media,
             unnest($15::text[]) AS preview_delivery, unnest($16::boolean[]) AS failed) AS h
WHERE c.id = h.id;

-- name: set_contact
-- The first external sender of a thread became known.
UPDATE conversations AS c SET contact_id = s.contact_id
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS contact_id) AS s
WHERE c.id = s.id;

-- name: newest_outbound
-- The delivery of each conversation's newest outbound message.
SELECT conversation_id, delivery_status
FROM (SELECT m.conversation_id, m.delivery_status,
             row_number() OVER (PARTITION BY m.conversation_id
                                ORDER BY m.occurred_at DESC, m.id DESC) AS n
      FROM messages AS m
      WHERE m.direction = 'outbound' AND m.delivery_status <> 'cancelled'
        AND m.conversation_id IN (SELECT unnest($1::bigint[]))) AS newest
WHERE n = 1;

-- name: spans
-- What the messages of conversations span, in the order of heads.Span's fields.
SELECT conversation_id, min(id), max(id), min(occurred_at),
       coalesce(max(CASE WHEN NOT silent THEN occurred_at END), min(occurred_at))
FROM messages
WHERE conversation_id IN (SELECT unnest($1::bigint[]))
    AND delivery_status IS DISTINCT FROM 'cancelled'
GROUP BY conversation_id;

-- name: newest
-- The newest message of each conversation that is not silent, in the order of heads.Shown's fields;
-- of its text as much as `heads.preview` reads.
SELECT m.conversation_id, m.id, m.occurred_at, m.direction, m.author_name,
       CASE WHEN m.body <> '' THEN left(m.body, 800) WHEN f.name IS NOT NULL THEN f.name
            ELSE m.unsupported END,
       f.kind, m.delivery_status
FROM messages AS m
JOIN (SELECT id, row_number() OVER (PARTITION BY conversation_id
                                    ORDER BY occurred_at DESC, id DESC) AS n
      FROM messages
      WHERE NOT silent AND delivery_status IS DISTINCT FROM 'cancelled'
        AND conversation_id IN (SELECT unnest($1::bigint[]))) AS newest
    ON newest.id = m.id AND newest.n = 1
LEFT JOIN (SELECT message_id, kind, name,
                  row_number() OVER (PARTITION BY message_id ORDER BY inline, position) AS n
           FROM attachments WHERE conversation_id IN (SELECT unnest($1::bigint[]))) AS f
    ON f.message_id = m.id AND f.n = 1;

-- name: letters
-- What makes the heads of threads besides, oldest first, in the order of heads.Letter's fields.
SELECT conversation_id, author_name, author_address, occurred_at,
       direction = 'inbound' AND NOT silent, reply_headers
FROM messages
WHERE conversation_id IN (SELECT unnest($1::bigint[]))
    AND delivery_status IS DISTINCT FROM 'cancelled'
ORDER BY conversation_id, occurred_at, id;
