"""Writing a reply."""

from datetime import UTC, datetime
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import script, style
from widgets.live import News
from widgets.panel import Panel, answers
from workspace.errors import NotFound
from workspace.models import Capabilities, Conversation
from workspace.rules import Draft, Situation, can_send

_ANY = Draft(text="…")
_LATER = datetime.max.replace(tzinfo=UTC)
_NO_CHANNEL = "The channel of this conversation is no longer connected; connect it again to reply."


class Composer(Panel):
    """A reply to the conversation `conversation_id` ("" shows nothing)."""

    _esm = script("composer")
    _css = style("composer")

    conversation_id = traitlets.Unicode("").tag(sync=True)

    @answers("ready")
    def _ready(self, conversation_id: str) -> dict[str, Any] | None:
        return self._situation(conversation_id) if conversation_id else None

    @answers("send")
    def _send_text(self, conversation_id: str, text: str, key: str) -> dict[str, Any]:
        """`key` names the attempt: asking again with it can't send twice."""
        return wire.message(self.ws.send(conversation_id, text, key=key))

    def changed(self, news: News) -> None:
        if self.conversation_id and (news.channels or news.touches(self.conversation_id)):
            try:
                self.push("state", self._situation(self.conversation_id))
            except NotFound:
                self.push("state", None)

    def _situation(self, conversation_id: str) -> dict[str, Any]:
        conversation = self.ws.conversation(conversation_id)
        channels = {channel.id: channel.capabilities for channel in self.ws.channels()}
        takes = channels.get(conversation.channel_id)
        plain = wire.conversation(conversation)
        return {
            "conversation_id": conversation_id,
            "name": plain["contact_name"],
            "closes_at": plain["window_closes_at"],
            "scope": self.ws.info().folder,
            "refusal": _refusal(takes, conversation, datetime.now(UTC)),
            "closed_refusal": _refusal(takes, conversation, _LATER),
        }


def _refusal(takes: Capabilities | None, conversation: Conversation, now: datetime) -> str:
    """Why no text can be sent at `now`; empty where it can. The hub asks again when it sends."""
    if takes is None:
        return _NO_CHANNEL
    refusal = can_send(takes, _ANY, Situation(now, conversation.last_inbound_at))
    return refusal.message if refusal else ""
