-- name: put
-- What the business says to a message now, in the place of what it said before.
INSERT INTO own_reactions (message_id, id, channel_id, emoji, actor_kind, actor_name, occurred_at,
                           provider_id, delivery_status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued')
ON CONFLICT (message_id)
DO UPDATE SET id = excluded.id, emoji = excluded.emoji, actor_kind = excluded.actor_kind,
              actor_name = excluded.actor_name, occurred_at = excluded.occurred_at,
              provider_id = excluded.provider_id, delivery_status = excluded.delivery_status,
              attempts = 0, not_before = NULL, lease_until = NULL, failure_kind = NULL,
              failure = '';

-- name: replaced
-- What the reactions are called that give way to newer ones.
SELECT r.channel_id, r.provider_id
FROM own_reactions AS r
JOIN (SELECT unnest($1::bigint[]) AS message_id, unnest($2::timestamptz[]) AS occurred_at) AS n
    ON n.message_id = r.message_id
WHERE r.provider_id IS NOT NULL AND n.occurred_at >= r.occurred_at;

-- name: made_elsewhere
-- What the business said with another program, where that is the newest. An empty one is kept: an
-- older one may come after it.
INSERT INTO own_reactions (message_id, id, channel_id, emoji, actor_kind, actor_name, occurred_at,
                           provider_id, delivery_status)
SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::text[]),
       'operator', '', unnest($5::timestamptz[]), NULL, NULL
ON CONFLICT (message_id)
DO UPDATE SET id = excluded.id, emoji = excluded.emoji, actor_kind = excluded.actor_kind,
              actor_name = excluded.actor_name, occurred_at = excluded.occurred_at,
              provider_id = NULL, delivery_status = NULL, attempts = 0, not_before = NULL,
              lease_until = NULL, failure_kind = NULL, failure = ''
WHERE excluded.occurred_at >= own_reactions.occurred_at;

-- name: rows
-- The reactions of the business to these messages, in the order of reactions.Own's fields.
SELECT r.id, r.message_id, r.channel_id, m.conversation_id, r.emoji, r.occurred_at, r.provider_id,
       r.delivery_status, r.attempts, r.failure_kind, r.failure, r.not_before, r.lease_until
FROM own_reactions AS r JOIN messages AS m ON m.id = r.message_id
WHERE r.message_id IN (SELECT unnest($1::bigint[]));

-- name: message
-- What a reaction is to, by its own id.
SELECT message_id FROM own_reactions WHERE id = $1;

-- name: named
-- What those are to that are known by these names.
SELECT message_id FROM own_reactions
WHERE channel_id = $1 AND provider_id IN (SELECT unnest($2::text[]));

-- name: target
-- What a reaction is sent to: the provider's name of the message, and whose it is.
SELECT m.channel_id, m.conversation_id, m.provider_id, m.direction, c.address_kind, c.address,
       c.last_inbound_at, k.opted_out, k.blocked
FROM messages AS m
JOIN conversations AS c ON c.id = m.conversation_id
JOIN contacts AS k ON k.id = c.contact_id
WHERE m.id = $1;

-- name: set
-- Where the sending of a reaction stands.
UPDATE own_reactions
SET provider_id = $2, delivery_status = $3, attempts = $4, not_before = $5, lease_until = $6,
    failure_kind = $7, failure = $8
WHERE id = $1;

-- name: pending
-- What a channel still has to send, oldest first.
SELECT id, message_id, not_before FROM own_reactions
WHERE channel_id = $1 AND delivery_status IN ('queued', 'retry') ORDER BY id;

-- name: with_status
-- The reactions of a channel in one state, oldest first.
SELECT id FROM own_reactions WHERE channel_id = $1 AND delivery_status = $2 ORDER BY id;
