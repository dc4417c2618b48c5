-- name: choose
-- What the customer of a conversation chose, where that is the newest. Of two choices at one time the
-- stop stands.
INSERT INTO marketing_choices (channel_id, contact_id, stopped, chosen_at)
SELECT c.channel_id, c.contact_id, $2::boolean, $3::timestamptz
FROM conversations AS c WHERE c.id = $1
ON CONFLICT (channel_id, contact_id)
DO UPDATE SET stopped = excluded.stopped, chosen_at = excluded.chosen_at
WHERE excluded.chosen_at > marketing_choices.chosen_at
    OR (excluded.chosen_at = marketing_choices.chosen_at AND excluded.stopped);

-- name: of_contacts
-- What contacts chose, in the order of MarketingChoice's fields, newest first.
SELECT channel_id, contact_id, stopped, chosen_at FROM marketing_choices
WHERE contact_id IN (SELECT unnest($1::bigint[])) ORDER BY chosen_at DESC, channel_id, contact_id;

-- name: drop
-- Forget what contacts chose.
DELETE FROM marketing_choices WHERE contact_id IN (SELECT unnest($1::bigint[]));
