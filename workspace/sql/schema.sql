-- The database of a workspace, as a new one is made. Every change is also a numbered migration;
-- a test applies both and demands equal catalogs. The same text runs on PostgreSQL.
--
-- One sequence numbers everything, so that ids never repeat and comparing the ids of messages and
-- events compares log order.

CREATE SEQUENCE ids START 1;
CREATE SEQUENCE change_seq START 1;

-- Facts about the file itself: journal_uuid, journal_position, salt.
CREATE TABLE meta (
    key text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE migrations (
    version integer PRIMARY KEY,
    applied_at timestamptz NOT NULL
);

CREATE TABLE channels (
    id bigint PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL UNIQUE,
    options text NOT NULL,                      -- JSON without secrets
    removed_at timestamptz,                     -- kept, so that its history stays readable
    created_at timestamptz NOT NULL
);

CREATE TABLE contacts (
    id bigint PRIMARY KEY,
    name text NOT NULL,                         -- empty: show the address
    search_text text NOT NULL,                  -- folded name and addresses, in all their writings
    blocked boolean NOT NULL DEFAULT false,
    opted_out boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

CREATE TABLE identities (
    kind text NOT NULL,
    address text NOT NULL,
    contact_id bigint NOT NULL,
    PRIMARY KEY (kind, address)
);
CREATE INDEX identities_by_contact ON identities (contact_id);

-- Contacts that an operator merged: one row for each of them, as it is by itself. Who has no row here
-- is whole. `contacts` has what they are shown as; addresses and conversations stay with their part,
-- so that each message finds its side, and an unmerge takes nothing but a row away.
CREATE TABLE contact_parts (
    contact_id bigint PRIMARY KEY,
    whole_id bigint NOT NULL,                   -- the contact they are all shown as
    merged_into bigint,                         -- null: the whole's own part
    merged_at timestamptz,
    actor_kind text NOT NULL DEFAULT '',
    actor_name text NOT NULL DEFAULT '',
    name text NOT NULL,
    blocked boolean NOT NULL,
    opted_out boolean NOT NULL
);
CREATE INDEX contact_parts_by_whole ON contact_parts (whole_id);

-- What customers told a channel's provider about marketing messages, each by itself.
CREATE TABLE marketing_choices (
    channel_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    stopped boolean NOT NULL,                   -- false: they want them again
    chosen_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, contact_id)
);

-- Columns from status on are a cache of the log (rules.State) and of the last message (the preview).
CREATE TABLE conversations (
    id bigint PRIMARY KEY,
    channel_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    address_kind text NOT NULL,
    address text NOT NULL,                      -- where a reply goes
    subject text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('created', 'pending', 'replied', 'resolved')),
    resolved boolean NOT NULL DEFAULT false,
    archived boolean NOT NULL DEFAULT false,
    read_mark bigint NOT NULL DEFAULT 0,        -- inbound messages with a greater id are unread
    unread integer NOT NULL DEFAULT 0,
    marked_unread boolean NOT NULL DEFAULT false,
    agent_replies boolean NOT NULL DEFAULT false,
    episode integer NOT NULL DEFAULT 1,
    last_inbound_at timestamptz,
    last_reply_at timestamptz,                  -- newest accepted reply, by when it was queued
    last_activity_at timestamptz NOT NULL,
    first_message_id bigint,                    -- the id range in which its messages lie
    last_message_id bigint,
    preview_message_id bigint,                  -- newest by (occurred_at, id)
    preview_at timestamptz,
    preview_text text NOT NULL DEFAULT '',
    preview_direction text,
    preview_author text NOT NULL DEFAULT '',
    preview_media text,
    preview_delivery text,
    failed boolean NOT NULL DEFAULT false       -- its newest outbound message failed
);
CREATE INDEX conversations_by_contact ON conversations (contact_id);

-- A mail thread that turned out to be part of another one.
CREATE TABLE conversation_aliases (
    id bigint PRIMARY KEY,
    conversation_id bigint NOT NULL
);

-- Outbound rows are the outbox.
CREATE TABLE messages (
    id bigint PRIMARY KEY,
    conversation_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound', 'note')),
    provider_id text,                           -- null until the provider names it
    author_kind text NOT NULL CHECK (author_kind IN ('customer', 'operator', 'agent', 'system')),
    author_name text NOT NULL DEFAULT '',
    author_address text NOT NULL DEFAULT '',    -- of an inbound mail's sender; empty elsewhere
    origin text CHECK (origin IN ('single', 'agent', 'template', 'bulk', 'automatic')),
    body text NOT NULL DEFAULT '',
    html text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',       -- folded body, subject and file names
    occurred_at timestamptz NOT NULL,           -- outbound: when it was queued
    received_at timestamptz NOT NULL,
    automatic boolean NOT NULL DEFAULT false,
    silent boolean NOT NULL DEFAULT false,      -- from a blocked contact: changes nothing
    backfill boolean NOT NULL DEFAULT false,    -- history: never unread, reopens nothing
    unsupported text NOT NULL DEFAULT '',
    reply_headers text NOT NULL DEFAULT '',     -- JSON a threaded channel needs to answer or send this
    delivery_status text CHECK (delivery_status IN ('queued', 'sending', 'retry', 'sent', 'delivered',
        'read', 'failed', 'cancelled', 'in_doubt')),
    accepted boolean NOT NULL DEFAULT false,    -- the provider took it, and it has not failed since
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,                     -- queued: held for Undo; retry: the next attempt
    lease_until timestamptz,
    failure_kind text,
    failure text NOT NULL DEFAULT '',
    template text,                              -- JSON: the template of it, and the values; null: none
    reply_to bigint                             -- the message that it quotes; null: none that is here
);
CREATE UNIQUE INDEX messages_by_provider_id ON messages (channel_id, provider_id);

