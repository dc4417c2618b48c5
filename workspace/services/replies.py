"""Writing to customers: answering, starting a conversation, uploading files.

A message is a row that says `queued`; delivery sends it. What may be sent is checked here, so that
the writer hears it at once, and again at the moment of sending.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workspace import rules
from workspace.channels.base import Channel
from workspace.errors import CannotSend, CannotStart, InvalidRequest, NotFound, TooLarge
from workspace.models import (
    Actor,
    ActorKind,
    Address,
    Conversation,
    DeliveryStatus,
    Direction,
    Message,
    StartRule,
    TemplateChoice,
)
from workspace.rules import FileFacts, Situation, State, addresses, names
from workspace.services import meanwhile, verbs
from workspace.services.accounts import Accounts
from workspace.services.contacts import Update, get, update
from workspace.services.said import Said, said
from workspace.services.templates import Templates
from workspace.services.uploads import Uploads, unsent
from workspace.store import (
    Store,
    changes,
    chosen,
    contacts,
    conversations,
    heads,
    idempotency,
    ids,
    ingest,
    messages,
    states,
    threads,
)
from workspace.store import replies as rows
from workspace.store.contacts import NewContact
from workspace.store.driver import Driver
from workspace.store.files import Files
from workspace.store.heads import Head, Shown
from workspace.store.ingest import NewMessage
from workspace.store.replies import UploadRow

Queued = Callable[[int, int, int, datetime | None], None]
"""Told (channel, message, conversation, not before) once a message is committed."""

_Started = tuple[int, int | None]
"""The conversation, and the message that was queued in it; None: there was nothing to say."""

MAX_SUBJECT = 500


class Replies(Uploads):
    def __init__(
        self,
        store: Store,
        files: Files,
        accounts: Accounts,
        templates: Templates,
        queued: Queued,
        clock: Callable[[], datetime],
        undo_seconds: float,
    ) -> None:
        super().__init__(store, files)
        self._accounts = accounts
        self._templates = templates
        self._queued = queued
        self._clock = clock
        self._undo = timedelta(seconds=undo_seconds)

    # --- answering ----------------------------------------------------------------------------

    def send(
        self,
        conversation_id: int,
        text: str,
        upload_ids: Sequence[int],
        actor: Actor,
        key: str | None,
        seen: int | None = None,
        template: TemplateChoice | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """Queue a message: a text, files, or a template alone.

        `seen` is the newest message the writer saw, `reply_to` one of the conversation that this
        one quotes. Raises NotFound, CannotSend, TooLarge; Conflict
        for a used upload; AnsweredMeanwhile where somebody else has answered since: another
        operator, the agent, or the business's own phone.
        """
        wanted = said(text, upload_ids, actor, template, seen, reply_to)
        request = {
            "verb": "send",
            "to": conversation_id,
            "origin": wanted.origin.value,
            **wanted.request(),
        }
        if template is not None:
            with self._store.read() as db:
                _, channel_id = verbs.place(db, conversation_id)
            wanted = self._filled(wanted, channel_id, key, request, int)

        def work(tx: Driver) -> int:
            return idempotency.once(
                tx, key, request, int, lambda: self._answer(tx, conversation_id, wanted)
            )

        return self._finish(self._store.write(work))

    def _filled(
        self, wanted: Said, channel_id: int, key: str | None, request: dict[str, Any], answer: Any
    ) -> Said:
        """With its template; but what was done already under this key needs no provider any more,
        which may be out of reach by now.
        """
        if key is not None and wanted.choice is not None:
            with self._store.read() as db:
                if idempotency.recall(db, key, request, answer) is not None:
                    return wanted
        return wanted.filled(self._templates, channel_id)

    def _finish(self, id: int) -> Message:
        """Tell delivery, after the commit. Asked twice with one key, delivery sends once."""
        with self._store.read() as db:
            message = messages.get(db, id)
            found = heads.load(db, [message.conversation_id]) if message else {}
        if message is None or not found:
            raise NotFound(f"The message {id} was deleted meanwhile.", id=str(id))
        head = found[message.conversation_id]
        if message.delivery_status is DeliveryStatus.QUEUED:
            self._queued(head.channel_id, id, head.id, message.undo_until)
        return message

    def _answer(self, tx: Driver, conversation_id: int, wanted: Said) -> int:
        id, channel_id = verbs.place(tx, conversation_id)
        meanwhile.check(tx, id, wanted.seen, wanted.actor)
        channel = self._accounts.channel(channel_id)
        head, state = heads.load(tx, [id])[id], states.load(tx, [id])[id]
        thread = _answer_in(rows.answered(tx, id), head) if channel.capabilities.threads else {}
        return self._put(tx, channel, head, state, wanted, thread)

    def _put(
        self,
        tx: Driver,
        channel: Channel,
        head: Head,
        state: State,
        wanted: Said,
        thread: dict[str, Any],
    ) -> int:
        """The message as a queued row, and what follows from it; its id."""
        uploads = unsent(tx, wanted.upload_ids)
        now = channel.now()
        _refuse(tx, channel, head, state, wanted, uploads, now)
        # It answers what is there already, even where the clocks say otherwise.
        if state.last_inbound_at is not None:
            now = max(now, state.last_inbound_at + timedelta(microseconds=1))
        message = _message(
            tx, channel, head, wanted, uploads, thread, now, self._held_until(wanted)
        )
        ingest.messages(tx, [message])
        rows.attach(tx, message.id, head.id, wanted.upload_ids)
        if channel.capabilities.threads and message.provider_id:
            threads.add(tx, {(head.channel_id, message.provider_id): head.id})
        entry = rules.Outbound(message.id, now, wanted.origin, wanted.actor.kind)
        states.save(tx, {head.id: rules.step(state, entry)})
        media = uploads[0].kind if uploads else None
        text = wanted.text or (uploads[0].name if uploads else "")
        shown = Shown(
            message.id,
            now,
            Direction.OUTBOUND,
            wanted.actor.name,
            text,
            media,
            message.delivery_status,
        )
        heads.take(head, shown)
        head.failed = False
        heads.save(tx, [head])
        changes.record(tx, "conversation", head.id)
        return message.id

    def _held_until(self, wanted: Said) -> datetime | None:
        """Undo is for people: what the agent or the workspace writes leaves at once."""
        if wanted.actor.kind is not ActorKind.OPERATOR or not self._undo:
            return None
        return self._clock() + self._undo

    # --- starting -----------------------------------------------------------------------------

    def start_conversation(
        self,
        channel_id: int,
        address: str,
        name: str,
        text: str,
        subject: str,
        upload_ids: Sequence[int],
        actor: Actor,
        key: str | None,
        template: TemplateChoice | None = None,
    ) -> Conversation:
        """Write first. Mail always opens a new thread, under `subject`. Where the channel keeps one
        conversation per contact, the existing one goes on; with nothing to say it is only given
        back.

        Raises CannotStart saying why, InvalidRequest for address and name, and what `send` raises.
        """
        wanted = said(text, upload_ids, actor, template)
        channel = self._accounts.channel(channel_id)
        to = self._checked_start(channel, address, subject, template)
        name = names.name(name, "The name")
        start = _Start(channel_id, to, name, " ".join(subject.split()))
        request = {
            "verb": "start",
            "channel": channel_id,
            "address": to.value,
            "name": name,
            "subject": subject,
            **wanted.request(),
        }
        wanted = self._filled(wanted, channel_id, key, request, _Started)

        def work(tx: Driver) -> _Started:
            return idempotency.once(
                tx, key, request, _Started, lambda: self._start(tx, channel, start, wanted)
            )

        id, message = self._store.write(work)
        if message is not None:
            self._finish(message)
        with self._store.read() as db:
            found = conversations.get(db, [id], {c.id: c for c in self._accounts.list()})
        if not found:
            raise NotFound(f"The conversation {id} was deleted meanwhile.", id=str(id))
        return found[0]

    def _checked_start(
        self, channel: Channel, address: str, subject: str, template: TemplateChoice | None
    ) -> Address:
        can = channel.capabilities
        allowed = can.can_start is StartRule.FREE or (
            can.can_start is StartRule.TEMPLATE_ONLY and template is not None
        )
        if not allowed:
            raise CannotStart(can.start_reason or f"{can.label} can't start a conversation.")
        if can.threads and not subject.strip():
            raise InvalidRequest("A new mail needs a subject.")
        if len(subject) > MAX_SUBJECT:
            raise TooLarge(f"The subject is longer than {MAX_SUBJECT} characters; shorten it.")
        return addresses.checked(address, can)

    def _start(self, tx: Driver, channel: Channel, start: "_Start", wanted: Said) -> _Started:
        known = contacts.by_address(tx, [start.to]).get(start.to)
        if known is not None and start.name and not get(tx, known.id).name:
            update(tx, known.id, Update(name=start.name), wanted.actor, self._accounts.now)
        if known is not None and not channel.capabilities.threads:
            found = heads.of_contacts(tx, start.channel_id, [known.id])
            if known.id in found:
                id = found[known.id]
                return id, None if wanted.nothing else self._answer(tx, id, wanted)
        now = channel.now()
        contact_id = known.id if known is not None else ids.allocate(tx, 1)[0]
        if known is None:
            contacts.add(tx, [NewContact(contact_id, start.name, start.to, now)])
        head = Head(
            id=ids.allocate(tx, 1)[0],
            channel_id=start.channel_id,
            contact_id=contact_id,
            address_kind=start.to.kind,
            address=start.to.value,
            subject=start.subject if channel.capabilities.threads else "",
            created_at=now,
            last_activity_at=now,
        )
        heads.insert(tx, [head], {head.id: State()})
        thread = {"subject": head.subject, "to": [start.to.kind.value, start.to.value]}
        if not channel.capabilities.threads:
            thread = {}
        return head.id, self._put(tx, channel, head, State(), wanted, thread)


@dataclass(frozen=True, slots=True)
class _Start:
    channel_id: int
    to: Address
    name: str = field(repr=False)
    subject: str = field(repr=False)


def _refuse(
    tx: Driver,
    channel: Channel,
    head: Head,
    state: State,
    wanted: Said,
    uploads: Sequence[UploadRow],
    now: datetime,
) -> None:
    """Raise CannotSend where the rules say no."""
    facts = [FileFacts(u.kind, u.name, u.mime, u.size) for u in uploads]
    draft = wanted.draft(facts, _quotes(tx, head.id, wanted.reply_to))
    barred = rows.barred(tx, head.contact_id, head.channel_id)
    situation = Situation(now, state.last_inbound_at, *barred)
    refusal = rules.can_send(channel.capabilities, draft, situation)
    if refusal is not None:
        raise CannotSend(refusal.message, kind=refusal.kind.value, **refusal.detail)


def _quotes(tx: Driver, conversation_id: int, reply_to: int | None) -> bool | None:
    """Whether the customer has the message to be quoted; None: none is. Raises NotFound."""
    if reply_to is None:
        return None
    had = rows.had(tx, conversation_id, reply_to)
    if had is None:
        raise NotFound(
            f"No message {reply_to} in this conversation to be quoted; it may have been deleted.",
            id=str(reply_to),
        )
    return had


def _message(
    tx: Driver,
    channel: Channel,
    head: Head,
    wanted: Said,
    uploads: Sequence[UploadRow],
    thread: dict[str, Any],
    now: datetime,
    not_before: datetime | None,
) -> NewMessage:
    key = channel.new_key()
    words = [wanted.text, thread.get("subject", ""), *(u.name for u in uploads)]
    return NewMessage(
        id=ids.allocate(tx, 1)[0],
        conversation_id=head.id,
        channel_id=head.channel_id,
        direction=Direction.OUTBOUND,
        provider_id=key,
        author_kind=wanted.actor.kind,
        author_name=wanted.actor.name,
        origin=wanted.origin,
        body=wanted.text,
        search_text=rules.fold(" ".join(words)),
        occurred_at=now,
        received_at=now,
        reply_headers=json.dumps(thread | {"message_id": key}) if thread else "",
        delivery_status=DeliveryStatus.QUEUED,
        template=chosen.dump(wanted.template.choice) if wanted.template else None,
        not_before=not_before,
        reply_to=wanted.reply_to,
    )


def _answer_in(answered: dict[str, Any], head: Head) -> dict[str, Any]:
    """The headers of an answer: to whom, and which messages it follows."""
    if not answered:
        return {"subject": head.subject, "to": [head.address_kind, head.address]}
    chain = [*answered.get("references", ()), answered["message_id"]]
    return {
        "in_reply_to": answered["message_id"],
        "references": list(dict.fromkeys(chain)),
        "subject": answered.get("subject") or head.subject,
        "to": answered.get("to") or [head.address_kind, head.address],
        "cc": answered.get("cc", []),
    }
