CREATE OR REPLACE VIEW v1.messages AS
SELECT
    m.id AS message_id,
    m.conversation_id,
    coalesce(p.whole_id, c.contact_id) AS contact_id,
    m.channel_id,
    m.direction,
    m.author_kind,
    m.author_name,
    m.origin,
    m.body AS text,
    coalesce(a.n, 0) AS attachment_count,
    m.automatic,
    m.unsupported,
    m.delivery_status,
    m.occurred_at,
    m.received_at,
    m.search_text AS folded_text,
    m.template ->> '$.name' AS template,
    m.reply_to
FROM main.messages AS m
JOIN main.conversations AS c ON c.id = m.conversation_id
LEFT JOIN main.contact_parts AS p ON p.contact_id = c.contact_id
LEFT JOIN (
    SELECT message_id, count(*) AS n FROM main.attachments GROUP BY message_id
) AS a ON a.message_id = m.id;

COMMENT ON VIEW v1.messages IS 'One row a message: from the customer, to the customer, or an internal note.';
COMMENT ON COLUMN v1.messages.message_id IS 'Id of the message; a greater id was stored later.';
COMMENT ON COLUMN v1.messages.conversation_id IS 'The conversation, see v1.conversations.';
COMMENT ON COLUMN v1.messages.contact_id IS 'The customer, see v1.contacts; of a contact that was merged into another one, that one.';
COMMENT ON COLUMN v1.messages.channel_id IS 'Id of the configured account.';
COMMENT ON COLUMN v1.messages.direction IS 'inbound, outbound or note (internal, never sent).';
COMMENT ON COLUMN v1.messages.author_kind IS 'customer, operator, agent or system.';
COMMENT ON COLUMN v1.messages.author_name IS 'Name of the author; empty where none is known.';
COMMENT ON COLUMN v1.messages.origin IS 'How an outbound message came about: single, agent, template, bulk or automatic; null for others.';
COMMENT ON COLUMN v1.messages.text IS 'The text; empty where the message is files alone.';
COMMENT ON COLUMN v1.messages.attachment_count IS 'Number of files.';
COMMENT ON COLUMN v1.messages.automatic IS 'Whether a machine wrote it: auto-replies, bounces, mailing robots.';
COMMENT ON COLUMN v1.messages.unsupported IS 'What it was, where the channel sent something that cannot be shown; else empty.';
COMMENT ON COLUMN v1.messages.delivery_status IS 'queued, sending, retry, sent, delivered, read, failed, cancelled (taken back before it left; the inbox shows it no more) or in_doubt; null for inbound messages and notes.';
COMMENT ON COLUMN v1.messages.occurred_at IS 'When it was written, by the provider; outbound: when it was queued.';
COMMENT ON COLUMN v1.messages.received_at IS 'When it was stored.';
COMMENT ON COLUMN v1.messages.folded_text IS 'What a search looks into: text, subject and file names in lower case, without accents.';
COMMENT ON COLUMN v1.messages.template IS 'Name of the template it was sent with; null: none.';
COMMENT ON COLUMN v1.messages.reply_to IS 'Id of the message that it quotes; null: none that is here.';
