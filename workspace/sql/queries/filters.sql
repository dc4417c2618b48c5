-- What narrows the list, a block a filter. Each is a statement of its own, so that it can be tried
-- alone; the list takes what follows WHERE.

-- name: status
-- In one of several statuses; fewer than four are given by repeating one.
SELECT c.id FROM conversations AS c WHERE c.status IN ($1, $2, $3, $4);

-- name: since
-- Last active at an instant or later.
SELECT c.id FROM conversations AS c WHERE c.last_activity_at >= $1;

-- name: until
-- Last active before an instant.
SELECT c.id FROM conversations AS c WHERE c.last_activity_at < $1;

-- name: channel
-- On one channel.
SELECT c.id FROM conversations AS c WHERE c.channel_id = $1;

-- name: unread
-- With something unread.
SELECT c.id FROM conversations AS c WHERE (c.unread > 0 OR c.marked_unread);

-- name: contact
-- With one customer, who may be several contacts that were merged.
SELECT c.id FROM conversations AS c WHERE c.contact_id IN (SELECT unnest($1::bigint[]));

-- name: ids
-- Among those that are named.
SELECT c.id FROM conversations AS c WHERE c.id IN (SELECT unnest($1::bigint[]));

-- name: query
-- Among those that a user's query named.
SELECT c.id FROM conversations AS c WHERE c.id IN (SELECT unnest($1::bigint[]));

-- name: search
-- Who or what is searched for: in the contact's name and addresses, or in one message.
SELECT c.id FROM conversations AS c WHERE (
    c.contact_id IN (SELECT k.id FROM contacts AS k WHERE true /* contact */)
    OR c.id IN (SELECT m.conversation_id FROM messages AS m WHERE true /* message */)
);

-- name: search_few
-- The same among a few conversations ($1): the words are looked for in their messages alone.
SELECT c.id FROM conversations AS c WHERE (
    c.contact_id IN (SELECT k.id FROM contacts AS k
                     WHERE k.id IN (SELECT n.contact_id FROM conversations AS n
                                    WHERE n.id IN (SELECT unnest($1::bigint[]))) /* contact */)
    OR c.id IN (SELECT m.conversation_id FROM messages AS m
                WHERE m.id IN (SELECT n.id FROM messages AS n
                               WHERE n.conversation_id IN (SELECT unnest($1::bigint[])))
                /* message */)
);

-- name: contact_word
-- One word in a contact's name or addresses. No LIKE: a searched % or _ means itself.
SELECT k.id FROM contacts AS k WHERE position($1 IN k.search_text) > 0;

-- name: message_word
-- One word in a message: its text, subject or file names.
SELECT m.id FROM messages AS m WHERE position($1 IN m.search_text) > 0;
