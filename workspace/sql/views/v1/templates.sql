CREATE OR REPLACE VIEW v1.templates AS
SELECT
    nullif(t.channel_id, 0) AS channel_id,
    coalesce(c.name, '') AS channel_name,
    t.channel_id = 0 AS own,
    t.name,
    t.language,
    t.category,
    t.status,
    t.reason,
    coalesce(t.content ->> '$.quality', '') AS quality,
    coalesce(t.content ->> '$.header.format', '') AS header_format,
    coalesce(t.content ->> '$.header.text', '') AS header,
    t.content ->> '$.body' AS body,
    coalesce(t.content ->> '$.footer', '') AS footer,
    coalesce(t.content ->> '$.buttons[*].text', []) AS buttons,
    list_distinct(regexp_extract_all(t.content ->> '$.body', '\{\{\s*(\w+)\s*\}\}', 1)) AS variables,
    t.changed_at
FROM main.templates AS t
LEFT JOIN main.channels AS c ON c.id = t.channel_id;

COMMENT ON VIEW v1.templates IS 'One row a template and language: as the providers keep them, and the business''s own.';
COMMENT ON COLUMN v1.templates.channel_id IS 'The channel whose provider keeps it; null: the business''s own.';
COMMENT ON COLUMN v1.templates.channel_name IS 'Name of that channel; empty for the business''s own.';
COMMENT ON COLUMN v1.templates.own IS 'Whether it is the business''s own, for channels whose provider keeps none.';
COMMENT ON COLUMN v1.templates.name IS 'Name of the template.';
COMMENT ON COLUMN v1.templates.language IS 'Language, as the provider writes it.';
COMMENT ON COLUMN v1.templates.category IS 'MARKETING, UTILITY, AUTHENTICATION or another word of the provider; empty for the business''s own.';
COMMENT ON COLUMN v1.templates.status IS 'The word of the provider; only APPROVED can be sent.';
COMMENT ON COLUMN v1.templates.reason IS 'Why it is not APPROVED, in words; empty where nobody says.';
COMMENT ON COLUMN v1.templates.quality IS 'How customers take it, in the word of the provider: GREEN, YELLOW, RED; empty where it is not known.';
COMMENT ON COLUMN v1.templates.header_format IS 'TEXT, IMAGE, VIDEO, DOCUMENT or another word of the provider; empty: no header.';
COMMENT ON COLUMN v1.templates.header IS 'Text of the header; empty where it is a file, or there is none.';
COMMENT ON COLUMN v1.templates.body IS 'The text, with its variables in braces.';
COMMENT ON COLUMN v1.templates.footer IS 'The line below; empty: none.';
COMMENT ON COLUMN v1.templates.buttons IS 'What stands on the buttons.';
COMMENT ON COLUMN v1.templates.variables IS 'Names or numbers of the variables in the text.';
COMMENT ON COLUMN v1.templates.changed_at IS 'When it became as it is, as far as the hub heard.';
