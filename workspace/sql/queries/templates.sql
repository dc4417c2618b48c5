-- name: all
-- Templates of every channel, and the business's own.
SELECT t.channel_id, t.name, t.language, t.category, t.status, t.reason, t.content
FROM templates AS t ORDER BY t.name, t.language, t.channel_id;

-- name: of
-- The templates of one channel.
SELECT t.channel_id, t.name, t.language, t.category, t.status, t.reason, t.content
FROM templates AS t WHERE t.channel_id = $1 ORDER BY t.name, t.language;

-- name: get
-- One of them.
SELECT t.channel_id, t.name, t.language, t.category, t.status, t.reason, t.content
FROM templates AS t WHERE t.channel_id = $1 AND t.name = $2 AND t.language = $3;

-- name: told
-- As of when each template of a channel is as it is.
SELECT name, language, told_at FROM templates WHERE channel_id = $1;

-- name: put
-- Keep templates of one channel, in the place of those of the same name and language. What was told
-- later than they were read is in them, and stays told then.
INSERT INTO templates
    (channel_id, name, language, category, status, reason, content, told_at, changed_at)
SELECT $1, unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
       unnest($6::text[]), unnest($7::text[]), $8, $9
ON CONFLICT (channel_id, name, language) DO UPDATE SET
    category = excluded.category, status = excluded.status, reason = excluded.reason,
    content = excluded.content, told_at = greatest(templates.told_at, excluded.told_at),
    changed_at = excluded.changed_at;

-- name: set
-- What the provider thinks of one now; a row if there is such a template and this is news.
UPDATE templates SET
    status = CASE WHEN $4 = '' THEN status ELSE $4 END,
    reason = CASE WHEN $4 = '' THEN reason ELSE $5 END,
    category = CASE WHEN $6 = '' THEN category ELSE $6 END,
    told_at = $7, changed_at = $8
WHERE channel_id = $1 AND name = $2 AND language = $3 AND told_at <= $7
AND NOT EXISTS (SELECT 1 FROM template_syncs AS s WHERE s.channel_id = $1 AND s.as_of > $7)
RETURNING name;

-- name: drop
-- Forget one; a row if there was one.
DELETE FROM templates WHERE channel_id = $1 AND name = $2 AND language = $3 RETURNING name;

-- name: forget
-- Forget the templates of a channel.
DELETE FROM templates WHERE channel_id = $1;

-- name: syncs
-- How reading the templates goes, by channel.
SELECT channel_id, as_of, synced_at, due_at, attempts, failure FROM template_syncs
ORDER BY channel_id;

-- name: asking
-- They are being read: a mark that they are stale is taken away, so that a later one is seen.
INSERT INTO template_syncs (channel_id, due_at) VALUES ($1, $2)
ON CONFLICT (channel_id) DO UPDATE SET due_at = coalesce(template_syncs.due_at, excluded.due_at);

-- name: synced
-- They were read. What became stale meanwhile is read again at once.
INSERT INTO template_syncs (channel_id, as_of, synced_at, due_at, attempts, failure)
VALUES ($1, $2, $3, $4, 0, '')
ON CONFLICT (channel_id) DO UPDATE SET
    as_of = excluded.as_of, synced_at = excluded.synced_at,
    due_at = CASE WHEN template_syncs.due_at IS NULL THEN NULL ELSE excluded.due_at END,
    attempts = 0, failure = '';

-- name: failed
-- They could not be read.
INSERT INTO template_syncs (channel_id, due_at, attempts, failure) VALUES ($1, $2, $3, $4)
ON CONFLICT (channel_id) DO UPDATE SET
    due_at = excluded.due_at, attempts = excluded.attempts, failure = excluded.failure;

-- name: stale
-- What is kept of a channel is not what the provider has: it is read again at once.
UPDATE template_syncs SET due_at = NULL WHERE channel_id = $1;

-- name: forget_sync
-- Forget how it went with a channel.
DELETE FROM template_syncs WHERE channel_id = $1;
