-- name: add_channel
-- A configured account without one.
INSERT INTO channels (id, kind, name, options, created_at) VALUES ($1, $2, $3, $4, $5);

-- name: lease
-- Until when a send is under way.
UPDATE messages SET lease_until = $2 WHERE id = $1;
