-- name: known
-- Messages by the provider's ids.
SELECT provider_id, id, conversation_id, direction, origin, author_kind, occurred_at,
       delivery_status, accepted, failure_kind, failure
FROM messages
WHERE channel_id = $1 AND provider_id IN (SELECT unnest($2::text[]));

-- name: words
-- What messages say that came from the provider: all but those sent from here.
SELECT m.provider_id, m.id, m.conversation_id, m.received_at, m.body, m.html, m.unsupported,
       (SELECT count(*) FROM attachments AS a WHERE a.message_id = m.id)
FROM messages AS m
WHERE m.channel_id = $1 AND m.provider_id IN (SELECT unnest($2::text[]))
    AND (m.direction = 'inbound' OR (m.direction = 'outbound' AND m.attempts = 0
         AND m.delivery_status IN ('sent', 'delivered', 'read', 'failed')));

-- name: amend
-- What messages say after all.
UPDATE messages AS m
SET body = w.body, html = w.html, unsupported = w.unsupported, search_text = w.search_text
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS body, unnest($3::text[]) AS html,
             unnest($4::text[]) AS unsupported, unnest($5::text[]) AS search_text) AS w
WHERE m.id = w.id;

-- name: file_names
-- The files of messages.
SELECT message_id, name FROM attachments
WHERE message_id IN (SELECT unnest($1::bigint[])) ORDER BY message_id, position;

-- name: set_deliveries
-- What receipts say about messages.
UPDATE messages AS m
SET delivery_status = s.delivery_status, accepted = s.accepted, failure_kind = s.failure_kind,
    failure = s.failure, lease_until = NULL, not_before = NULL
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS delivery_status,
             unnest($3::boolean[]) AS accepted, unnest($4::text[]) AS failure_kind,
             unnest($5::text[]) AS failure) AS s
WHERE m.id = s.id;

-- name: react
-- Reactions, the newest of each side. An empty one is kept: an older one may come after it.
INSERT INTO reactions (message_id, actor_kind, emoji, occurred_at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::timestamptz[])
ON CONFLICT (message_id, actor_kind)
DO UPDATE SET emoji = excluded.emoji, occurred_at = excluded.occurred_at
WHERE excluded.occurred_at >= reactions.occurred_at;

-- name: quote
-- Messages quote others.
UPDATE messages AS m SET reply_to = s.reply_to
FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS reply_to) AS s
WHERE m.id = s.id;

-- name: parked
-- Receipts, reactions and quotations that wait for messages.
SELECT provider_id, journal_id, position, event FROM parked
WHERE channel_id = $1 AND provider_id IN (SELECT unnest($2::text[]));

-- name: parked_moves
-- Changes of numbers that wait for people. Their names are of two lines, with an empty one between.
SELECT DISTINCT provider_id, journal_id, position, event
FROM (SELECT *, unnest(string_to_array(provider_id, chr(10) || chr(10))) AS name FROM parked
      WHERE channel_id = $1 AND strpos(provider_id, chr(10)) > 0) AS p
WHERE name IN (SELECT unnest($2::text[]));

-- name: park
-- Receipts, reactions and quotations whose messages are not here yet.
INSERT INTO parked (channel_id, provider_id, journal_id, position, event, created_at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::integer[]),
       unnest($5::text[]), now()
ON CONFLICT (journal_id, position) DO NOTHING;

-- name: unpark
-- Their messages have come.
DELETE FROM parked
WHERE (journal_id, position) IN (SELECT unnest($1::bigint[]), unnest($2::integer[]));

-- name: unpark_payloads
-- What waits from these payloads.
DELETE FROM parked WHERE journal_id IN (SELECT unnest($1::bigint[]));

-- name: forget_parked
-- Nobody waits a month for a message.
DELETE FROM parked WHERE created_at < now() - INTERVAL '30 days';

-- name: quarantine
-- A payload that could not be applied.
INSERT INTO quarantine (journal_id, channel_id, error, created_at) VALUES ($1, $2, $3, now())
ON CONFLICT (journal_id) DO UPDATE SET error = excluded.error, created_at = excluded.created_at;

-- name: quarantined
-- The payloads that could not be applied.
SELECT journal_id, channel_id, error, created_at FROM quarantine ORDER BY journal_id;

-- name: release
-- These could be applied after all; gives those that were in it.
DELETE FROM quarantine WHERE journal_id IN (SELECT unnest($1::bigint[])) RETURNING journal_id;

-- name: count_parked
-- How much waits for its message or person.
SELECT count(*) FROM parked;
