-- The journal is SQLite, a file of its own. These statements are not meant for PostgreSQL.

-- name: pragmas
-- FULL: a commit is on the disk when it returns. secure_delete: what is erased is overwritten.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;

-- name: schema
-- AUTOINCREMENT: an id is never used again, or a new payload could hide under the stored position.
CREATE TABLE IF NOT EXISTS facts (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id INTEGER NOT NULL,
    meta TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS cursors (
    channel_id INTEGER PRIMARY KEY,
    cursor TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal_map (
    payload_id INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL,
    PRIMARY KEY (payload_id, conversation_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS journal_map_by_conversation ON journal_map (conversation_id);
CREATE TABLE IF NOT EXISTS tombstones (
    hash TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased_people (
    hash TEXT PRIMARY KEY,
    last_payload INTEGER NOT NULL
) WITHOUT ROWID;

-- name: name_it
-- A new journal gets its uuid; an old one keeps its own.
INSERT OR IGNORE INTO facts (key, value) VALUES ('uuid', ?);

-- name: uuid
-- The journal's own name.
SELECT value FROM facts WHERE key = 'uuid';

-- name: append
-- One raw payload.
INSERT INTO payloads (channel_id, meta, raw) VALUES (?, ?, ?);

-- name: keep_cursor
-- Where a channel goes on.
INSERT INTO cursors (channel_id, cursor) VALUES (?, ?)
ON CONFLICT (channel_id) DO UPDATE SET cursor = excluded.cursor;

-- name: cursor
-- Where a channel goes on.
SELECT cursor FROM cursors WHERE channel_id = ?;

-- name: last
-- The greatest id ever given, also when its row is gone.
SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'payloads';

-- name: read
-- Payloads after a position.
SELECT id, channel_id, meta, raw FROM payloads WHERE id > ? ORDER BY id LIMIT ?;

-- name: get
-- One payload.
SELECT id, channel_id, meta, raw FROM payloads WHERE id = ?;

-- name: count
-- How many payloads there are.
SELECT count(*) FROM payloads;

-- name: received
-- Payloads of a channel after one position and up to another, received from one time until before
-- another; times are UTC as isoformat writes them, which sort as text.
SELECT id FROM payloads
WHERE id > ? AND id <= ? AND channel_id = ?
    AND json_extract(meta, '$.received_at') >= ? AND json_extract(meta, '$.received_at') < ?
ORDER BY id LIMIT ?;

-- name: count_received
-- How many those are.
SELECT count(*) FROM payloads
WHERE id > ? AND id <= ? AND channel_id = ?
    AND json_extract(meta, '$.received_at') >= ? AND json_extract(meta, '$.received_at') < ?;

-- name: unmap
-- Forget what a payload belongs to.
DELETE FROM journal_map WHERE payload_id = ?;

-- name: map
-- A payload carries something of a conversation.
INSERT OR IGNORE INTO journal_map (payload_id, conversation_id) VALUES (?, ?);

-- name: share
-- What carries something of one conversation carries something of another.
INSERT OR IGNORE INTO journal_map (payload_id, conversation_id)
SELECT payload_id, ? FROM journal_map WHERE conversation_id = ?;

-- name: of_conversation
-- The payloads of a conversation.
SELECT payload_id FROM journal_map WHERE conversation_id = ?;

-- name: unmap_conversation
-- Forget which payloads a conversation had.
DELETE FROM journal_map WHERE conversation_id = ?;

-- name: drop
-- Erase a payload.
DELETE FROM payloads WHERE id = ?;

-- name: belongs
-- A row if a payload carries something of any conversation.
SELECT 1 FROM journal_map WHERE payload_id = ? LIMIT 1;

-- name: entomb
-- A message that must not come back.
INSERT OR IGNORE INTO tombstones (hash) VALUES (?);

-- name: forget_person
-- Nothing that was received until now may bring this person back.
INSERT INTO erased_people (hash, last_payload)
VALUES (?, (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'payloads'))
ON CONFLICT (hash) DO UPDATE SET last_payload = excluded.last_payload;

-- name: forgotten
-- The newest payload there was when this person was erased.
SELECT last_payload FROM erased_people WHERE hash = ?;

-- name: tombstones
-- All of them.
SELECT hash FROM tombstones;

-- name: truncate
-- Empty the write-ahead log, which may still hold what was erased. Gives (busy, frames, moved).
PRAGMA wal_checkpoint(TRUNCATE);

-- name: patience
-- Milliseconds a statement waits for other programs.
PRAGMA busy_timeout;

-- name: no_patience
-- Wait for nobody.
PRAGMA busy_timeout = 0;

-- name: set_patience
-- Wait again. PRAGMA takes no parameters.
PRAGMA busy_timeout = {milliseconds};
