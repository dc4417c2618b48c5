"""An open conversation."""

import threading
from datetime import UTC, datetime
from typing import Any

import traitlets

from widgets import wire
from widgets.assets import loader
from widgets.deeds import DoingPanel, wrote
from widgets.emoji import emoji
from widgets.live import News
from widgets.mail import MailPage
from widgets.panel import Bytes, Did, answers
from workspace.client import Messages
from workspace.client.as_code import python_of_call, sql_of_messages
from workspace.errors import InvalidRequest, NotFound
from workspace.models import Conversation, Message

PAGE = 50


class ConversationView(DoingPanel):
    """Messages and options of the conversation `conversation_id` ("" shows none)."""

    _esm = loader("conversation_view")

    conversation_id = traitlets.Unicode("").tag(sync=True)

    def __init__(self, ws: Any, **traits: Any) -> None:
        self._mails: dict[str, Message] = {}
        self._opened = ""
        self._turn = threading.RLock()
        super().__init__(ws, **traits)

    @answers("open")
    def _open(self, conversation_id: str, target: str = "") -> dict[str, Any] | None:
        """The newest messages; with `target` those around this message, if it is still there."""
        if conversation_id != self._opened:  # or another view of this panel still shows them
            self._mails.clear()
        self._opened = conversation_id
        if not conversation_id:
            return None
        return self._around(conversation_id, target) if target else self._newest(conversation_id)

    @answers("page")
    def _next_page(
        self,
        conversation_id: str,
        before: str | None = None,
        after: str | None = None,
        around: str | None = None,
    ) -> dict[str, Any]:
        return self._page(
            self.ws.messages(conversation_id, before, PAGE, after=after, around=around)
        )

    @answers("file", files=True)
    def _file(self, attachment_id: str) -> Bytes:
        return Bytes(self.ws.attachment(attachment_id))

    @answers("react")
    def _react(self, message_id: str, emoji: str) -> Did:
        """An emoji to a message; "" takes it back."""
        message = self.ws.react(message_id, emoji)
        python = python_of_call("react", message.id, emoji)
        return wrote(self.ws, wire.message(message), python, sql_of_messages(message))

    @answers("emoji", slow=True)
    def _emoji(self) -> list[dict[str, Any]]:
        return emoji()

    @answers("fetch")
    def _fetch(self, attachment_id: str) -> Did:
        """Try again to get a file that could not be fetched."""
        self.ws.fetch_again(attachment_id)
        return wrote(self.ws, None, python_of_call("fetch_again", int(attachment_id)))

    @answers("mail", files=True)
    def _mail(self, message_id: str, images: bool) -> Bytes:
        """The page to put into a sandboxed frame; `blocked` counts images of the web left out."""
        message = self._mails.get(message_id)
        if message is None:
            raise NotFound("This mail is no longer loaded; open the conversation again.")
        page = MailPage(message, self.ws.attachment, images=images)
        return Bytes(page.html.encode(), blocked=page.blocked)

    @answers("seen")
    def _seen(self, conversation_id: str, upto: str) -> None:
        self.ws.mark_read(conversation_id, upto=upto)

    @answers("deliver")
    def _deliver(self, conversation_id: str, message_id: str, verb: str) -> Did:
        """Undo of a send, Retry, and what to make of a message that is not confirmed."""
        verb = "send_again" if verb == "retry" else verb
        match verb:
            case "cancel":
                message = self.ws.cancel(message_id)
            case "send_again":
                message = self.ws.send_again(message_id)
            case "mark_sent":
                message = self.ws.mark_sent(message_id)
            case _:
                raise InvalidRequest("This can't be done to a message.")
        kept = verb == "cancel" and self._keep(conversation_id, message)
        self._refresh(conversation_id)
        told = {**wire.message(message), "kept": kept}
        return wrote(self.ws, told, python_of_call(verb, message.id), sql_of_messages(message))

    def _keep(self, conversation_id: str, message: Message) -> bool:
        """As the operator's draft, unless there is one: not every inbox has a composer."""
        if message.template or self.ws.draft(conversation_id) is not None:
            return False
        self.ws.save_draft(
            conversation_id,
            message.text,
            uploads=message.attachments,
            reply_to=message.reply_to,
        )
        return True

    def changed(self, news: News) -> None:
        if news.touches(self.conversation_id):
            self._refresh(self.conversation_id)

    def _refresh_now(self) -> None:
        if self.conversation_id:
            self._refresh(self.conversation_id)

    def _refresh(self, conversation_id: str) -> None:
        if conversation_id != self.conversation_id:
            return
        try:
            with self._turn:  # what was read first is told first
                self.push("refresh", self._newest(conversation_id))
        except NotFound:
            if conversation_id == self.conversation_id:  # or another one was opened meanwhile
                self.conversation_id = ""
            self.push("gone", conversation_id)

    def _newest(self, conversation_id: str) -> dict[str, Any]:
        head = self._head(conversation_id)
        return {**head, **self._page(self.ws.messages(conversation_id, limit=PAGE))}

    def _around(self, conversation_id: str, target: str) -> dict[str, Any]:
        """`latest` is the newest message there is: what comes later is new."""
        try:
            page = self.ws.messages(conversation_id, around=target, limit=PAGE)
        except NotFound:  # of the conversation, or of the message alone
            return self._newest(conversation_id)
        [latest] = self.ws.messages(conversation_id, limit=1)
        return {**self._head(conversation_id), **self._page(page), "latest": str(latest.id)}

    def _head(self, conversation_id: str) -> dict[str, Any]:
        conversation = self.ws.conversation(conversation_id)
        if str(conversation.id) != conversation_id == self.conversation_id:
            # Its thread was joined to another one, which answers to the old id, too.
            self.conversation_id = str(conversation.id)
        info = self.ws.info()
        return {
            "conversation": wire.conversation(conversation),
            "me": self.ws.actor.name,
            "agent": info.agent,
            "scope": info.folder,
            "takes": self._takes(conversation),
            "now": datetime.now(UTC).isoformat(),
        }

    def _takes(self, conversation: Conversation) -> dict[str, bool]:
        """What the channel lets one do with a message."""
        channels = {channel.id: channel.capabilities for channel in self.live.channels(self.ws)}
        can = channels.get(conversation.channel_id)
        return {"quotes": bool(can and can.quotes), "reactions": bool(can and can.reactions)}

    def _page(self, page: Messages) -> dict[str, Any]:
        self._mails |= {str(m.id): m for m in page if m.html}
        return {
            "messages": [wire.message(message) for message in page],
            "events": [wire.event(event) for event in page.events],
            "more": page.more,
            "newer": page.newer,
        }
