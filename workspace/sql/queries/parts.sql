-- name: find
-- All parts of the contacts that have some contacts as part, in the order of store.parts.
SELECT p.whole_id, p.contact_id, p.name, p.blocked, p.opted_out, p.merged_into, p.merged_at,
       p.actor_kind, p.actor_name
FROM contact_parts AS p
WHERE p.whole_id IN (SELECT s.whole_id FROM contact_parts AS s
                     WHERE s.contact_id IN (SELECT unnest($1::bigint[])));

-- name: single
-- Contacts that are not merged, as they are by themselves.
SELECT id, name, blocked, opted_out FROM contacts WHERE id IN (SELECT unnest($1::bigint[]));

-- name: drop
-- Forget that contacts are parts of one.
DELETE FROM contact_parts WHERE contact_id IN (SELECT unnest($1::bigint[]));

-- name: add
-- The parts of a contact.
INSERT INTO contact_parts
    (contact_id, whole_id, name, blocked, opted_out, merged_into, merged_at, actor_kind, actor_name)
SELECT unnest($1::bigint[]), $2::bigint, unnest($3::text[]), unnest($4::boolean[]),
       unnest($5::boolean[]), unnest($6::bigint[]), unnest($7::timestamptz[]), unnest($8::text[]),
       unnest($9::text[]);

-- name: addresses
-- All addresses of contacts.
SELECT contact_id, kind, address FROM identities
WHERE contact_id IN (SELECT unnest($1::bigint[])) ORDER BY contact_id, kind, address;

-- name: show
-- What contacts are shown as, and found by.
UPDATE contacts AS c
SET name = s.name, blocked = s.blocked, opted_out = s.opted_out, search_text = s.search_text
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS name,
             unnest($3::boolean[]) AS blocked, unnest($4::boolean[]) AS opted_out,
             unnest($5::text[]) AS search_text) AS s
WHERE c.id = s.id;
