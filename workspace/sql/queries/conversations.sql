-- name: page
-- Ids of one page, newest activity first, beside the counts of both tabs and all matches of this
-- one ($1 archived; $2, $3 where the page before ended; $4 rows; $5 count every match, not the
-- unread alone).
WITH matched AS (
    SELECT c.id, c.archived, c.last_activity_at,
           $5::boolean OR c.unread > 0 OR c.marked_unread AS counted
    FROM conversations AS c
    WHERE true /* filters */
), counts AS (
    SELECT count(*) FILTER (WHERE counted AND NOT archived) AS active,
           count(*) FILTER (WHERE counted AND archived) AS archived,
           count(*) FILTER (WHERE archived = $1::boolean) AS total
    FROM matched
), page AS (
    SELECT id, last_activity_at FROM matched
    WHERE archived = $1::boolean
        AND ($2::timestamptz IS NULL OR last_activity_at < $2::timestamptz
            OR (last_activity_at = $2::timestamptz AND id < $3::bigint))
    ORDER BY last_activity_at DESC, id DESC
    LIMIT $4::bigint
)
SELECT counts.active, counts.archived, counts.total, page.id, page.last_activity_at
FROM counts LEFT JOIN page ON true
ORDER BY page.last_activity_at DESC, page.id DESC;

-- name: rows
-- Conversations as the list shows them. What is asked for is joined: with IN, all contacts are read.
SELECT c.id, c.channel_id, h.kind, h.name, coalesce(p.whole_id, c.contact_id), k.name,
       c.address_kind, c.address, c.subject, c.status, c.archived, c.unread, c.marked_unread,
       c.agent_replies, c.episode,
       c.preview_text, c.preview_direction, c.preview_author, c.preview_media, c.preview_delivery,
       c.failed, c.created_at, c.last_activity_at, c.last_inbound_at, coalesce(s.stopped, false),
       k.blocked, k.opted_out
FROM (SELECT unnest($1::bigint[]) AS id) AS w
JOIN conversations AS c ON c.id = w.id
JOIN contacts AS k ON k.id = c.contact_id
JOIN channels AS h ON h.id = c.channel_id
LEFT JOIN contact_parts AS p ON p.contact_id = c.contact_id
LEFT JOIN marketing_choices AS s ON s.channel_id = c.channel_id AND s.contact_id = c.contact_id;

-- name: exist
-- Those of some ids that are conversations, with their channels.
SELECT id, channel_id FROM conversations WHERE id IN (SELECT unnest($1::bigint[]));

-- name: contents
-- How much some conversations hold.
SELECT (SELECT count(*) FROM conversations WHERE id IN (SELECT unnest($1::bigint[]))),
       (SELECT count(*) FROM messages WHERE conversation_id IN (SELECT unnest($1::bigint[]))
            AND delivery_status IS DISTINCT FROM 'cancelled'),
       (SELECT count(*) FROM attachments WHERE conversation_id IN (SELECT unnest($1::bigint[])));

-- name: channel_named
-- A channel by its name ($1) or its id ($2; null: it can only be a name).
SELECT id FROM channels WHERE name = $1 OR id = $2::bigint
ORDER BY coalesce(id = $2::bigint, false) DESC LIMIT 1;
