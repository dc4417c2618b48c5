"""The verbs on what was written, and on what is not sent yet or never will be."""

from collections.abc import Iterable

from workspace.client.arguments import Id, as_json, checked_text, id_of
from workspace.client.transport import Call, Transport
from workspace.models import Attachment, CannedReply, Message, SavedDraft, Upload


class Writing:
    """A part of `Workspace`."""

    _transport: Transport

    # --- a message that was written ---------------------------------------------------------------

    def cancel(self, message: Id, *, key: str | None = None) -> Message:
        """Undo of a send: take the message back. Raises TooLate once it left.

        Gives its text, and its files, which are uploads again: they may go with another message.
        """
        return self._decide("cancel", message, key)

    def send_again(self, message: Id, *, key: str | None = None) -> Message:
        """Retry a message that failed, or send one again that is not confirmed; as of now.

        Raises CannotSend, Conflict for a message in any other state.
        """
        return self._decide("send_again", message, key)

    def mark_sent(self, message: Id, *, key: str | None = None) -> Message:
        """Settle a message that is not confirmed: you know that the customer has it.

        Raises Conflict for a message in any other state.
        """
        return self._decide("mark_sent", message, key)

    def _decide(self, verb: str, message: Id, key: str | None) -> Message:
        path = f"/v1/messages/{id_of(message)}/{verb}"
        decided: Message = self._transport.write(Message, path, None, key)
        return decided

    def react(self, message: Id, emoji: str, *, key: str | None = None) -> Message:
        """Put an emoji to a customer's message, in the place of yours before; "" takes it back.

        Its `reactions` tell how the sending stands. The same emoji once more is sent again only
        where it failed or is not confirmed. Raises CannotSend, InvalidRequest for what is no emoji.
        """
        path = f"/v1/messages/{id_of(message)}/reaction"
        reacted: Message = self._transport.write(Message, path, {"emoji": emoji}, key)
        return reacted

    def note(self, id: Id, text: str, *, key: str | None = None) -> Message:
        """Write an internal note. It is never sent and changes neither status nor unread.

        Raises InvalidRequest for an empty one, TooLarge.
        """
        path, body = f"/v1/conversations/{id_of(id)}/notes", {"text": checked_text(text)}
        written: Message = self._transport.write(Message, path, body, key)
        return written

    def typing(self, id: Id) -> None:
        """Show the customer for a while that you are typing, where the channel does so
        (`Capabilities.typing`) and the conversation is read. Best effort: nothing tells whether it
        was shown.
        """
        self._transport.send(Call("POST", f"/v1/conversations/{id_of(id)}/typing"))

    # --- drafts -----------------------------------------------------------------------------------

    def draft(self, id: Id) -> SavedDraft | None:
        """What you have begun to write in a conversation; None: nothing."""
        call = Call("GET", _draft_of(id), headers=self._transport.signed(None))
        found: SavedDraft | None = self._transport.call(SavedDraft | None, call)
        return found

    def save_draft(
        self,
        id: Id,
        text: str,
        note: bool = False,
        uploads: Iterable[Upload | Attachment | Id] = (),
        reply_to: Id | None = None,
    ) -> SavedDraft | None:
        """Keep what you have begun to write, in the place of what was kept before.

        `uploads` are what `upload` or `cancel` gave, or their ids; they are kept with the draft for
        30 days. `reply_to` is the message it quotes. An empty draft is forgotten. Raises TooLarge,
        Conflict for a file that was sent.
        """
        files = [
            str(file.id if isinstance(file, Upload | Attachment) else id_of(file))
            for file in uploads
        ]
        body = {
            "text": checked_text(text),
            "note": note,
            "uploads": files,
            "reply_to": as_json(reply_to),
        }
        kept: SavedDraft | None = self._transport.put(SavedDraft | None, _draft_of(id), body)
        return kept

    # --- canned replies ---------------------------------------------------------------------------

    def canned_replies(self) -> list[CannedReply]:
        """The texts kept for many answers, by shortcut; see `rules.fill` for their variables."""
        found: list[CannedReply] = self._transport.get(list[CannedReply], "/v1/canned_replies")
        return found

    def save_canned_reply(self, shortcut: str, text: str) -> CannedReply:
        """Keep a text under a shortcut, in the place of what it stood for before.

        `text` may hold {{name}}, {{first_name}}, {{operator}}, {{channel}} and {{subject}}. Raises
        InvalidRequest, TooLarge.
        """
        body = {"shortcut": shortcut, "text": checked_text(text)}
        kept: CannedReply = self._transport.put(CannedReply, "/v1/canned_replies", body)
        return kept

    def delete_canned_reply(self, shortcut: str, *, key: str | None = None) -> None:
        """Forget a canned reply. Raises NotFound."""
        self._transport.delete("/v1/canned_replies", key, shortcut=shortcut)


def _draft_of(id: Id) -> str:
    return f"/v1/conversations/{id_of(id)}/draft"
