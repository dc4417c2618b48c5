"""What Meta's Cloud API does, as far as a business can tell: a pure model with a clock of its own.

Nothing here talks to a network. `Cloud.post` and `Cloud.get` answer requests, and what is to be
told by webhook waits in `Cloud.due` until its time. Judged by the same specification and peers as
the channel that talks to it.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.models import Template
from workspace.testing.cloud import listing, requests
from workspace.testing.cloud.records import (
    Account,
    Customer,
    Fields,
    File,
    Hook,
    Sent,
    Written,
)
from workspace.testing.cloud.refusals import Refused, error_of
from workspace.testing.cloud.requests import Wanted

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WINDOW = timedelta(hours=24)
PAIR = timedelta(seconds=6)
"""Between two messages to one customer, after a burst of `BURST`."""
BURST = 45
THROUGHPUT = 80
"""Messages of one number a second, in and out together."""
MEDIA_LIVES = timedelta(days=30)
ADDRESS_LIVES = timedelta(minutes=5)
"""Of a file; it is given anew to who asks."""
TOLD_AGAIN = timedelta(seconds=10)
"""After which a payload that was not acknowledged is posted again; doubled at each further try."""

Answer = tuple[int, Fields]


class Cloud:
    """`refuse` maps numbers or ids of customers to error codes: what becomes of messages
    to them after acceptance, whichever of their names is used.
    """

    def __init__(self, account: Account | None = None) -> None:
        self.account = account or Account()
        self.now = START
        self.sent: dict[str, Sent] = {}
        self.written: dict[str, Written] = {}
        """What customers wrote, by the id of the message."""
        self.files: dict[str, File] = {}
        self.templates: list[Template] = list(map(listing.made, CATALOGUE))
        self.refuse: dict[str, int] = {}
        self.stopped: set[str] = set()
        """Numbers and ids of customers who want no marketing messages."""
        self.silent: set[str] = set()
        """Numbers or ids of customers messages to whom are accepted, but a gateway gives up before
        the answer.
        """
        self.seen: list[tuple[str, bool]] = []
        """Messages of customers that were marked as read, and whether with a typing indicator."""
        self.reactions: dict[str, str] = {}
        """The last that was sent to a message, by its id; empty: taken back."""
        self.due: list[Hook] = []
        self._wrote: dict[str, datetime] = {}
        self._recent: dict[str, deque[datetime]] = {}
        """When the last messages to each customer were accepted, by their address."""
        self._traffic: deque[datetime] = deque(maxlen=THROUGHPUT)
        self._customers: dict[str, Customer] = {}
        self._numbers = count(1)

    def advance(self, by: timedelta) -> None:
        self.now += by

    def _id(self, kind: str) -> str:
        digest = hashlib.sha256(f"{kind} {next(self._numbers)}".encode()).hexdigest()
        return f"wamid.{digest[:40].upper()}" if kind == "wamid" else str(int(digest[:12], 16))

    # --- customers ------------------------------------------------------------------------------

    def writes(self, customer: Customer, text: str = "", **more: Any) -> str:
        """The customer writes now, which opens the window unless it is a reaction; the id of the
        message.
        """
        id = self._id("wamid")
        said = {"type": "text", "text": {"body": text}} if text else {}
        who = {"from": customer.wa_id} if customer.wa_id else {"from_user_id": customer.user_id}
        message = {**who, "id": id, "timestamp": self._stamp(), **said, **more}
        self._remember(customer, wrote=more.get("type") != "reaction")
        self._traffic.append(self.now)
        self.written[id] = Written(customer, text, self.now)
        self._tell(messages=[message], contacts=[customer.contact])
        return id

    def sends_file(self, customer: Customer, kind: str, mime: str, data: bytes, **more: str) -> str:
        """The customer sends a photo, a voice message, ...; the id of the message."""
        media = self.keep(mime, data)
        about = {"id": media, "mime_type": mime, "sha256": hashlib.sha256(data).hexdigest(), **more}
        said: Fields = {"type": kind, kind: about}
        return self.writes(customer, **said)

    def chooses(self, customer: Customer, *, stopped: bool) -> None:
        """The customer stops marketing messages of the business, or resumes them."""
        names = customer.names
        self.stopped = self.stopped | names if stopped else self.stopped - names
        what = "stop" if stopped else "resume"
        choice = {
            **{key: value for key, value in customer.contact.items() if key != "profile"},
            "detail": f"User requested to {what} marketing messages",
            "category": "marketing_messages",
            "value": what,
            "timestamp": int(self.now.timestamp()),
        }
        about = self._about(contacts=[customer.contact], user_preferences=[choice])
        self._hook("user_preferences", about)

    def _remember(self, customer: Customer, *, wrote: bool) -> None:
        for name in customer.names:
            self._customers[name] = customer
            if wrote:
                self._wrote[name] = self.now

    def _names(self, to: str) -> frozenset[str]:
        """All names of whom a message goes to, as far as they were told."""
        known = self._customers.get(to)
        return known.names if known else frozenset({to})

    def _address(self, to: str) -> str:
        """What stands for a customer, whichever of their names is used."""
        known = self._customers.get(to)
        return known.address if known else to

    def _is_of(self, id: str, to: str) -> bool:
        """Whether a message is one of the conversation with a customer."""
        written, sent = self.written.get(id), self.sent.get(id)
        other = written.customer.address if written else sent.to if sent else ""
        return other != "" and self._address(other) == self._address(to)

    def window_open(self, to: str) -> bool:
        wrote = self._wrote.get(to)
        return wrote is not None and self.now < wrote + WINDOW

    # --- receipts -------------------------------------------------------------------------------

    def receipt(self, id: str, status: str, after: timedelta = timedelta(), code: int = 0) -> None:
        """Tell what became of a message, some time from now."""
        message = self.sent[id]
        told: Fields = {
            "id": id,
            "status": status,
            "timestamp": str(int((self.now + after).timestamp())),
            "recipient_id": message.to,
        }
        if "biz_opaque_callback_data" in message.body:
            told["biz_opaque_callback_data"] = message.body["biz_opaque_callback_data"]
        if code:
            told["errors"] = [error_of(code)]
        message.status, message.code = status, code
        to = self._customers.get(message.to) or Customer(message.to)
        self._tell(after, statuses=[told], contacts=[to.contact])

    def _tell(self, after: timedelta = timedelta(), **lists: Any) -> None:
        self._hook("messages", self._about(**lists), after)

    def _about(self, **lists: Any) -> Fields:
        return {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self.account.number,
                "phone_number_id": self.account.phone_number_id,
            },
            **lists,
        }

    def _hook(self, name: str, value: Fields, after: timedelta = timedelta()) -> None:
        entry = {
            "id": self.account.business_account_id,
            "time": int(self.now.timestamp()),
            "changes": [{"field": name, "value": value}],
        }
        content = {"object": "whatsapp_business_account", "entry": [entry]}
        self.due.append(Hook(self.now + after, content))

    def take_due(self) -> list[Fields]:
        """The payloads whose time has come, in their order."""
        return [hook.content for hook in self.take_hooks()]

    def take_hooks(self) -> list[Hook]:
        """The same, each for `again` where the business does not acknowledge it."""
        ready = sorted((h for h in self.due if h.due <= self.now), key=lambda hook: hook.due)
        self.due = [hook for hook in self.due if hook.due > self.now]
        return ready

    def again(self, hook: Hook) -> None:
        """It was not acknowledged: it is due once more, after an ever longer wait."""
        due = self.now + TOLD_AGAIN * 2**hook.tries
        self.due.append(replace(hook, due=due, tries=hook.tries + 1))

    def _stamp(self) -> str:
        return str(int(self.now.timestamp()))

    # --- templates ------------------------------------------------------------------------------

    def edit(self, name: str, language: str, **changes: Any) -> None:
        """Change a template's parts, and tell that something did."""
        self._replace(name, language, lambda each: replace(each, **changes))
        about = listing.named(name, language) | {"message_template_element": ", ".join(changes)}
        self._hook("message_template_components_update", about)

    def rate(self, name: str, language: str, quality: str) -> None:
        """How customers take a template from now on: GREEN, YELLOW or RED."""
        wanted = (name, language)
        before = next(t.quality for t in self.templates if (t.name, t.language) == wanted)
        self._replace(name, language, lambda each: replace(each, quality=quality))
        scores = {
            "previous_quality_score": before or "UNKNOWN",
            "new_quality_score": quality or "UNKNOWN",
        }
        about = listing.named(name, language) | scores
        self._hook("message_template_quality_update", about)

    def _replace(self, name: str, language: str, change: Callable[[Template], Template]) -> None:
        wanted = (name, language)
        self.templates = [
            change(each) if (each.name, each.language) == wanted else each
            for each in self.templates
        ]

    def review(self, name: str, language: str, status: str, reason: str = "NONE") -> None:
        """Decide anew about a template, and tell so."""
        self._replace(name, language, lambda each: listing.reviewed(each, status, reason))
        about = {"event": status, **listing.named(name, language), "reason": reason}
        self._hook("message_template_status_update", about)

    # --- the API --------------------------------------------------------------------------------

    def send(self, body: Any) -> Answer:
        """POST to messages."""
        try:
            if isinstance(body, dict) and body.get("status") == "read":
                requests.check_seen(body)
                _check_known(body["message_id"] in self.written)
                self.seen.append((body["message_id"], "typing_indicator" in body))
                return 200, {"success": True}
            wanted = requests.read(body, self.templates, self.file)
            _check_known(not wanted.quotes or self._is_of(wanted.quotes, wanted.to))
            self._allow(wanted)
        except Refused as refused:
            return refused.answer
        return 200, self._accept(wanted, body)

    def loses_answer(self, body: Fields) -> bool:
        """Whether a gateway gives up before the answer to this message, which was accepted."""
        return not self.silent.isdisjoint(self._names(requests.addressee(body)))

    def _allow(self, wanted: Wanted) -> None:
        """Whether the window is open does not matter here: that is told later; see `_accept`."""
        if _crowded(self._traffic, self.now - timedelta(seconds=1)):
            raise Refused(130429)
        if _crowded(self._to(wanted), self.now - PAIR * BURST):
            raise Refused(131056)

    def _to(self, wanted: Wanted) -> deque[datetime]:
        return self._recent.setdefault(self._address(wanted.to), deque(maxlen=BURST))

    def _accept(self, wanted: Wanted, body: Fields) -> Fields:
        id = self._id("wamid")
        self.sent[id] = Sent(id, wanted.to, self.now, dict(body))
        self._to(wanted).append(self.now)
        self._traffic.append(self.now)
        steps: tuple[str, ...] = ("sent", "delivered")
        if wanted.reacts_to:  # of which no more is told
            self.reactions[wanted.reacts_to] = body["reaction"]["emoji"]
            steps = ("sent",)
        if code := self._trouble(wanted):
            self.receipt(id, "failed", timedelta(seconds=2), code)
        else:
            for n, status in enumerate(steps, 1):
                self.receipt(id, status, timedelta(seconds=n))
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": wanted.to, "wa_id": wanted.to.lstrip("+")}],
            "messages": [{"id": id, "message_status": "accepted"}],
        }

    def _trouble(self, wanted: Wanted) -> int:
        """The code of why a message will fail though it was accepted; 0: it will not."""
        names = self._names(wanted.to)
        if code := next((self.refuse[name] for name in names if name in self.refuse), 0):
            return code
        if wanted.marketing and not self.stopped.isdisjoint(names):
            return 131050
        if not wanted.template and not self.window_open(wanted.to):
            return 131047
        # Meta takes a reaction to any message, and tells later that there is none.
        return 131009 if wanted.reacts_to and not self._is_of(wanted.reacts_to, wanted.to) else 0

    def keep(self, mime: str, data: bytes) -> str:
        """A file, uploaded by the business or sent by a customer; its id."""
        id = self._id("media")
        self.files[id] = File(mime, data, self.now + MEDIA_LIVES)
        return id

    def file(self, id: str) -> File | None:
        """A file that is still kept."""
        file = self.files.get(id)
        return file if file and self.now < file.until else None

    def download(self, id: str, until: int) -> File | None:
        """What is at an address that serves until an instant, in seconds since 1970."""
        return self.file(id) if self.now.timestamp() < until else None

    def about_file(self, id: str, place: str) -> Answer:
        """`place`: its address, without how long that serves."""
        file = self.file(id)
        if file is None:
            return Refused(100, 400, subcode=33).answer
        until = int((self.now + ADDRESS_LIVES).timestamp())
        return 200, {
            "messaging_product": "whatsapp",
            "id": id,
            "url": f"{place}?ext={until}",
            "mime_type": file.mime,
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "file_size": len(file.data),
        }

    def list_templates(self, at: int, limit: int, fields: Collection[str] = ()) -> Fields:
        limit = max(1, min(limit, 100))
        return listing.page(self.templates, at, limit, fields, self.now)

    def accepted(self, key: str) -> int:
        """How often a message of this name was accepted; more than once is a duplicate."""
        keys = (each.body.get("biz_opaque_callback_data") for each in self.sent.values())
        return sum(each == key for each in keys)


def _check_known(known: bool) -> None:
    if not known:
        raise Refused(131009, details="The message id is not known.")


def _crowded(times: deque[datetime], since: datetime) -> bool:
    """Whether as many as there may be were after `since`; those before it are forgotten."""
    while times and times[0] <= since:
        times.popleft()
    return len(times) == times.maxlen
