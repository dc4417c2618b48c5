"""A whole workspace with nothing running, and two lines: one keeps contacts, one keeps threads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line import Line, payload

from workspace.channels.base import Channel, Event, Payload
from workspace.models import Actor, ActorKind, Conversation, ConversationPage, Message
from workspace.services import Services, World, payloads
from workspace.services.filters import Filter
from workspace.settings import Paths, Secrets
from workspace.store import heads, states
from workspace.store.driver import Driver
from workspace.testing import at_once

ANN = Actor(ActorKind.OPERATOR, "ann")


def create(
    kind: str, options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
) -> Channel:
    return Line(threads=kind == "threads")


@dataclass
class Desk:
    """A workspace as a test works with it."""

    services: Services
    sms: int
    mail: int

    def journal(self, *raws: Payload, channel: int | None = None) -> list[int]:
        """Put payloads into the journal, unapplied."""
        records = [payloads.record(channel or self.sms, each) for each in raws]
        return self.services.journal.append(records)

    def receive(self, *events: Event, channel: int | None = None, backfill: bool = False) -> None:
        """Each event in a payload of its own, all in one batch."""
        self.journal(*(payload(e, backfill=backfill) for e in events), channel=channel)
        self.services.receiving.apply_pending()

    def receive_mail(self, *events: Event, backfill: bool = False) -> None:
        self.receive(*events, channel=self.mail, backfill=backfill)

    def send(self, conversation: int, text: str = "an answer", deliver: bool = True) -> Message:
        message = self.services.replies.send(conversation, text, [], ANN, None)
        if deliver:
            self.services.delivery.deliver_due()
        return message

    def page(self, **wanted: Any) -> ConversationPage:
        return self.services.inbox.conversations(Filter(**wanted))

    def all(self) -> list[Conversation]:
        """Every conversation, oldest first."""
        found = [*self.page().rows, *self.page(tab="archived").rows]
        return sorted(found, key=lambda c: c.id)

    def only(self) -> Conversation:
        (found,) = self.all()
        return found

    def messages(self, conversation: int) -> list[Message]:
        return list(self.services.inbox.messages(conversation, None, 500).messages)

    def sql(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        with self.services.store.read() as db:
            return db.execute(text, list(params))

    def check(self) -> None:
        """What the store keeps for speed equals what follows from the log."""
        with self.services.store.read() as db:
            ids = [row[0] for row in db.execute("SELECT id FROM conversations")]
            kept = states.load(db, ids)
            statuses = dict(db.execute("SELECT id, status FROM conversations"))
            for id, head in heads.load(db, ids).items():
                computed = states.recompute(db, id)
                assert kept[id] == computed
                assert statuses[id] == computed.status
                check_head(head, shown(db, id))
            assert {r[0] for r in db.execute("SELECT conversation_id FROM messages")} == set(ids)
            people = {r[0] for r in db.execute("SELECT contact_id FROM conversations")}
            assert people == {r[0] for r in db.execute("SELECT id FROM contacts")}


def shown(db: Driver, conversation: int) -> list[heads.Shown]:
    """The messages of a conversation, oldest first."""
    sql = """
        SELECT m.id, occurred_at, direction, author_name,
               coalesce(nullif(body, ''),
                        (SELECT name FROM attachments WHERE message_id = m.id
                         ORDER BY inline, position LIMIT 1), unsupported),
               NULL, delivery_status, silent
        FROM messages AS m
        WHERE conversation_id = $1 AND delivery_status IS DISTINCT FROM 'cancelled'
        ORDER BY occurred_at, m.id
    """
    return [heads.Shown(*row) for row in db.execute(sql, [conversation])]


def check_head(head: heads.Head, shown: list[heads.Shown]) -> None:
    counted = [m for m in shown if not m.silent]
    assert head.first_message_id == min(m.id for m in shown)
    assert head.last_message_id == max(m.id for m in shown)
    assert head.created_at <= shown[0].occurred_at
    if counted:
        last = counted[-1]
        assert (head.preview_message_id, head.preview_at) == (last.id, last.occurred_at)
        assert head.last_activity_at == last.occurred_at
        assert head.preview_delivery == last.delivery_status
        assert head.preview_text == heads.preview(last.text)
    outbound = [m for m in shown if m.direction == "outbound"]
    assert head.failed is bool(outbound and outbound[-1].delivery_status == "failed")


def open_desk(folder: Path) -> Desk:
    services = Services.open(Paths(folder), at_once.settings(), World(create))
    known = {c.kind: c.id for c in services.accounts.list()}
    for kind in {"contacts", "threads"} - known.keys():
        known[kind] = services.accounts.add(kind, kind, {}).id
    return Desk(services, known["contacts"], known["threads"])
