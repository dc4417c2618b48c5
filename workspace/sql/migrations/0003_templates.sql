-- Messages sent with a template remember which, and its values.
ALTER TABLE messages ADD COLUMN template text;
