-- Reactions of the business to customers' messages, and what the provider knows of them.
CREATE TABLE own_reactions (
    message_id bigint PRIMARY KEY,
    id bigint NOT NULL,                         -- of this reaction; the next one gets another
    channel_id bigint NOT NULL,
    emoji text NOT NULL,                        -- empty: taken back
    actor_kind text NOT NULL CHECK (actor_kind IN ('operator', 'agent', 'system')),
    actor_name text NOT NULL DEFAULT '',
    occurred_at timestamptz NOT NULL,
    provider_id text,                           -- our name for it, then the provider's; null: made elsewhere
    delivery_status text CHECK (delivery_status IN ('queued', 'sending', 'retry', 'sent', 'delivered',
        'read', 'failed', 'in_doubt')),         -- null: made elsewhere
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,
    lease_until timestamptz,
    failure_kind text,
    failure text NOT NULL DEFAULT ''
);
