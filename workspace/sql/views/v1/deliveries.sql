CREATE OR REPLACE VIEW v1.deliveries AS
SELECT
    m.id AS message_id,
    m.conversation_id,
    m.channel_id,
    m.origin,
    m.author_kind,
    m.author_name,
    m.delivery_status,
    m.accepted,
    m.attempts AS attempt_count,
    m.failure_kind,
    m.failure,
    m.occurred_at AS queued_at,
    m.not_before AS retry_at
FROM main.messages AS m
WHERE m.direction = 'outbound';

COMMENT ON VIEW v1.deliveries IS 'One row an outbound message: how far it got, and why not further.';
COMMENT ON COLUMN v1.deliveries.message_id IS 'The message, see v1.messages.';
COMMENT ON COLUMN v1.deliveries.conversation_id IS 'The conversation, see v1.conversations.';
COMMENT ON COLUMN v1.deliveries.channel_id IS 'Id of the configured account.';
COMMENT ON COLUMN v1.deliveries.origin IS 'single, agent, template, bulk or automatic.';
COMMENT ON COLUMN v1.deliveries.author_kind IS 'operator, agent or system.';
COMMENT ON COLUMN v1.deliveries.author_name IS 'Name of the author.';
COMMENT ON COLUMN v1.deliveries.delivery_status IS 'queued, sending, retry, sent, delivered, read, failed, cancelled (taken back before it left) or in_doubt (the provider may have it).';
COMMENT ON COLUMN v1.deliveries.accepted IS 'Whether the provider took it and it has not failed since.';
COMMENT ON COLUMN v1.deliveries.attempt_count IS 'Attempts to send so far; sent again, they are counted anew from 1.';
COMMENT ON COLUMN v1.deliveries.failure_kind IS 'Why it failed, by what to do next; null where nothing failed.';
COMMENT ON COLUMN v1.deliveries.failure IS 'The reason in words; empty where nothing failed.';
COMMENT ON COLUMN v1.deliveries.queued_at IS 'When somebody pressed Send, or asked to send it again.';
COMMENT ON COLUMN v1.deliveries.retry_at IS 'When the next attempt is due, or until when it is held back for Undo; null: neither.';
