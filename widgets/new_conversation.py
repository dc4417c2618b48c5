"""Writing to somebody first."""

from collections.abc import Mapping
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import loader
from widgets.deeds import wrote
from widgets.drafts import Drafts
from widgets.live import News
from widgets.panel import Did, answers
from widgets.templates import TemplatePanel, chosen
from workspace.client.as_code import python_of_start, sql_of_conversation
from workspace.models import AddressKind, Channel, StartRule
from workspace.rules import Draft

_ASKED = {AddressKind.EMAIL: "email", AddressKind.PHONE: "phone"}


class NewConversation(TemplatePanel):
    """The button New and its dialog. `conversation_id`: what was opened with it last, or ""."""

    _esm = loader("new_conversation")

    conversation_id = traitlets.Unicode("").tag(sync=True)

    @answers("ready")
    def _ready(self) -> list[dict[str, Any]]:
        return [_offer(channel) for channel in self.ws.channels()]

    def changed(self, news: News) -> None:
        super().changed(news)
        if news.channels or news.everything:
            self.push("channels", self._ready())

    @answers("address")
    def _address(self, channel: str, address: str, region: str) -> dict[str, Any]:
        """The address in its normal form, and the conversation with it. `region`: of the browser.

        Raises InvalidRequest for what is none, in words.
        """
        # Its tables of all countries take a tenth of a second to load, which no inbox waits for.
        from workspace.rules import addresses

        through = self._channel(channel)
        own = addresses.region_of(str(through.options.get("address", "")))
        to = addresses.checked(address, through.capabilities, own or region)
        found = self.ws.find_conversation(channel, to.value)
        return {
            "value": to.value,
            "shown": addresses.shown(to),
            "found": wire.conversation(found) if found else None,
        }

    @answers("check_text")
    def _check_text(self, channel: str, text: str) -> str:
        """Why the channel would not take this text, in words; empty where it would."""
        return self._refusal(self._channel(channel), Draft(text))

    @answers("start")
    def _start(
        self,
        channel: str,
        address: str,
        name: str,
        subject: str,
        text: str,
        template: Mapping[str, Any] | None,
        key: str,
    ) -> Did:
        """Sends the first message; the conversation. `key` names the attempt: asking again with
        it can't send twice.
        """
        choice = chosen(template) if template else None
        made = self.ws.start_conversation(
            channel, address, name, text, subject, template=choice, key=key
        )
        self.conversation_id = str(made.id)
        given = {"name": name, "text": text, "subject": subject}
        python = python_of_start(made.channel_id, address, choice, **given)
        return wrote(self.ws, self.conversation_id, python, sql_of_conversation(made.id))

    @answers("hand_over")
    def _hand_over(self, conversation_id: str, text: str) -> dict[str, str] | None:
        """Makes a text the draft of a conversation; the workspace. None: it has a draft already."""
        waiting = Drafts.of(self.ws).get(conversation_id)
        if self.ws.draft(conversation_id) or (waiting and not waiting.empty):
            return None
        self.ws.save_draft(conversation_id, text)
        return {"scope": self.ws.info().folder}


def _offer(channel: Channel) -> dict[str, Any]:
    """What the dialog has to know of a channel. `start_reason`: why it can't write first."""
    can = channel.capabilities
    asked = [_ASKED[kind] for kind in sorted(can.address) if kind in _ASKED]
    return {
        **wire.channel(channel),
        "label": can.label,
        "asks": asked[0] if asked else "address",
        "can_start": can.can_start is not StartRule.NEVER,
        "start_reason": can.start_reason if can.can_start is StartRule.NEVER else "",
        "template": can.can_start is StartRule.TEMPLATE_ONLY,
        "threads": can.threads,
    }
