CREATE OR REPLACE VIEW v1.conversations AS
SELECT
    c.id AS conversation_id,
    coalesce(p.whole_id, c.contact_id) AS contact_id,
    coalesce(nullif(k.name, ''), c.address) AS contact_name,
    c.address_kind,
    c.address,
    c.channel_id,
    h.kind AS channel_kind,
    h.name AS channel_name,
    c.subject,
    c.status,
    c.archived,
    CASE WHEN c.marked_unread THEN greatest(c.unread, 1) ELSE c.unread END AS unread_count,
    c.agent_replies,
    c.episode AS episode_count,
    c.failed AS last_send_failed,
    c.created_at,
    c.last_inbound_at,
    c.last_reply_at,
    c.last_activity_at,
    c.id
FROM main.conversations AS c
JOIN main.contacts AS k ON k.id = c.contact_id
JOIN main.channels AS h ON h.id = c.channel_id
LEFT JOIN main.contact_parts AS p ON p.contact_id = c.contact_id;

COMMENT ON VIEW v1.conversations IS 'One row a conversation: one contact on one channel, or one mail thread.';
COMMENT ON COLUMN v1.conversations.conversation_id IS 'Id of the conversation; ids are never used again.';
COMMENT ON COLUMN v1.conversations.contact_id IS 'The customer, see v1.contacts; of a contact that was merged into another one, that one.';
COMMENT ON COLUMN v1.conversations.contact_name IS 'Name of the customer; the address where no name is known.';
COMMENT ON COLUMN v1.conversations.address_kind IS 'What the address is: phone, email, bsuid, igsid, telegram_chat or local.';
COMMENT ON COLUMN v1.conversations.address IS 'Where a reply goes.';
COMMENT ON COLUMN v1.conversations.channel_id IS 'Id of the configured account.';
COMMENT ON COLUMN v1.conversations.channel_kind IS 'Kind of the channel: mail, simulator, ...';
COMMENT ON COLUMN v1.conversations.channel_name IS 'Name the account was given.';
COMMENT ON COLUMN v1.conversations.subject IS 'Subject of a mail thread; empty on channels without subjects.';
COMMENT ON COLUMN v1.conversations.status IS 'created (the customer has not written), pending (waits for a reply), replied or resolved.';
COMMENT ON COLUMN v1.conversations.archived IS 'Whether it lies in the Archived tab.';
COMMENT ON COLUMN v1.conversations.unread_count IS 'Customer messages nobody has read; at least 1 after Mark as unread.';
COMMENT ON COLUMN v1.conversations.agent_replies IS 'Whether the agent may answer by itself.';
COMMENT ON COLUMN v1.conversations.episode_count IS 'Number of episodes so far: 1, and one more for each reopening by the customer.';
COMMENT ON COLUMN v1.conversations.last_send_failed IS 'Whether the newest outbound message failed.';
COMMENT ON COLUMN v1.conversations.created_at IS 'When the conversation began.';
COMMENT ON COLUMN v1.conversations.last_inbound_at IS 'When the customer last wrote; null: never.';
COMMENT ON COLUMN v1.conversations.last_reply_at IS 'When the newest reply that the provider accepted was queued; null: none. Bulk and automatic messages are no replies.';
COMMENT ON COLUMN v1.conversations.last_activity_at IS 'When the newest message was written; the list is ordered by it.';
COMMENT ON COLUMN v1.conversations.id IS 'The same as conversation_id, for short.';
