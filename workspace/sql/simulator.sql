-- The simulated provider's own record: what it accepted, and its clock. SQLite.

-- name: schema
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sends (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    content TEXT NOT NULL               -- JSON
);
CREATE INDEX IF NOT EXISTS sends_by_key ON sends (key);
CREATE INDEX IF NOT EXISTS sends_by_address ON sends (kind, address);
CREATE INDEX IF NOT EXISTS sends_by_time ON sends (at);
CREATE TABLE IF NOT EXISTS said (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    fields TEXT NOT NULL                -- JSON
);
CREATE TABLE IF NOT EXISTS traffic (
    first_tick INTEGER PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT,                         -- NULL: goes on
    pace REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (kind, address)
);
CREATE TABLE IF NOT EXISTS signals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    signal TEXT NOT NULL                -- JSON
);

-- name: get
SELECT value FROM state WHERE name = ?;

-- name: put
INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: add_send
INSERT INTO sends (key, at, kind, address, accepted, content) VALUES (?, ?, ?, ?, ?, ?);

-- name: add_signal
INSERT INTO signals (at, signal) VALUES (?, ?);

-- name: signals
SELECT signal FROM signals ORDER BY number;

-- name: sends_since
SELECT number, key, at, kind, address, content FROM sends WHERE accepted AND at >= ? ORDER BY number;

-- name: outcomes
SELECT accepted, content FROM sends WHERE key = ?;

-- name: performed
SELECT count(*), count(*) FILTER (WHERE accepted) FROM sends WHERE kind = ? AND address = ?;

-- name: say
INSERT INTO said (at, fields) VALUES (?, ?);

-- name: said_since
SELECT number, at, fields FROM said WHERE at >= ? ORDER BY number;

-- name: traffic
SELECT first_tick, since, until, pace FROM traffic ORDER BY first_tick;

-- name: end_traffic
UPDATE traffic SET until = ? WHERE until IS NULL;

-- name: begin_traffic
INSERT INTO traffic (first_tick, since, pace) VALUES (?, ?, ?)
ON CONFLICT (first_tick) DO UPDATE SET since = excluded.since, until = NULL, pace = excluded.pace;

-- name: see
INSERT INTO seen VALUES (?, ?, ?, ?)
ON CONFLICT (kind, address)
DO UPDATE SET number = max(number, excluded.number), at = max(at, excluded.at);

-- name: seen
SELECT number, at FROM seen WHERE kind = ? AND address = ?;
