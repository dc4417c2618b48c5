-- name: all
-- Every canned reply, by its shortcut.
SELECT id, shortcut, body FROM canned_replies ORDER BY shortcut;

-- name: get
-- One of them.
SELECT id, shortcut, body FROM canned_replies WHERE shortcut = $1;

-- name: put
-- Keep a text under a shortcut, in the place of what it stood for before.
INSERT INTO canned_replies (id, shortcut, body) VALUES ($1, $2, $3)
ON CONFLICT (shortcut) DO UPDATE SET body = excluded.body;

-- name: drop
-- Forget one; a row if there was one.
DELETE FROM canned_replies WHERE shortcut = $1 RETURNING id;
