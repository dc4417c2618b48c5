-- name: by_address
-- Contacts by their addresses.
SELECT i.kind, i.address, c.id, c.name, c.blocked
FROM identities AS i JOIN contacts AS c ON c.id = i.contact_id
WHERE (i.kind, i.address) IN (SELECT unnest($1::text[]), unnest($2::text[]));

-- name: add
-- New contacts.
INSERT INTO contacts (id, name, search_text, created_at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::timestamptz[]);

-- name: identify
-- The addresses of new contacts.
INSERT INTO identities (kind, address, contact_id)
SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]);

-- name: rename
-- The names of contacts became known.
UPDATE contacts AS c SET name = s.name, search_text = s.search_text
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS name,
             unnest($3::text[]) AS search_text) AS s
WHERE c.id = s.id;

-- name: addresses
-- All addresses of contacts.
SELECT contact_id, address FROM identities
WHERE contact_id IN (SELECT unnest($1::bigint[])) ORDER BY contact_id, kind, address;

-- name: get
-- A contact, when there was contact first and last, and how many conversations there are.
SELECT k.id, k.name, k.blocked, k.opted_out,
       coalesce(min(c.created_at), k.created_at), coalesce(max(c.last_activity_at), k.created_at),
       count(c.id)
FROM contacts AS k LEFT JOIN conversations AS c ON c.contact_id = k.id
WHERE k.id = $1
GROUP BY k.id, k.name, k.blocked, k.opted_out, k.created_at;

-- name: identities
-- The addresses of a contact.
SELECT kind, address FROM identities WHERE contact_id = $1 ORDER BY kind, address;

-- name: conversations
-- The conversations of a contact, with their channels.
SELECT id, channel_id FROM conversations WHERE contact_id = $1 ORDER BY id;

-- name: set_flags
-- Whether a contact is blocked, and whether they asked not to be written to.
UPDATE contacts SET blocked = $2, opted_out = $3 WHERE id = $1;

-- name: drop_identities_of_strangers
-- Forget the addresses of those contacts that have no conversation.
DELETE FROM identities WHERE contact_id IN (SELECT unnest($1::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.contact_id = identities.contact_id);

-- name: drop_strangers
-- Forget those contacts that have no conversation.
DELETE FROM contacts WHERE id IN (SELECT unnest($1::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.contact_id = contacts.id);
