-- Files that are still with their provider: they are fetched after their message, or never.
CREATE TABLE remote_files (
    attachment_id bigint PRIMARY KEY,
    channel_id bigint NOT NULL,
    remote text NOT NULL,                       -- the provider's name for it
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,                     -- null: it is not tried again by itself
    failure text NOT NULL DEFAULT ''            -- in words, why it is not here; empty: not yet
);
