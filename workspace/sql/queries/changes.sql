-- name: record
-- One change a conversation of the array (null: not about one conversation).
INSERT INTO changes (seq, kind, conversation_id, inbound)
SELECT nextval('change_seq'), $1, c.id, c.inbound
FROM (SELECT unnest($2::bigint[]) AS id, unnest($3::boolean[]) AS inbound) AS c
RETURNING seq;

-- name: last
-- The newest position.
SELECT coalesce(max(seq), 0) FROM changes;

-- name: range
-- The oldest and newest positions kept.
SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM changes;

-- name: since
-- What happened after a position.
SELECT seq, kind, conversation_id, inbound FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2;

-- name: trim
-- Keep the newest $1.
DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - $1;
