CREATE OR REPLACE VIEW v1.contacts AS
SELECT
    k.id AS contact_id,
    k.name,
    coalesce(i.addresses, []) AS addresses,
    k.blocked,
    k.opted_out,
    coalesce(c.n, 0) AS conversation_count,
    coalesce(w.created_at, k.created_at) AS created_at,
    coalesce(c.first_contact_at, w.created_at, k.created_at) AS first_contact_at,
    coalesce(c.last_contact_at, k.created_at) AS last_contact_at,
    k.search_text AS folded_text,
    coalesce(w.merged, []) AS merged_contact_ids,
    coalesce(s.channel_ids, []) AS marketing_stopped_channel_ids,
    s.stopped_at AS marketing_stopped_at
FROM main.contacts AS k
LEFT JOIN main.contact_parts AS o ON o.contact_id = k.id
LEFT JOIN (
    SELECT coalesce(p.whole_id, i.contact_id) AS contact_id,
           list(i.address ORDER BY i.kind, i.address) AS addresses
    FROM main.identities AS i LEFT JOIN main.contact_parts AS p ON p.contact_id = i.contact_id
    GROUP BY ALL
) AS i ON i.contact_id = k.id
LEFT JOIN (
    SELECT coalesce(p.whole_id, c.contact_id) AS contact_id, count(*) AS n,
           min(c.created_at) AS first_contact_at, max(c.last_activity_at) AS last_contact_at
    FROM main.conversations AS c LEFT JOIN main.contact_parts AS p ON p.contact_id = c.contact_id
    GROUP BY ALL
) AS c ON c.contact_id = k.id
LEFT JOIN (
    SELECT p.whole_id, min(k.created_at) AS created_at,
           list(p.contact_id ORDER BY p.merged_at, p.contact_id)
               FILTER (p.contact_id <> p.whole_id) AS merged
    FROM main.contact_parts AS p JOIN main.contacts AS k ON k.id = p.contact_id
    GROUP BY p.whole_id
) AS w ON w.whole_id = k.id
LEFT JOIN (
    SELECT coalesce(p.whole_id, m.contact_id) AS contact_id,
           list(DISTINCT m.channel_id ORDER BY m.channel_id) AS channel_ids,
           max(m.chosen_at) AS stopped_at
    FROM main.marketing_choices AS m LEFT JOIN main.contact_parts AS p ON p.contact_id = m.contact_id
    WHERE m.stopped
    GROUP BY ALL
) AS s ON s.contact_id = k.id
WHERE o.contact_id IS NULL OR o.whole_id = k.id;

COMMENT ON VIEW v1.contacts IS 'One row a customer; contacts that were merged are one.';
COMMENT ON COLUMN v1.contacts.contact_id IS 'Id of the customer.';
COMMENT ON COLUMN v1.contacts.name IS 'Name; empty where none is known.';
COMMENT ON COLUMN v1.contacts.addresses IS 'Phone numbers, mail addresses and other addresses the customer writes from.';
COMMENT ON COLUMN v1.contacts.blocked IS 'Whether messages from the customer are stored but change nothing.';
COMMENT ON COLUMN v1.contacts.opted_out IS 'Whether the customer asked not to be written to, so that nothing can be sent.';
COMMENT ON COLUMN v1.contacts.conversation_count IS 'Number of conversations.';
COMMENT ON COLUMN v1.contacts.created_at IS 'When the customer first appeared.';
COMMENT ON COLUMN v1.contacts.first_contact_at IS 'When the first conversation began.';
COMMENT ON COLUMN v1.contacts.last_contact_at IS 'The last message of either side, over all conversations.';
COMMENT ON COLUMN v1.contacts.folded_text IS 'What a search looks into: names and addresses in lower case, without accents, phone numbers in all their writings.';
COMMENT ON COLUMN v1.contacts.merged_contact_ids IS 'Contacts that operators merged into this one, oldest merge first: they have no row of their own. Empty: none.';
COMMENT ON COLUMN v1.contacts.marketing_stopped_channel_ids IS 'Channels on which the customer told the provider that they want no marketing messages, so that no MARKETING template can be sent there. Empty: none.';
COMMENT ON COLUMN v1.contacts.marketing_stopped_at IS 'When the customer did so last; null where they did not, or have taken it all back.';
