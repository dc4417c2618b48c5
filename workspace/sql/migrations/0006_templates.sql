-- Templates as the providers keep them, and the business's own.
CREATE TABLE templates (
    channel_id bigint NOT NULL,                 -- 0: the business's own, for channels whose provider has none
    name text NOT NULL,
    language text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,                       -- the provider's word
    reason text NOT NULL,                       -- in words, why it is not approved
    content text NOT NULL,                      -- JSON: header, body, footer, buttons, examples, ...
    told_at timestamptz NOT NULL,               -- as of when, by the channel's clock
    changed_at timestamptz NOT NULL,            -- when it became as it is, by the machine's clock
    PRIMARY KEY (channel_id, name, language)
);

-- How reading them goes.
CREATE TABLE template_syncs (
    channel_id bigint PRIMARY KEY,
    as_of timestamptz,                          -- by the channel's clock; null: never yet
    synced_at timestamptz,                      -- the same by the machine's
    due_at timestamptz,                         -- when they are read next; null: at once
    attempts integer NOT NULL DEFAULT 0,        -- that failed, one after the other
    failure text NOT NULL DEFAULT ''            -- in words, why the newest one failed
);
