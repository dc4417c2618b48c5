"""Writing to a customer: a reply with files, sound and emoji, or a note."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import traitlets

from widgets import situation, wire
from widgets.assets import loader
from widgets.deeds import wrote
from widgets.drafts import Drafts, Writing
from widgets.emoji import emoji
from widgets.live import News
from widgets.panel import Bytes, Did, answers
from widgets.templates import TemplatePanel, chosen
from workspace.client import Workspace
from workspace.client.as_code import python_of_call, python_of_send, sql_of_messages
from workspace.errors import ConvoError, HubUnavailable, InvalidRequest, NotFound, TooLarge
from workspace.models import Channel, Conversation, Message, Quoted, Upload
from workspace.rules import Situation, fill, parts, reply_values

_RECENT = 20
"""Messages among which somebody else's reply, and one's own by another page, are looked for."""

PICTURE = 10_000_000
"""Bytes of a picture that is fetched to be shown beside what is being written."""


class Composer(TemplatePanel):
    """A reply to the conversation `conversation_id` ("" shows nothing)."""

    _esm = loader("composer")

    conversation_id = traitlets.Unicode("").tag(sync=True)

    def __init__(self, ws: Workspace, **traits: Any) -> None:
        self._drafts = Drafts.of(ws)
        super().__init__(ws, **traits)

    @answers("ready")
    def _ready(self, conversation_id: str) -> dict[str, Any] | None:
        if not conversation_id:
            return None
        kept = self._drafts.get(conversation_id)
        draft = _kept(kept) if kept else wire.draft(self.ws.draft(conversation_id))
        return {**self._situation(conversation_id), "draft": draft}

    def changed(self, news: News) -> None:
        super().changed(news)
        if self.conversation_id and (news.channels or news.touches(self.conversation_id)):
            try:
                self.push("state", self._situation(self.conversation_id))
            except NotFound:
                self.push("state", None)

    def _meant_for(self) -> str:
        return self.conversation_id

    def _situation(self, conversation_id: str) -> dict[str, Any]:
        conversation, channel = self._conversation(conversation_id)
        takes = channel.capabilities if channel else None
        now = _now(conversation, channel)
        recent = list(self.ws.messages(conversation_id, limit=_RECENT))
        me = self.ws.actor.name
        plain = wire.conversation(conversation)
        return {
            "conversation_id": conversation_id,
            "channel": plain["channel_id"],
            "name": plain["contact_name"],
            "closes_at": plain["window_closes_at"],
            "now": now.now.isoformat(),
            "scope": self.ws.info().folder,
            "me": me,
            "newest": str(max((m.id for m in recent), default=0)),
            "other": situation.last_of_others(recent, me),
            "mine": situation.mine(recent, me),
            **situation.refusals(takes, now),
            **situation.limits(takes),
        }

    def _conversation(self, id: str) -> tuple[Conversation, Channel | None]:
        conversation = self.ws.conversation(id)
        channels = {channel.id: channel for channel in self.ws.channels()}
        return conversation, channels.get(conversation.channel_id)

    def _marketing_stopped(self) -> bool:
        if not self.conversation_id:
            return False
        return self.ws.conversation(self.conversation_id).marketing_stopped

    # --- what the channel would take --------------------------------------------------------------

    @answers("attach")
    def _attach(
        self, conversation_id: str, present: list[dict[str, Any]], files: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Which of these files can join those that are attached already; before any is uploaded."""
        conversation, channel = self._conversation(conversation_id)
        if channel is None:
            return {"taken": [], "refusals": [situation.NO_CHANNEL]}
        now = _now(conversation, channel)
        old, new = situation.facts(present), situation.facts(files)
        taken, told = situation.acceptable(channel.capabilities, now, old, new)
        return {"taken": taken, "refusals": told}

    @answers("plan")
    def _plan(self, conversation_id: str, text: str, files: list[dict[str, Any]]) -> dict[str, str]:
        """What speaks against it as it stands, and how it would go."""
        conversation, channel = self._conversation(conversation_id)
        if channel is None or not (text.strip() or files):
            return {"refusal": "", "note": ""}
        takes, known = channel.capabilities, situation.facts(files)
        refusal = situation.refused(takes, _now(conversation, channel), text, known)
        note = situation.in_several(takes, text, known)
        return {"refusal": refusal.message if refusal else "", "note": note}

    # --- sending ----------------------------------------------------------------------------------

    @answers("send")
    def _send_reply(
        self,
        conversation_id: str,
        text: str,
        key: str,
        uploads: list[dict[str, Any]] | None = None,
        seen: str | None = None,
        reply_to: dict[str, Any] | None = None,
    ) -> Did:
        """`key` names the attempt: asking again with it can't send twice.

        What becomes several messages may end midway: `left` is what was not sent, and why.
        """
        files = [wire.upload_of(upload) for upload in uploads or ()]
        quoted = wire.quoted_of(reply_to)
        try:
            return self._send_parts(conversation_id, text, files, key, seen, quoted)
        except HubUnavailable:
            self._keep_unsent(Writing(conversation_id, text, False, tuple(files), quoted))
            raise

    def _send_parts(
        self,
        conversation_id: str,
        text: str,
        files: list[Upload],
        key: str,
        seen: str | None,
        reply_to: Quoted | None,
    ) -> Did:
        """The first of several quotes what all of them answer."""
        _, channel = self._conversation(conversation_id)
        if channel is None:
            raise InvalidRequest(situation.NO_CHANNEL)
        going = parts(channel.capabilities, text, [file.kind for file in files])
        sent: list[Message] = []
        for n, part in enumerate(going):
            try:
                chosen = [files[at] for at in part.files]
                known = key if n == 0 else f"{key}-{n}"
                quoted = reply_to if n == 0 else None
                sent.append(
                    self.ws.send(
                        conversation_id, part.text, chosen, seen=seen, reply_to=quoted, key=known
                    )
                )
            except ConvoError as error:
                if n == 0:
                    raise
                rest = [str(files[at].id) for later in going[n:] for at in later.files]
                why = {"code": error.code, "message": error.message}
                left = {"text": "", "uploads": rest, "key": f"{key}-{n}", **why}
                return self._did_send(sent, left)
        return self._did_send(sent)

    def _did_send(self, sent: list[Message], left: dict[str, Any] | None = None) -> Did:
        value = {"sent": [_sent(message) for message in sent], "left": left}
        calls = "\n".join(python_of_send(message) for message in sent)
        return wrote(self.ws, value, calls, sql_of_messages(*sent))

    def _keep_unsent(self, writing: Writing) -> None:
        """Its page may be gone by now: what a lost hub did not take is a draft again."""
        newer = self._drafts.get(writing.conversation_id)
        if newer is None or newer.empty:
            self._drafts.keep(self.ws, writing)

    @answers("send_template")
    def _send_template(
        self, conversation_id: str, template: Mapping[str, Any], key: str, seen: str | None = None
    ) -> Did:
        """A template is a message of its own."""
        choice = chosen(template)
        sent = self.ws.send(conversation_id, template=choice, seen=seen, key=key)
        return wrote(self.ws, _sent(sent), python_of_send(sent, choice), sql_of_messages(sent))

    @answers("typing", slow=True)
    def _typing(self, conversation_id: str) -> None:
        """The customer may see it: best effort."""
        self.ws.typing(conversation_id)

    @answers("undo")
    def _undo(self, message_id: str) -> Did:
        taken = self.ws.cancel(message_id)
        python = python_of_call("cancel", taken.id)
        return wrote(self.ws, wire.message(taken), python, sql_of_messages(taken))

    @answers("note")
    def _add_note(self, conversation_id: str, text: str, key: str) -> Did:
        try:
            note = self.ws.note(conversation_id, text, key=key)
        except HubUnavailable:
            self._keep_unsent(Writing(conversation_id, text, True))
            raise
        python = python_of_call("note", note.conversation_id, note.text)
        return wrote(self.ws, wire.message(note), python, sql_of_messages(note))

    @answers("wake", slow=True)
    def _wake(self) -> None:
        """Starts a hub that is away, whatever it ended by. Raises HubUnavailable."""
        self.ws.info()

    # --- drafts -----------------------------------------------------------------------------------

    @answers("unsaved", local=True)
    def _unsaved(self) -> dict[str, Any]:
        """What a page that is loaded anew asks first: drafts that the hub does not have yet."""
        drafts = [_kept(writing) for writing in self._drafts.unsaved()]
        return {"drafts": drafts, "live": self.live.connected}

    @answers("save_draft", local=True)
    def _save_draft(
        self,
        conversation_id: str,
        text: str,
        note: bool,
        uploads: Sequence[dict[str, Any]],
        version: str,
        reply_to: dict[str, Any] | None = None,
    ) -> None:
        """Kept here at once. That it is in the hub is said with its `version`."""

        def told(trouble: str) -> None:
            said = {"conversation_id": conversation_id, "version": version, "trouble": trouble}
            self.push("draft_saved", said)

        files = tuple(wire.upload_of(upload) for upload in uploads)
        quoted = wire.quoted_of(reply_to)
        self._drafts.keep(self.ws, Writing(conversation_id, text, note, files, quoted, told))

    @answers("picture", files=True)
    def _picture(self, attachment_id: str) -> Bytes:
        """A picture of a draft. Raises TooLarge for one that is not fetched for that."""
        data = self.ws.attachment(attachment_id)
        if len(data) > PICTURE:
            raise TooLarge("This picture is too large to be shown.")
        return Bytes(data)

    # --- canned replies, emoji --------------------------------------------------------------------

    @answers("canned")
    def _canned(self, conversation_id: str) -> list[dict[str, str]]:
        conversation = self.ws.conversation(conversation_id)
        values = reply_values(conversation, self.ws.actor.name)
        return [
            {"shortcut": r.shortcut, "text": r.text, "filled": fill(r.text, values).text}
            for r in self.ws.canned_replies()
        ]

    @answers("save_canned")
    def _save_canned(self, shortcut: str, text: str) -> Did:
        self.ws.save_canned_reply(shortcut, text)
        return wrote(self.ws, None, python_of_call("save_canned_reply", shortcut, text))

    @answers("delete_canned")
    def _delete_canned(self, shortcut: str) -> Did:
        self.ws.delete_canned_reply(shortcut)
        return wrote(self.ws, None, python_of_call("delete_canned_reply", shortcut))

    @answers("emoji", slow=True)
    def _emoji(self) -> list[dict[str, Any]]:
        return emoji()


def _now(conversation: Conversation, channel: Channel | None) -> Situation:
    return situation.situation(conversation, channel.now if channel else None)


def _sent(message: Message) -> dict[str, Any]:
    """With the seconds that are left for Undo: the browser's clock may be another."""
    until = message.undo_until
    left = max(0.0, (until - datetime.now(UTC)).total_seconds()) if until else 0.0
    return {"message": wire.message(message), "undo_seconds": left}


def _kept(writing: Writing) -> dict[str, Any]:
    """As a draft of the hub comes, with its conversation."""
    uploads = [wire.upload(upload) for upload in writing.uploads]
    return {
        "conversation_id": writing.conversation_id,
        "text": writing.text,
        "note": writing.note,
        "uploads": uploads,
        "reply_to": wire.quoted(writing.reply_to),
    }
