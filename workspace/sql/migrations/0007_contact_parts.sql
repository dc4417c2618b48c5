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

-- A search finds a phone number by each of its writings (rules/phones.py).
UPDATE contacts AS c SET search_text = c.search_text || ' ' || w.words
FROM (
    SELECT contact_id, string_agg(other, ' ') AS words
    FROM (
        SELECT contact_id, CASE
            WHEN address ~ '^[+]55[1-9]{2}9[6-9][0-9]{7}$'
                THEN regexp_replace(address, '^[+]55(..)9', '+55\1')
            WHEN address ~ '^[+]55[1-9]{2}[6-9][0-9]{7}$'
                THEN regexp_replace(address, '^[+]55(..)', '+55\19')
            WHEN address ~ '^[+]521[2-9][0-9]{9}$' THEN '+52' || substr(address, 5)
            WHEN address ~ '^[+]52[2-9][0-9]{9}$' THEN '+521' || substr(address, 4)
            WHEN address ~ '^[+]549[1-8][0-9]{9}$' THEN '+54' || substr(address, 5)
            WHEN address ~ '^[+]54[1-8][0-9]{9}$' THEN '+549' || substr(address, 4)
            END AS other
        FROM identities WHERE kind = 'phone'
    ) AS pairs
    WHERE other IS NOT NULL GROUP BY contact_id
) AS w
WHERE w.contact_id = c.id;