CREATE TABLE attachments (
    id bigint PRIMARY KEY,
    message_id bigint,                          -- null: uploaded, not yet sent
    conversation_id bigint,                     -- null: uploaded for nobody in particular yet
    position integer NOT NULL DEFAULT 0,
    kind text NOT NULL CHECK (kind IN ('image', 'audio', 'video', 'document')),
    name text NOT NULL,
    mime text NOT NULL,
    size bigint NOT NULL,
    content_id text NOT NULL DEFAULT '',
    inline boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);
CREATE INDEX attachments_by_message ON attachments (message_id);

-- Files that are still with their provider: they are fetched after their message, or never.
CREATE TABLE remote_files (
    attachment_id bigint PRIMARY KEY,
    channel_id bigint NOT NULL,
    remote text NOT NULL,                       -- the provider's name for it
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,                     -- null: it is not tried again by itself
    failure text NOT NULL DEFAULT ''            -- in words, why it is not here; empty: not yet
);

-- What operators have begun to write.
CREATE TABLE drafts (
    conversation_id bigint NOT NULL,
    operator text NOT NULL,
    body text NOT NULL,
    note boolean NOT NULL,                      -- to be an internal note
    updated_at timestamptz NOT NULL,
    reply_to bigint,                            -- the message that it quotes; null: none
    PRIMARY KEY (conversation_id, operator)
);

-- Files of drafts, which are uploads until they are sent. Written anew with each draft, so no keys.
CREATE TABLE draft_uploads (
    conversation_id bigint NOT NULL,
    operator text NOT NULL,
    upload_id bigint NOT NULL,
    position integer NOT NULL
);

-- Texts kept for many answers.
CREATE TABLE canned_replies (
    id bigint PRIMARY KEY,
    shortcut text NOT NULL UNIQUE,              -- as rules.shortcut makes it
    body text NOT NULL
);

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

CREATE TABLE reactions (
    message_id bigint NOT NULL,
    actor_kind text NOT NULL,
    emoji text NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, actor_kind)
);

-- Reactions of the business to customers' messages, and what the provider knows of them.
CREATE TABLE own_reactions (
    message_id bigint PRIMARY KEY,
    id bigint NOT NULL,                         -- of this reaction; the next one gets another
    channel_id bigint NOT NULL,
    emoji text NOT NULL,                        -- empty: taken back
    actor_kind text NOT NULL CHECK (actor_kind IN ('operator', 'agent', 'system')),
    actor_name text NOT NULL DEFAULT '',
    occurred_at timestamptz NOT NULL,
    provider_id text,                           -- our name for it, then the provider's; null: made elsewhere
    delivery_status text CHECK (delivery_status IN ('queued', 'sending', 'retry', 'sent', 'delivered',
        'read', 'failed', 'in_doubt')),         -- null: made elsewhere
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,
    lease_until timestamptz,
    failure_kind text,
    failure text NOT NULL DEFAULT ''
);

CREATE TABLE conversation_events (
    id bigint PRIMARY KEY,
    conversation_id bigint NOT NULL,
    kind text NOT NULL,
    actor_kind text NOT NULL,
    actor_name text NOT NULL DEFAULT '',
    occurred_at timestamptz NOT NULL,
    read_mark bigint,                           -- marked_read: up to which id; marked_unread: after it
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX conversation_events_by_conversation ON conversation_events (conversation_id);

-- Filters of the list under a name, for everybody of the workspace.
CREATE TABLE saved_views (
    name text PRIMARY KEY,
    filter text NOT NULL,                       -- JSON: what differs from a list without a filter
    actor_kind text NOT NULL,
    actor_name text NOT NULL DEFAULT '',
    saved_at timestamptz NOT NULL
);

-- Every Message-ID a thread's mails bear or refer to.
CREATE TABLE thread_refs (
    channel_id bigint NOT NULL,
    ref text NOT NULL,
    conversation_id bigint NOT NULL,
    PRIMARY KEY (channel_id, ref)
);
CREATE INDEX thread_refs_by_conversation ON thread_refs (conversation_id);

-- Receipts, reactions and quotations that came before their message, and changes of the numbers of
-- people nobody knows yet, under kind and address of each one they leave.
CREATE TABLE parked (
    channel_id bigint NOT NULL,
    provider_id text NOT NULL,
    journal_id bigint NOT NULL,
    position integer NOT NULL,                  -- of the event within its payload
    event text NOT NULL,                        -- JSON
    created_at timestamptz NOT NULL,
    PRIMARY KEY (journal_id, position)
);
CREATE INDEX parked_by_provider_id ON parked (channel_id, provider_id);

-- Payloads that could not be applied; the payload itself stays in the journal.
CREATE TABLE quarantine (
    journal_id bigint PRIMARY KEY,
    channel_id bigint NOT NULL,
    error text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Salted hashes of provider ids of erased messages, and of what messages were called before they
-- were sent again: replays, rescans and late receipts bounce off them.
CREATE TABLE tombstones (
    hash text PRIMARY KEY,
    created_at timestamptz NOT NULL
);

CREATE TABLE idempotency (
    key text PRIMARY KEY,
    request_hash text NOT NULL,
    response text NOT NULL,                     -- JSON
    created_at timestamptz NOT NULL
);

CREATE TABLE changes (
    seq bigint PRIMARY KEY,
    kind text NOT NULL,
    conversation_id bigint,
    inbound boolean NOT NULL DEFAULT false
);
