"""`Workspace`: every verb of the product, as Python calls."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Self

from pydantic import TypeAdapter, ValidationError

from workspace import process
from workspace.client.arguments import Id, as_json, checked_text, id_of
from workspace.client.contacts import ContactCalls
from workspace.client.filters import as_asked
from workspace.client.listing import Listing
from workspace.client.pages import Channels, Messages
from workspace.client.results import Result
from workspace.client.templates import TemplateCalls
from workspace.client.transport import ENDLESS, Call, Transport, current_operator
from workspace.client.watch import Watch
from workspace.client.writing import Writing
from workspace.errors import InvalidRequest, TooLarge
from workspace.models import (
    Actor,
    Attachment,
    Change,
    Channel,
    Check,
    Conversation,
    HubInfo,
    Message,
    MessagePage,
    Replayed,
    TemplateChoice,
    Upload,
)
from workspace.settings import MAX_UPLOAD

File = str | os.PathLike[str] | tuple[str, bytes] | Upload | Attachment
"""A path, a name with bytes, or what `upload` or `cancel` gave."""
Choice = TemplateChoice | Mapping[str, Any]
"""A template with its values; a mapping has the fields of `TemplateChoice`."""


def connect(
    folder_or_url: str | os.PathLike[str] | None = None, *, actor: Actor | None = None
) -> "Workspace":
    """The workspace in a folder, its hub started if none runs; or the hub at a URL ($CONVO_TOKEN).

    Without an argument: $CONVO_DATA, else data/main if it exists, else data/demo. `actor` is who
    acts: by default the operator of this session (JupyterHub user, else OS user). Raises
    ConfigError, HubUnavailable, HubVersionError, Unauthorized.
    """
    location = process.resolve(folder_or_url)
    return Workspace(Transport(location, actor or current_operator()))


class Workspace(Listing, ContactCalls, TemplateCalls, Writing):
    """A client of one hub. Safe to use from many threads.

    Ids may be given as int or str; a verb takes one or many. Each write carries an idempotency key:
    made here and kept over this client's own retries, or `key`, to make a rerun of yours harmless.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._watches: list[Watch] = []

    @property
    def actor(self) -> Actor:
        """Who acts through this client."""
        return self._transport.actor

    # --- reading ----------------------------------------------------------------------------------

    def conversation(self, id: Id) -> Conversation:
        """Raises NotFound."""
        found: Conversation = self._transport.get(Conversation, f"/v1/conversations/{id_of(id)}")
        return found

    def messages(
        self,
        id: Id,
        before: Id | None = None,
        limit: int = 50,
        *,
        after: Id | None = None,
        around: Id | None = None,
    ) -> Messages:
        """The newest messages of a conversation; or those older than the message `before`, newer
        than `after`, or with `around` in their middle.
        """
        asked = {"before": before, "after": after, "around": around}
        places = {name: id_of(place) for name, place in asked.items() if place is not None}
        path = f"/v1/conversations/{id_of(id)}/messages"
        page: MessagePage = self._transport.get(MessagePage, path, **places, limit=limit)
        return Messages(page)

    def attachment(self, id: Id) -> bytes:
        """The bytes of a file. Raises NotFound."""
        return self._transport.send(Call("GET", f"/v1/attachments/{id_of(id)}")).content

    def fetch_again(self, attachment: Id) -> None:
        """Fetch a file from its provider that could not be fetched before (`Attachment.missing`).

        Returns at once; the file comes soon after, if it comes. Raises NotFound where there is
        nothing to fetch.
        """
        self._transport.send(Call("POST", f"/v1/attachments/{id_of(attachment)}/fetch"))

    def channels(self) -> Channels:
        return Channels(self._transport.get(list[Channel], "/v1/channels"))

    def find_conversation(self, channel: Id, address: str) -> Conversation | None:
        """The conversation with this address; None: there is none yet.

        Also None where each new message opens a thread of its own, as mail does. Raises
        InvalidRequest for the address.
        """
        path = f"/v1/channels/{id_of(channel)}/conversation"
        found: Conversation | None = self._transport.get(Conversation | None, path, address=address)
        return found

    def sql(self, query: str, params: Sequence[Any] = ()) -> Result:
        """Run one SELECT over the `v1` views; `params` fill $1, $2, ...

        Raises QueryRefused, QueryFailed, QueryLimit.
        """
        body = {"query": query, "params": [_json(value) for value in params]}
        return Result(self._transport.send(Call("POST", "/v1/sql", body=body), stream=True))

    # --- writing ----------------------------------------------------------------------------------

    def send(
        self,
        id: Id,
        text: str = "",
        files: Iterable[File] = (),
        *,
        template: Choice | None = None,
        seen: Id | None = None,
        reply_to: Id | None = None,
        key: str | None = None,
    ) -> Message:
        """Queue a message; its `delivery_status` tells the rest. Raises CannotSend, TooLarge.

        `reply_to` is a message of the conversation that this one quotes, where the channel can
        (`Capabilities.quotes`); mail continues its thread without.

        A `template` goes alone, without text and files; a file for its header is one of its own
        fields, as an upload. `seen` is the message with the greatest id that you saw: where
        somebody else has answered after it, this raises AnsweredMeanwhile and sends nothing. Until
        `undo_until`, `cancel` takes the message back. With a `key` of yours give `files` as
        uploads: a file uploaded again is another request.
        """
        body = {
            "text": checked_text(text),
            "uploads": self._uploads(files, id),
            "seen": as_json(seen),
            "reply_to": as_json(reply_to),
            **_chosen(template),
        }
        path = f"/v1/conversations/{id_of(id)}/messages"
        sent: Message = self._transport.write(Message, path, body, key)
        return sent

    def start_conversation(
        self,
        channel: Id,
        address: str,
        name: str = "",
        text: str = "",
        subject: str = "",
        files: Iterable[File] = (),
        *,
        template: Choice | None = None,
        key: str | None = None,
    ) -> Conversation:
        """Write to somebody first; gives the existing conversation where there can be only one.

        Where the channel takes nothing else (`can_start` is template_only), with a `template`.

        Raises CannotStart, CannotSend, InvalidRequest.
        """
        body = {
            "channel": str(id_of(channel)),
            "address": address,
            "name": name,
            "text": checked_text(text),
            "subject": subject,
            "uploads": self._uploads(files),
            **_chosen(template),
        }
        made: Conversation = self._transport.write(Conversation, "/v1/conversations", body, key)
        return made

    def upload(self, name: str, data: bytes | BinaryIO, conversation: Id | None = None) -> Upload:
        """Store a file, to attach it to one message. Raises TooLarge.

        An open file, which must be seekable, is sent as it is read and never held in memory. With
        the `conversation` that it is meant for it is deleted, though it was never sent.
        """
        _fits(name, len(data) if isinstance(data, bytes) else data.seek(0, os.SEEK_END))
        signed = self._transport.signed(None)
        params = {"name": name}
        if conversation is not None:
            params["conversation"] = str(id_of(conversation))
        call = Call("POST", "/v1/uploads", params, content=data, headers=signed)
        stored: Upload = self._transport.call(Upload, call)
        return stored

    def _uploads(self, files: Iterable[File], conversation: Id | None = None) -> list[str]:
        return [str(self._upload(file, conversation).id) for file in files]

    def _upload(self, file: File, conversation: Id | None) -> Upload | Attachment:
        if isinstance(file, Upload | Attachment):
            return file
        if isinstance(file, tuple):
            return self.upload(*file, conversation)
        path = Path(file)
        with path.open("rb") as opened:
            return self.upload(path.name, opened, conversation)

    # --- channels ---------------------------------------------------------------------------------

    def add_channel(
        self, kind: str, name: str = "", options: Mapping[str, Any] | None = None
    ) -> Channel:
        """Connect an account. `options` name secrets (env:NAME, secret:NAME), they never hold one.

        Raises ConfigError naming the option.
        """
        body = {"kind": kind, "name": name, "options": dict(options or {})}
        call = Call("POST", "/v1/channels", body=body, repeatable=False)
        added: Channel = self._transport.call(Channel, call)
        return added

    def test_channel(self, channel: Id, options: Mapping[str, Any] | None = None) -> list[Check]:
        """Try a channel; or, with `options`, a kind of channel that is not kept."""
        if options is None:
            call = Call("POST", f"/v1/channels/{id_of(channel)}/test")
        else:
            body = {"kind": str(channel), "options": dict(options)}
            call = Call("POST", "/v1/channels/test", body=body)
        checks: list[Check] = self._transport.call(list[Check], call)
        return checks

    def remove_channel(self, channel: Id, *, key: str | None = None) -> None:
        """Disconnect an account; its conversations stay readable. Raises NotFound."""
        path, signed = f"/v1/channels/{id_of(channel)}", self._transport.signed(key)
        self._transport.send(Call("DELETE", path, headers=signed, timeout=ENDLESS))

    def replay(
        self,
        channel: Id,
        since: str | date | None = None,
        until: str | date | None = None,
        zone: str | None = None,
        *,
        progress: Callable[[int, int], object] = lambda done, total: None,
    ) -> Replayed:
        """Run what a channel has received through its parser again, after a fix of the parser.

        `since` and `until` are of when it was received, as in `conversations`; all by default.
        Messages that were missing come in, others are amended, and what was set aside because it
        could not be read is tried. Doing it twice changes nothing more; nothing is sent, no status
        moves backwards, and nobody who was erased comes back. `progress` is told payloads done and
        in all after each portion. Raises NotFound.
        """
        asked = as_asked({"since": since, "until": until, "zone": zone})
        path = f"/v1/channels/{id_of(channel)}"
        total: int = self._transport.get(int, f"{path}/payloads", **asked)
        done, after = Replayed(), 0
        while True:
            call = Call("POST", f"{path}/replay", body={**asked, "after": after}, timeout=ENDLESS)
            part: Replayed = self._transport.call(Replayed, call)
            done = _together(done, part)
            progress(done.payloads, max(total, done.payloads))
            if part.after is None:
                return done
            after = part.after

    # --- the hub ----------------------------------------------------------------------------------

    def watch(
        self,
        callback: Callable[[Change], None],
        on_state: Callable[[str], None] | None = None,
        *,
        wait: bool = True,
    ) -> Watch:
        """Call back after each change from now on, from another thread, until `.stop()`.

        Changes name what changed and carry no content. `on_state` hears "live" and "reconnecting".
        With `wait` false it returns at once and starts no hub: "live" tells from when on.
        """
        if wait:
            self.info()  # starts the hub if need be, which watching alone does not
        watch = Watch(self._transport, callback, on_state, wait=wait)
        self._watches = [watch, *(old for old in self._watches if old.state != "stopped")]
        return watch

    def revive(self) -> None:
        """Start this machine's hub again if it died; one that somebody stopped stays so.

        Any other call starts it, too, whatever it ended by. Raises HubUnavailable.
        """
        self._transport.revive()

    def info(self) -> HubInfo:
        told: HubInfo = self._transport.get(HubInfo, "/v1/info")
        return told

    def doctor(self) -> list[Check]:
        """What is well and what is not, in words."""
        checks: list[Check] = self._transport.get(list[Check], "/v1/doctor")
        return checks

    def load_demo(self, size: int = 400, seed: int = 1) -> None:
        """Fill a demo folder with invented conversations. Raises Conflict for any other folder."""
        body = {"size": size, "seed": seed}
        call = Call("POST", "/v1/demo", body=body, repeatable=False, timeout=ENDLESS)
        self._transport.send(call)

    def stop_hub(self) -> None:
        """Stop the hub gracefully, for everybody. The next call starts a local one again."""
        if paths := self._transport.location.paths:
            process.stop(paths)
        else:
            self._transport.send(Call("POST", "/v1/stop", repeatable=False))

    def close(self) -> None:
        """End watches and connections; the hub goes on."""
        for watch in self._watches:
            watch.stop()
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Workspace {self._transport.location}>"


def _json(value: Any) -> Any:
    """A SQL parameter as JSON carries it; DuckDB casts the text of a date back."""
    return value.isoformat() if isinstance(value, date) else value


def _chosen(template: Choice | None) -> dict[str, Any]:
    """What a template adds to a request. Raises InvalidRequest."""
    if template is None:
        return {}
    try:
        choice = _choice.validate_python(
            template if isinstance(template, TemplateChoice) else dict(template)
        )
    except (ValidationError, TypeError, ValueError):
        raise InvalidRequest(
            "A template is given by its name, language and values, all of them texts, and the id "
            "of an upload as its header."
        ) from None
    return {"template": _choice.dump_python(choice, mode="json")}


_choice = TypeAdapter(TemplateChoice)


def _together(one: Replayed, other: Replayed) -> Replayed:
    counts = [each.name for each in fields(Replayed) if each.name != "after"]
    return Replayed(**{name: getattr(one, name) + getattr(other, name) for name in counts})


def _fits(name: str, size: int) -> None:
    if size > MAX_UPLOAD:
        raise TooLarge(
            f"{name} has {size:,} bytes; the hub takes at most {MAX_UPLOAD:,}.", limit=MAX_UPLOAD
        )
