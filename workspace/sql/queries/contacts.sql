-- name: by_address
-- Contacts by their addresses, each with the name it has by itself.
SELECT i.kind, i.address, c.id, coalesce(p.name, c.name), c.blocked
FROM (SELECT unnest($1::text[]) AS kind, unnest($2::text[]) AS address) AS w
JOIN identities AS i ON i.kind = w.kind AND i.address = w.address
JOIN contacts AS c ON c.id = i.contact_id
LEFT JOIN contact_parts AS p ON p.contact_id = c.id;

-- name: add
-- New contacts.
INSERT INTO contacts (id, name, search_text, created_at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::timestamptz[]);

-- name: identify
-- The addresses of new contacts.
INSERT INTO identities (kind, address, contact_id)
SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]);

-- name: find
-- Contacts that a search finds, merged ones as what they are part of; who was active last comes first.
SELECT coalesce(p.whole_id, k.id)
FROM contacts AS k
LEFT JOIN contact_parts AS p ON p.contact_id = k.id
LEFT JOIN conversations AS c ON c.contact_id = k.id
WHERE true /* contact */
GROUP BY coalesce(p.whole_id, k.id)
ORDER BY max(c.last_activity_at) DESC NULLS LAST, coalesce(p.whole_id, k.id) DESC
LIMIT $1;

-- name: reached
-- The channels on which contacts have conversations, by kind of address: when the first began, when
-- one was active last, how many. Who has none has one row, without a channel. The join alone does not
-- keep the inner SELECT from reading all conversations.
SELECT k.id, k.created_at, c.address_kind, c.channel_id, c.first_at, c.last_at,
       coalesce(c.conversations, 0)
FROM contacts AS k
LEFT JOIN (
    SELECT contact_id, address_kind, channel_id, min(created_at) AS first_at,
           max(last_activity_at) AS last_at, count(*) AS conversations
    FROM conversations WHERE contact_id IN (SELECT unnest($1::bigint[]))
    GROUP BY contact_id, address_kind, channel_id
) AS c ON c.contact_id = k.id
WHERE k.id IN (SELECT unnest($1::bigint[]))
ORDER BY c.channel_id;

-- name: conversations
-- The conversations of contacts, with their channels.
SELECT id, channel_id FROM conversations WHERE contact_id IN (SELECT unnest($1::bigint[])) ORDER BY id;

-- name: strangers
-- Those contacts that have no conversation.
SELECT k.id FROM contacts AS k WHERE k.id IN (SELECT unnest($1::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.contact_id = k.id);

-- name: drop_identities
-- Forget the addresses of contacts.
DELETE FROM identities WHERE contact_id IN (SELECT unnest($1::bigint[]));

-- name: drop
-- Forget contacts.
DELETE FROM contacts WHERE id IN (SELECT unnest($1::bigint[]));
