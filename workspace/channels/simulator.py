"""The simulated channel: the demo, the sandbox and the test bed. No account, no network.

It plays WhatsApp, Instagram, Telegram, SMS or mail, with their limits. Its customers write by
themselves, answer what one sends, and things go wrong as often as one wishes. What happens is a
pure function of seed, anchor and what was sent; the record at `state_path` keeps the sends and the
clock, so that a killed hub finds the provider as it left it.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as StopEvent
from typing import Any

from workspace import rules
from workspace.channels.base import (
    Event,
    Failure,
    Meta,
    Outbound,
    Payload,
    React,
    Request,
    Response,
    Seen,
    SendFailed,
    Sent,
)
from workspace.channels.simulated import faults, live, options, payloads
from workspace.channels.simulated.history import World
from workspace.channels.simulated.live import Happening, Send
from workspace.channels.simulated.options import Options
from workspace.channels.simulated.payloads import Fields
from workspace.channels.simulated.record import Record, said
from workspace.channels.simulated.schedule import Schedule, place
from workspace.channels.simulated.templates import Templates
from workspace.models import Address, Check, FailureKind, StartRule, Template
from workspace.settings import Secrets

_START = datetime(1970, 1, 1, tzinfo=UTC)
_SLICE = 0.5
"""Seconds `run` waits at most before it looks at its stop event again."""
_BATCH = 500
_RESERVED = 100
"""Names reserved at a time, so that a new one seldom needs the disk."""
_NAP = timedelta(seconds=60)
"""Customers who should have written longer ago than this, while nobody ran the hub, did not."""


class Simulator:
    """A `Channel`. `clock` is the machine's; tests may give another."""

    def __init__(
        self,
        configured: Mapping[str, Any],
        state_path: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises ConfigError."""
        self.options: Options = options.read(configured)
        self.capabilities = self.options.capabilities
        self._clock = clock
        self._changed = threading.Condition(threading.RLock())
        self._closing = threading.Event()
        self._schedule: Schedule | None = None
        self._quiet = False
        self._numbers: dict[Address, int] | None = None
        self._names: range = range(0)
        self._record = Record(state_path)
        self._templates = Templates(self._record)
        with self._changed, self._record.transaction():
            anchor = self._open_clock()
        self.world = World(self.options.seed, anchor, self.options.plays, self.options.customers)
        self._match_pace()

    # --- the clock ------------------------------------------------------------------------------

    def _open_clock(self) -> datetime:
        """The anchor; where the clock stands is kept from the first opening on."""
        anchor = self._record.time("anchor")
        if anchor is None:
            anchor = self.options.anchor or self._clock()
            offset = anchor - self._clock() if self.options.clock == "anchored" else timedelta()
            self._record.put("anchor", anchor.isoformat())
            self._record.put("offset", str(offset.total_seconds()))
            self._record.put("stands_at", anchor.isoformat())
        self._offset = timedelta(seconds=float(self._record.get("offset") or 0))
        self._stands_at = self._record.time("stands_at") or anchor
        return anchor

    def now(self) -> datetime:
        if self.options.clock == "frozen":
            return self._stands_at
        return self._clock() + self._offset

    def advance(self, by: timedelta) -> datetime:
        """Put the clock forward, for good; what falls into that time happens. The new time."""
        with self._changed:
            with self._record.transaction():
                if self.options.clock == "frozen":
                    self._stands_at += by
                    self._record.put("stands_at", self._stands_at.isoformat())
                else:
                    self._offset += by
                    self._record.put("offset", str(self._offset.total_seconds()))
            self._changed.notify_all()
        return self.now()

    def quiet(self, on: bool) -> None:
        """While it is quiet nothing happens, and nobody writes later what they didn't write now."""
        with self._changed:
            self._quiet = on
            if not on:
                self._go_on_from(self.now())
            self._changed.notify_all()

    # --- sending --------------------------------------------------------------------------------

    def new_key(self) -> str:
        with self._changed:
            if not self._names:
                first = int(self._record.get("names") or 0)
                self._record.put("names", str(first + _RESERVED))
                self._names = range(first, first + _RESERVED)
            number, self._names = self._names[0], self._names[1:]
        return self.world.id("out", number)

    def encode(self, message: Outbound) -> list[Request]:
        return [Request(message)]

    def decode(self, response: Response) -> Sent | Failure:
        if response.code == 200:
            return Sent(str(response.data["id"]))
        return faults.failure(response)

    def encode_signal(self, signal: React | Seen) -> Request:
        return Request(signal)

    def told(self) -> list[React | Seen]:
        """The reactions and read receipts the provider was told of, oldest first."""
        with self._changed:
            return self._record.signals()

    def _signal(self, signal: React | Seen) -> Response:
        with self._changed, self._record.transaction():
            _, last_wrote = self._customer(signal.to)
            is_open = rules.window_open(self.capabilities.window, last_wrote, self.now())
            if isinstance(signal, React) and not is_open:
                return faults.CLOSED
            self._record.add_signal(self.now(), signal)
        name = signal.key if isinstance(signal, React) else ""
        return Response(200, data={"id": name})

    def perform(self, request: Request) -> Response:
        if isinstance(request.payload, React | Seen):
            return self._signal(request.payload)
        message: Outbound = request.payload
        with self._changed:
            wrong = self._templates.refusal(message)
            fault, send = self._take(message, "template" if wrong else "")
            self._changed.notify_all()
        if self.options.latency:
            self._closing.wait(self.options.latency)
        if fault in ("timeout", "lost", "silent"):
            detail = "The provider took the message but did not answer in time."
            raise SendFailed(Failure(FailureKind.UNKNOWN_OUTCOME, detail))
        if send is None:
            return faults.REFUSALS.get(fault) or Response(422, wrong)
        return Response(200, data={"id": send.key})

    def _take(self, message: Outbound, fault: str) -> tuple[str, Send | None]:
        """Decide and keep, durably, what becomes of a message: its fault, and the send if accepted.

        Like most providers it knows no idempotency: the same key again is a message again.
        """
        limit = self.capabilities.text_limit
        with self._record.transaction():
            tried, turn = self._record.performed(message.to)
            customer, last_wrote = self._customer(message.to)
            fault = fault or self._fault(message, tried, customer, last_wrote)
            if rules.text_size(message.text, limit.unit) > limit.n:
                fault = "too_long"
            accepted = fault not in (*faults.REFUSALS, "template", "lost")
            send = Send(
                number=0,
                key=message.key,
                at=self._next_moment(),
                to=message.to,
                to_name=message.to_name,
                text=message.text,
                subject=message.thread.subject,
                refs=message.thread.references,
                turn=turn,
                customer=customer,
                silent=fault == "silent",
                later=faults.LATER.get(fault),
            )
            send = replace(send, number=self._record.add_send(send, accepted=accepted))
        if not accepted:
            return fault, None
        if self._schedule:
            self._schedule.add(self._consequences(send))
        return fault, send

    def _fault(
        self, message: Outbound, tried: int, customer: int, last_wrote: datetime | None
    ) -> str:
        if customer in self.options.silent and not tried:
            return "silent"
        if self._has_history(customer) and self.world.end(customer) == "failed":
            return "unreachable"
        if last_wrote is None and self.capabilities.can_start is StartRule.NEVER:
            return "not_started"
        is_open = rules.window_open(self.capabilities.window, last_wrote, self.now())
        if not is_open and message.template is None:
            return "window_closed"
        share = self.world.dice("fault", message.to.value, tried).random()
        return self.options.faults.draw(share)

    def _customer(self, address: Address) -> tuple[int, datetime | None]:
        """The customer's number (-1: a stranger), and when they last wrote."""
        seen = self._record.seen(address)
        number = seen[0] if seen and seen[0] >= 0 else self._known().get(address, -1)
        last = seen[1] if seen else None
        if self._has_history(number):
            before = self.world.plan(number).last_inbound_at
            last = max(filter(None, (last, before)), default=None)
        return number, last

    def _has_history(self, number: int) -> bool:
        return 0 <= number < self.options.customers

    def _known(self) -> Mapping[Address, int]:
        """Customers with a history, by address."""
        if self._numbers is None:
            self._numbers = {self.world.person(n).address: n for n in range(self.options.customers)}
        return self._numbers

    def _consequences(self, send: Send) -> list[Happening]:
        chosen = self.options
        return live.consequences(self.world, send, chosen.faults, chosen.answer_after)

    def find_sent(self, key: str) -> bool | None:
        with self._changed:
            outcomes = self._record.outcomes(key)
        if any(silent for _, silent in outcomes):
            return None
        return any(accepted for accepted, _ in outcomes)

    def accepted(self, key: str) -> int:
        """How many times the provider accepted the message `key`; more than once is a duplicate."""
        with self._changed:
            return sum(accepted for accepted, _ in self._record.outcomes(key))

    # --- templates ------------------------------------------------------------------------------

    def templates(self) -> list[Template]:
        """Empty where what it plays has none."""
        if self.capabilities.templates is None:
            return []
        with self._changed:
            return self._templates.all()

    def review(self, name: str, language: str, status: str, reason: str = "") -> None:
        """Let the provider decide anew about a template, for good, and tell so."""
        with self._changed:
            with self._record.transaction():
                self._templates.review(name, language, status, reason)
                at, id = self._next_moment(), self._next_said()
                self._happen(at, payloads.template(id, at, name, language, status, reason))
            self._changed.notify_all()

    # --- receiving ------------------------------------------------------------------------------

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        return payloads.parse(raw, meta)

    def customer_writes(self, address: Address, text: str = "", name: str = "", **more: Any) -> str:
        """Let somebody write now; `more` as in `payloads`. The provider's id of the message."""
        with self._changed:
            with self._record.transaction():
                at, id = self._next_moment(), self._next_said()
                self._happen(at, payloads.message(id, at, address, name, text=text, **more))
            self._changed.notify_all()
        return id

    def _next_said(self) -> str:
        serial = int(self._record.get("said") or 0)
        self._record.put("said", str(serial + 1))
        return self.world.id("said", serial)

    def _happen(self, at: datetime, fields: Fields) -> None:
        """Keep what was made to happen, and tell it in its turn."""
        number = self._record.say(at, fields)
        if self._schedule:
            self._schedule.add([said(number, at, fields)])

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        """What happened after the cursor, once and in order; without one, since the anchor."""
        with self._changed:
            self._schedule = schedule = self._schedule_after(cursor)
        while not stop.is_set() and not self._closing.is_set():
            for happening in self._wait(schedule, stop):
                yield Payload(payloads.dump([happening.fields]), Meta(self.now()), happening.cursor)

    def next_due(self) -> datetime | None:
        """When `run` has something to say again, as things stand; None: never."""
        with self._changed:
            return self._schedule.due() if self._schedule else None

    def _schedule_after(self, cursor: str | None) -> Schedule:
        after = place(cursor) if cursor else None
        since = after[0] - live.HORIZON if after else _START
        since -= timedelta(seconds=10 * self.options.answer_after) if after else timedelta()
        schedule = Schedule(self.world, after, self.options.messages)
        for send in self._record.sends_since(since):
            schedule.add(self._consequences(send))
        schedule.add(self._record.said_since(after[0] if after else _START))
        schedule.set_traffic(self._record.traffic())
        return schedule

    def _wait(self, schedule: Schedule, stop: StopEvent) -> list[Happening]:
        """What happens next; waits for it. Empty: stopped."""
        with self._changed:
            while not stop.is_set() and not self._closing.is_set():
                now = self.now()
                self._skip_a_nap(schedule, now)
                taken = [] if self._quiet else schedule.take(now, _BATCH)
                if taken:
                    with self._record.transaction():
                        self._record.put("happened", taken[-1].due.isoformat())
                        self._record.see(taken)
                    return taken
                self._changed.wait(self._seconds_to(schedule.due(), now))
        return []

    def _seconds_to(self, due: datetime | None, now: datetime) -> float:
        if due is None or self._quiet or self.options.clock == "frozen":
            return _SLICE
        return min(_SLICE, max(0.0, (due - now).total_seconds()))

    def _next_moment(self) -> datetime:
        """Now, but not before what has happened: so that no cursor has passed it already."""
        return max(self.now(), self._record.time("happened") or _START)

    # --- customers who write by themselves ------------------------------------------------------

    def _match_pace(self) -> None:
        traffic = self._record.traffic()
        current = traffic[-1] if traffic and traffic[-1].until is None else None
        if (current.pace if current else 0.0) == self.options.pace:
            return
        with self._record.transaction():
            first = self._end_traffic()
            if self.options.pace:
                since = max(self.world.anchor, self.now())
                self._record.begin_traffic(first, since, self.options.pace)

    def _end_traffic(self) -> int:
        """End the present stretch where it was last heard of; its first tick that never came."""
        traffic = self._record.traffic()
        if not traffic:
            return 0
        happened = self._record.time("happened") or _START
        if traffic[-1].until is None:
            self._record.end_traffic(happened)
        rest = Schedule(self.world, (happened, "~"), None)
        rest.set_traffic([replace(traffic[-1], until=None)])
        assert rest.next_tick is not None
        return rest.next_tick[1]

    def _skip_a_nap(self, schedule: Schedule, now: datetime) -> None:
        """After a night without the hub the day begins, instead of a thousand messages at once."""
        if self.options.clock == "frozen" or schedule.next_tick is None:
            return
        nap = max(_NAP, timedelta(seconds=5 * self.options.pace))
        if schedule.next_tick[0] < now - nap:
            self._go_on_from(now)

    def _go_on_from(self, now: datetime) -> None:
        if self._schedule is None or self._schedule.next_tick is None:
            return
        with self._record.transaction():
            self._record.end_traffic(self._record.time("happened") or _START)
            self._record.begin_traffic(self._schedule.next_tick[1], now, self.options.pace)
        self._schedule.set_traffic(self._record.traffic())

    # --- the rest -------------------------------------------------------------------------------

    def test(self) -> list[Check]:
        detail = f"plays {self.capabilities.label}; its clock says {self.now():%Y-%m-%d %H:%M} UTC"
        return [Check("simulator", True, f"Built in: {detail}.")]

    def close(self) -> None:
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
            self._record.close()


def create(
    options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
) -> Simulator:
    """Raises ConfigError naming the option that is wrong."""
    return Simulator(options, state_path / f"{channel_id}.sqlite")
