-- Messages, and what is to become one, remember which message they quote.
ALTER TABLE messages ADD COLUMN reply_to bigint;
ALTER TABLE drafts ADD COLUMN reply_to bigint;
