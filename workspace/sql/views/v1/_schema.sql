-- Everything users may rely on. Views are only ever added to; what lies under them may change.
CREATE SCHEMA IF NOT EXISTS v1;
