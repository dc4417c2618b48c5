"""Writing to a customer: a reply with files, sound and emoji, or a note."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import traitlets

from widgets import situation, wire
from widgets.assets import loader
from widgets.emoji import emoji
from widgets.live import News
from widgets.panel import answers
from widgets.templates import TemplatePanel, chosen
from widgets.uploads import Uploads
from workspace.client import Workspace
from workspace.errors import ConvoError, NotFound
from workspace.models import Capabilities, Conversation, Message
from workspace.rules import fill, parts, reply_values

_RECENT = 20
"""Messages among which somebody else's reply is looked for."""


class Composer(TemplatePanel):
    """A reply to the conversation `conversation_id` ("" shows nothing)."""

    _esm = loader("composer")

    conversation_id = traitlets.Unicode("").tag(sync=True)

    def __init__(self, ws: Workspace, **traits: Any) -> None:
        self._uploads = Uploads()
        super().__init__(ws, **traits)

    @answers("ready")
    def _ready(self, conversation_id: str) -> dict[str, Any] | None:
        if not conversation_id:
            return None
        draft = self.ws.draft(conversation_id)
        return {**self._situation(conversation_id), "draft": wire.draft(draft)}

    def changed(self, news: News) -> None:
        if self.conversation_id and (news.channels or news.touches(self.conversation_id)):
            try:
                self.push("state", self._situation(self.conversation_id))
            except NotFound:
                self.push("state", None)

    def _situation(self, conversation_id: str) -> dict[str, Any]:
        conversation, takes = self._conversation(conversation_id)
        now = situation.situation(conversation, self.ws.contact(conversation.contact_id))
        recent = self.ws.messages(conversation_id, limit=_RECENT)
        plain = wire.conversation(conversation)
        return {
            "conversation_id": conversation_id,
            "channel": plain["channel_id"],
            "name": plain["contact_name"],
            "closes_at": plain["window_closes_at"],
            "scope": self.ws.info().folder,
            "newest": str(max((m.id for m in recent), default=0)),
            "other": situation.last_of_others(list(recent), self.ws.actor.name),
            **situation.refusals(takes, now),
            **situation.limits(takes),
        }

    def _conversation(self, id: str) -> tuple[Conversation, Capabilities | None]:
        conversation = self.ws.conversation(id)
        channels = {channel.id: channel.capabilities for channel in self.ws.channels()}
        return conversation, channels.get(conversation.channel_id)

    # --- what the channel would take --------------------------------------------------------------

    @answers("attach")
    def _attach(
        self, conversation_id: str, present: list[dict[str, Any]], files: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Which of these files can join those that are attached already; before any is uploaded."""
        conversation, takes = self._conversation(conversation_id)
        if takes is None:
            return {"taken": [], "refusals": [situation.NO_CHANNEL]}
        now = situation.situation(conversation, self.ws.contact(conversation.contact_id))
        old, new = situation.facts(present), situation.facts(files)
        taken, told = situation.acceptable(takes, now, old, new)
        return {"taken": taken, "refusals": told}

    @answers("plan")
    def _plan(self, conversation_id: str, text: str, files: list[dict[str, Any]]) -> dict[str, str]:
        """What speaks against it as it stands, and how it would go."""
        conversation, takes = self._conversation(conversation_id)
        if takes is None or not (text.strip() or files):
            return {"refusal": "", "note": ""}
        now = situation.situation(conversation, self.ws.contact(conversation.contact_id))
        known = situation.facts(files)
        refusal = situation.refused(takes, now, text, known)
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
    ) -> dict[str, Any]:
        """`key` names the attempt: asking again with it can't send twice.

        What becomes several messages may end midway: `left` is what was not sent, and why.
        """
        _, takes = self._conversation(conversation_id)
        files = [wire.upload_of(upload) for upload in uploads or ()]
        going = parts(takes, text, [file.kind for file in files]) if takes else []
        sent: list[Message] = []
        for n, part in enumerate(going):
            try:
                chosen = [files[at] for at in part.files]
                known = key if n == 0 else f"{key}-{n}"
                sent.append(self.ws.send(conversation_id, part.text, chosen, seen=seen, key=known))
            except ConvoError as error:
                if n == 0:
                    raise
                rest = [str(files[at].id) for later in going[n:] for at in later.files]
                why = {"code": error.code, "message": error.message}
                left = {"text": "", "uploads": rest, "key": f"{key}-{n}", **why}
                return {"sent": [_sent(message) for message in sent], "left": left}
        return {"sent": [_sent(message) for message in sent], "left": None}

    @answers("send_template")
    def _send_template(
        self, conversation_id: str, template: Mapping[str, Any], key: str, seen: str | None = None
    ) -> dict[str, Any]:
        """A template is a message of its own."""
        choice = chosen(template)
        return _sent(self.ws.send(conversation_id, template=choice, seen=seen, key=key))

    @answers("undo")
    def _undo(self, message_id: str) -> dict[str, Any]:
        return wire.message(self.ws.cancel(message_id))

    @answers("note")
    def _add_note(self, conversation_id: str, text: str, key: str) -> dict[str, Any]:
        return wire.message(self.ws.note(conversation_id, text, key=key))

    # --- files on their way -----------------------------------------------------------------------

    @answers("upload_start")
    def _upload_start(self, name: str, size: int) -> dict[str, str]:
        return {"upload": self._uploads.start(name, size)}

    @answers("upload_piece")
    def _upload_piece(self, upload: str, offset: int, data: bytes) -> dict[str, int]:
        return {"received": self._uploads.add(upload, offset, data)}

    @answers("upload_received")
    def _upload_received(self, upload: str) -> dict[str, int]:
        return {"received": self._uploads.received(upload)}

    @answers("upload_end", slow=True)
    def _upload_end(self, upload: str) -> dict[str, Any]:
        stored = self._uploads.finish(upload, self.ws)
        self._stored[stored.id] = stored
        return wire.upload(stored)

    @answers("upload_cancel")
    def _upload_cancel(self, upload: str) -> None:
        self._uploads.cancel(upload)

    # --- drafts, canned replies, emoji ------------------------------------------------------------

    @answers("save_draft")
    def _save_draft(
        self, conversation_id: str, text: str, note: bool, uploads: Sequence[str]
    ) -> None:
        self.ws.save_draft(conversation_id, text, note, uploads)

    @answers("canned")
    def _canned(self, conversation_id: str) -> list[dict[str, str]]:
        conversation = self.ws.conversation(conversation_id)
        values = reply_values(conversation, self.ws.actor.name)
        return [
            {"shortcut": r.shortcut, "text": r.text, "filled": fill(r.text, values).text}
            for r in self.ws.canned_replies()
        ]

    @answers("save_canned")
    def _save_canned(self, shortcut: str, text: str) -> None:
        self.ws.save_canned_reply(shortcut, text)

    @answers("delete_canned")
    def _delete_canned(self, shortcut: str) -> None:
        self.ws.delete_canned_reply(shortcut)

    @answers("emoji", slow=True)
    def _emoji(self) -> list[dict[str, Any]]:
        return emoji()


def _sent(message: Message) -> dict[str, Any]:
    """With the seconds that are left for Undo: the browser's clock may be another."""
    until = message.undo_until
    left = max(0.0, (until - datetime.now(UTC)).total_seconds()) if until else 0.0
    return {"message": wire.message(message), "undo_seconds": left}
