-- What customers told a channel's provider about marketing messages, each by itself.
CREATE TABLE marketing_choices (
    channel_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    stopped boolean NOT NULL,                   -- false: they want them again
    chosen_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, contact_id)
);
