CREATE OR REPLACE VIEW v1.events AS
SELECT
    e.id AS event_id,
    e.conversation_id,
    e.kind,
    e.actor_kind,
    e.actor_name,
    e.reason,
    e.occurred_at
FROM main.conversation_events AS e;

COMMENT ON VIEW v1.events IS 'One row for each thing done to a conversation: who, what, when and why. Nothing is ever changed here.';
COMMENT ON COLUMN v1.events.event_id IS 'Id of the event, from the same sequence as message ids.';
COMMENT ON COLUMN v1.events.conversation_id IS 'The conversation, see v1.conversations.';
COMMENT ON COLUMN v1.events.kind IS 'resolved, reopened, archived, unarchived, marked_read, marked_unread, agent_replies_on, agent_replies_off, sent_again or marked_sent; of the contact, in each of their conversations: blocked, unblocked, opted_out, opted_in, renamed, merged or unmerged.';
COMMENT ON COLUMN v1.events.actor_kind IS 'operator, agent or system.';
COMMENT ON COLUMN v1.events.actor_name IS 'Name of whoever did it.';
COMMENT ON COLUMN v1.events.reason IS 'Why, where a reason was given; of merged and unmerged: which contact went into another one, or is one of its own again; else empty.';
COMMENT ON COLUMN v1.events.occurred_at IS 'When it was done.';
