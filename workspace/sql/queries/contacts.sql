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

-- name: drop_identities_of_strangers
-- Forget the addresses of those contacts that have no conversation.
DELETE FROM identities WHERE contact_id IN (SELECT unnest($1::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.contact_id = identities.contact_id);

-- name: drop_strangers
-- Forget those contacts that have no conversation.
DELETE FROM contacts WHERE id IN (SELECT unnest($1::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.contact_id = contacts.id);
