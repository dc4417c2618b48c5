-- Drafts and canned replies.

CREATE TABLE drafts (
    conversation_id bigint NOT NULL,
    operator text NOT NULL,
    body text NOT NULL,
    note boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, operator)
);

CREATE TABLE draft_uploads (
    conversation_id bigint NOT NULL,
    operator text NOT NULL,
    upload_id bigint NOT NULL,
    position integer NOT NULL
);

CREATE TABLE canned_replies (
    id bigint PRIMARY KEY,
    shortcut text NOT NULL UNIQUE,
    body text NOT NULL
);
