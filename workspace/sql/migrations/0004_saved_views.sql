-- Filters of the list under a name, for everybody of the workspace.
CREATE TABLE saved_views (
    name text PRIMARY KEY,
    filter text NOT NULL,                       -- JSON: what differs from a list without a filter
    actor_kind text NOT NULL,
    actor_name text NOT NULL DEFAULT '',
    saved_at timestamptz NOT NULL
);
