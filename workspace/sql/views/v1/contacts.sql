CREATE OR REPLACE VIEW v1.contacts AS
SELECT
    k.id AS contact_id,
    k.name,
    coalesce(i.addresses, []) AS addresses,
    k.blocked,
    k.opted_out,
    coalesce(c.n, 0) AS conversation_count,
    k.created_at,
    k.search_text AS folded_text
FROM main.contacts AS k
LEFT JOIN (
    SELECT contact_id, list(address ORDER BY kind, address) AS addresses
    FROM main.identities GROUP BY contact_id
) AS i ON i.contact_id = k.id
LEFT JOIN (
    SELECT contact_id, count(*) AS n FROM main.conversations GROUP BY contact_id
) AS c ON c.contact_id = k.id;

COMMENT ON VIEW v1.contacts IS 'One row a customer.';
COMMENT ON COLUMN v1.contacts.contact_id IS 'Id of the customer.';
COMMENT ON COLUMN v1.contacts.name IS 'Name; empty where none is known.';
COMMENT ON COLUMN v1.contacts.addresses IS 'Phone numbers, mail addresses and other addresses the customer writes from.';
COMMENT ON COLUMN v1.contacts.blocked IS 'Whether messages from the customer are stored but change nothing.';
COMMENT ON COLUMN v1.contacts.opted_out IS 'Whether the customer asked not to be written to.';
COMMENT ON COLUMN v1.contacts.conversation_count IS 'Number of conversations.';
COMMENT ON COLUMN v1.contacts.created_at IS 'When the customer first appeared.';
COMMENT ON COLUMN v1.contacts.folded_text IS 'What a search looks into: name and addresses in lower case, without accents.';
