-- name: newest
-- The customer's newest message of a conversation that the provider has a name for, whether all up
-- to it is read, where the customer is, and what speaks against telling them anything.
SELECT m.id, m.provider_id, m.id <= c.read_mark AND NOT c.marked_unread, c.channel_id,
       c.address_kind, c.address, c.last_inbound_at, k.blocked, k.opted_out
FROM messages AS m
JOIN conversations AS c ON c.id = m.conversation_id
JOIN contacts AS k ON k.id = c.contact_id
WHERE m.conversation_id = $1 AND m.id BETWEEN c.first_message_id AND c.last_message_id
    AND m.direction = 'inbound' AND m.provider_id IS NOT NULL
    AND NOT m.backfill AND NOT m.silent AND (NOT $2 OR m.id <= c.read_mark)
ORDER BY m.id DESC
LIMIT 1;
