-- name: all
-- Saved views by name.
SELECT name, filter, actor_kind, actor_name, saved_at FROM saved_views ORDER BY name;

-- name: save
-- A view, in place of another one of its name.
INSERT INTO saved_views (name, filter, actor_kind, actor_name, saved_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (name) DO UPDATE SET filter = excluded.filter, actor_kind = excluded.actor_kind,
    actor_name = excluded.actor_name, saved_at = excluded.saved_at
RETURNING name, filter, actor_kind, actor_name, saved_at;

-- name: drop
-- Forget a view.
DELETE FROM saved_views WHERE name = $1 RETURNING name;
