CREATE OR REPLACE VIEW v1.episodes AS
WITH log AS (
    SELECT id, conversation_id, occurred_at,
           CASE WHEN direction = 'inbound' AND NOT silent AND NOT backfill THEN 'inbound' END AS turn,
           direction = 'inbound' AND NOT silent AS customer,
           direction = 'outbound' AND accepted AND origin IN ('single', 'agent', 'template') AS reply
    FROM main.messages
    WHERE direction <> 'note' AND delivery_status IS DISTINCT FROM 'cancelled'
    UNION ALL
    SELECT id, conversation_id, occurred_at,
           CASE WHEN kind IN ('resolved', 'reopened') THEN kind END, false, false
    FROM main.conversation_events
), turns AS (
    SELECT id, turn, lag(turn) OVER (PARTITION BY conversation_id ORDER BY id) AS before
    FROM log
    WHERE turn IS NOT NULL
), numbered AS (
    SELECT
        log.*,
        -- An inbound right after Resolve reopens: a new episode.
        1 + count(*) FILTER (WHERE turns.turn = 'inbound' AND turns.before = 'resolved')
            OVER (PARTITION BY log.conversation_id ORDER BY log.id) AS episode,
        turns.turn = 'resolved' AND turns.before IS DISTINCT FROM 'resolved' AS resolves
    FROM log
    LEFT JOIN turns ON turns.id = log.id
), gathered AS (
    SELECT
        conversation_id,
        episode,
        arg_min(occurred_at, id) AS started_at,
        min(occurred_at) FILTER (WHERE customer) AS first_inbound_at,
        list(occurred_at) FILTER (WHERE reply) AS replies,
        count(*) FILTER (WHERE customer) AS inbound_count,
        count(*) FILTER (WHERE reply) AS reply_count,
        arg_max(turn, id) FILTER (WHERE turn IS NOT NULL) = 'resolved' AS resolved,
        arg_max(occurred_at, id) FILTER (WHERE resolves) AS last_resolved_at
    FROM numbered
    GROUP BY conversation_id, episode
), timed AS (
    SELECT *, list_min(list_filter(replies, lambda reply: reply > first_inbound_at)) AS first_reply_at
    FROM gathered
)
SELECT
    conversation_id,
    episode,
    started_at,
    first_inbound_at,
    first_reply_at,
    date_diff('millisecond', first_inbound_at, first_reply_at) / 1000 AS first_reply_seconds,
    CASE WHEN resolved THEN last_resolved_at END AS resolved_at,
    inbound_count,
    reply_count
FROM timed;

COMMENT ON VIEW v1.episodes IS 'One row an episode: from the first message, or the customer''s message that reopened a resolved conversation, to the next Resolve.';
COMMENT ON COLUMN v1.episodes.conversation_id IS 'The conversation, see v1.conversations.';
COMMENT ON COLUMN v1.episodes.episode IS 'Number of the episode within its conversation, from 1.';
COMMENT ON COLUMN v1.episodes.started_at IS 'When the message or event it begins with was written.';
COMMENT ON COLUMN v1.episodes.first_inbound_at IS 'The customer''s first message of the episode; null: none.';
COMMENT ON COLUMN v1.episodes.first_reply_at IS 'The first accepted reply after it, by when it was queued; null: none yet.';
COMMENT ON COLUMN v1.episodes.first_reply_seconds IS 'Seconds from first_inbound_at to first_reply_at; null: no reply yet.';
COMMENT ON COLUMN v1.episodes.resolved_at IS 'When it became resolved; null: it is open.';
COMMENT ON COLUMN v1.episodes.inbound_count IS 'Messages of the customer.';
COMMENT ON COLUMN v1.episodes.reply_count IS 'Replies the provider accepted.';
