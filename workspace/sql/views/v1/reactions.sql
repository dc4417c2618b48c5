CREATE OR REPLACE VIEW v1.reactions AS
SELECT
    m.id AS message_id,
    m.conversation_id,
    m.channel_id,
    r.emoji,
    r.actor_kind,
    r.actor_name,
    r.delivery_status,
    r.failure,
    r.occurred_at
FROM (
    SELECT message_id, emoji, actor_kind, '' AS actor_name, NULL AS delivery_status,
           '' AS failure, occurred_at
    FROM main.reactions
    UNION ALL
    SELECT message_id, emoji, actor_kind, actor_name, delivery_status, failure, occurred_at
    FROM main.own_reactions
) AS r
JOIN main.messages AS m ON m.id = r.message_id
WHERE r.emoji <> '' OR r.delivery_status IN ('retry', 'failed', 'in_doubt');

COMMENT ON VIEW v1.reactions IS 'One row for each emoji somebody put to a message; what was taken back is gone.';
COMMENT ON COLUMN v1.reactions.message_id IS 'The message, see v1.messages.';
COMMENT ON COLUMN v1.reactions.conversation_id IS 'Its conversation, see v1.conversations.';
COMMENT ON COLUMN v1.reactions.channel_id IS 'Id of the configured account.';
COMMENT ON COLUMN v1.reactions.emoji IS 'The emoji; empty where taking it back has not worked yet.';
COMMENT ON COLUMN v1.reactions.actor_kind IS 'customer, operator or agent.';
COMMENT ON COLUMN v1.reactions.actor_name IS 'Name of who reacted for the business; empty for customers, or where none is known.';
COMMENT ON COLUMN v1.reactions.delivery_status IS 'How the sending of a reaction of the business stands, as in v1.messages; null for customers, and for what was done with another program.';
COMMENT ON COLUMN v1.reactions.failure IS 'Why it could not be sent, in words; else empty.';
COMMENT ON COLUMN v1.reactions.occurred_at IS 'When.';
