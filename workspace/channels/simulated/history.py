"""The past of a simulated channel: who wrote what and when, up to the anchor.

A pure function of seed, anchor, channel and the customer's number. How a conversation ended is
dealt out in blocks of twenty, so that any few dozen conversations show everything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from random import Random

from workspace.channels.simulated import dialogue, letters, plays, rhythm
from workspace.channels.simulated.dialogue import Line, Tale
from workspace.channels.simulated.people import Person, person
from workspace.models import DeliveryStatus, StartRule

DAYS = 90
FILES = 200
"""Among so many customers of a channel every second likes to send files."""
_ENDS = (
    *("resolved",) * 12,
    *("replied",) * 3,
    *("pending",) * 3,
    "created",
    "failed",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line at its time. `status` is how far an operator's line got; None for the customer's."""

    id: str
    at: datetime
    line: Line
    status: DeliveryStatus | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One matter from first to last message. `resolved_at`: None while it is open."""

    tale: Tale
    moments: tuple[Moment, ...]
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A customer's whole past on one channel, oldest chapter first."""

    number: int
    person: Person
    chapters: tuple[Chapter, ...]
    end: str
    """resolved, replied, pending, created or failed."""
    archived_at: datetime | None
    unread: bool
    """The messages since the last answer have not been read."""

    @property
    def tale(self) -> Tale:
        return self.chapters[-1].tale

    @property
    def operator(self) -> str:
        return self.tale.facts["me"]

    @property
    def last_inbound_at(self) -> datetime | None:
        times = [m.at for c in self.chapters for m in c.moments if m.line.who == "<"]
        return max(times, default=None)


class World:
    """The people of one simulated channel and their past.

    The first `customers` of them have one; later numbers write for the first time after the anchor.
    """

    def __init__(self, seed: int, anchor: datetime, playing: str, customers: int) -> None:
        self.seed = seed
        self.anchor = anchor
        self.playing = playing
        self.customers = customers
        self.capabilities = plays.PLAYS[playing]
        self._address_kind = plays.known_by(self.capabilities)
        self.plan = lru_cache(maxsize=1024)(self._plan)

    def dice(self, *parts: object) -> Random:
        """Random numbers that depend on these parts and on nothing else."""
        return Random("/".join(str(p) for p in (self.seed, self.playing, *parts)))

    def id(self, *parts: object) -> str:
        """The provider's id for something of this world; a Message-ID where it plays mail."""
        key = "/".join(str(p) for p in (self.seed, self.playing, self.anchor.isoformat(), *parts))
        digest = blake2b(key.encode(), digest_size=12).hexdigest()
        return f"<{digest}@mail.example>" if self.capabilities.threads else f"sim.{digest}"

    def person(self, number: int) -> Person:
        """The customer with this number. Some SMS customers are on WhatsApp, too."""
        if self.is_machine(number):
            return letters.ROBOT
        match self.playing:
            case "whatsapp":
                number = 2 * number
            case "sms":
                number = 6 * (number // 4) if number % 4 == 0 else 2 * number + 1
            case "mail" if number % 9 == 4:
                number -= 1
        return person(self.seed, self._address_kind, number)

    def is_machine(self, number: int) -> bool:
        """Whether this mail comes from a newsletter instead of a person."""
        return self.playing == "mail" and number < self.customers and number % 33 == 20

    def is_odd(self, number: int) -> bool:
        """Whether the customer has a hostile-looking name."""
        return number % 45 == 11

    def tale(self, number: int, chapter: int = 0) -> Tale:
        who = self.person(number)
        dice = self.dice("tale", number, chapter)
        if self.is_machine(number):
            return letters.newsletter(dice)
        if self.is_odd(number):
            return dialogue.tell(dialogue.odd(number // 45 + len(self.playing)), who, dice)
        first = number < self.customers and chapter == 0 and self._business_first(number)
        # A large demo is for measuring, and a gigabyte of pictures would only get in the way.
        files = number % (2 if number < FILES else 20) == 0
        story = dialogue.choose(self.playing, who.language, dice, operator_first=first, files=files)
        return dialogue.tell(story, who, dice, files=files)

    def _business_first(self, number: int) -> bool:
        if self.capabilities.can_start is StartRule.NEVER:
            return False
        return self.end(number) == "created" or number % 13 == 9

    # --- one customer -----------------------------------------------------------------------------

    def _plan(self, number: int) -> Plan:
        dice = self.dice("plan", number)
        end = self.end(number)
        tale = self.tale(number)
        lines = _cut(tale.lines, end, dice)
        if end == "pending" and dice.random() < 0.35 and not self.is_machine(number):
            lines += (dialogue.remark(tale, "nudge", tale.facts["me"], dice),)
        at = self._last(end, dice)
        last = self._chapter(number, 0, tale, lines, end, at, dice)
        chapters = [last]
        resolved_at = last.resolved_at
        if end != "created" and not self.capabilities.threads and not self.is_odd(number):
            chapters[:0] = self._earlier(number, last.moments[0].at, dice)
        archived_at = None
        if resolved_at and resolved_at < self.anchor - timedelta(days=14) and dice.random() < 0.4:
            archived_at = rhythm.next_after(
                resolved_at + timedelta(minutes=dice.randrange(1440, 12960)), dice
            )
        unread = end == "pending" and dice.random() < 0.6
        who = self.person(number)
        return Plan(number, who, tuple(chapters), end, archived_at, unread)

    def end(self, number: int) -> str:
        """How the past of this customer ended."""
        ends = list(_ENDS)
        self.dice("ends", number // len(ends)).shuffle(ends)
        end = ends[number % len(ends)]
        if end == "created" and self.capabilities.can_start is StartRule.NEVER:
            return "pending"
        # Newsletters are not answered; the odd ones are worth seeing on top of the list.
        return "pending" if self.is_odd(number) or self.is_machine(number) else end

    def _last(self, end: str, dice: Random) -> datetime:
        """When the last message was written."""
        closing = self.capabilities.window is not None and dice.random() < 0.2
        match end:
            case "pending" if closing:
                hours = dice.uniform(19.5, 23.8)
            case "pending":
                hours = min(dice.expovariate(1 / 30), 300) + 0.02
            case "replied":
                hours = min(dice.expovariate(1 / 130), 60 * 24) + 0.2
            case "created":
                hours = dice.uniform(2, 12 * 24)
            case "failed":
                hours = dice.uniform(1, 300)
            case _:
                # The shop grows: more and more write.
                hours = 8 + (DAYS - 12) * 24 * dice.random() ** 1.25
        at = self.anchor - timedelta(seconds=round(hours * 3600))
        return at if hours < 24 else rhythm.last_before(">", "en", at, dice)

    def _earlier(self, number: int, before: datetime, dice: Random) -> list[Chapter]:
        chapters: list[Chapter] = []
        for n in range(1, dice.choice((1, 1, 1, 2, 2, 2, 3, 3, 4))):
            at = before - timedelta(minutes=dice.randrange(2 * 1440, 25 * 1440))
            at = rhythm.last_before(">", "en", at, dice)
            tale = self.tale(number, n)
            chapter = self._chapter(number, n, tale, tale.lines, "resolved", at, dice)
            if chapter.moments[0].at < self.anchor - timedelta(days=DAYS):
                break
            # A new matter can't begin before the last one was settled.
            if chapter.resolved_at is None or chapter.resolved_at >= before:
                break
            chapters.insert(0, chapter)
            before = chapter.moments[0].at
        return chapters

    def _chapter(
        self,
        number: int,
        n: int,
        tale: Tale,
        lines: tuple[Line, ...],
        end: str,
        at: datetime,
        dice: Random,
    ) -> Chapter:
        moments: list[Moment] = []
        for place in range(len(lines) - 1, -1, -1):
            line = lines[place]
            recent = line.who != ">" and at > self.anchor - timedelta(hours=24)
            if not recent:
                at = rhythm.last_before(line.who, tale.language, at, dice)
            status = self._reached(end, place == len(lines) - 1, dice) if line.who == ">" else None
            moments.insert(0, Moment(self.id(number, n, place), at, line, status))
            at -= rhythm.gap(line.who, self.playing, line.later, dice)
        resolved_at = None
        if end == "resolved":
            wait = timedelta(seconds=dice.randrange(240, 5400))
            resolved_at = rhythm.next_after(moments[-1].at + wait, dice)
            # Overnight is too late for the newest ones: somebody works late.
            resolved_at = min(resolved_at, self.anchor - timedelta(minutes=1))
        return Chapter(tale, tuple(moments), resolved_at)

    def _reached(self, end: str, last: bool, dice: Random) -> DeliveryStatus:
        if last and end == "failed":
            return DeliveryStatus.FAILED
        receipts = self.capabilities.receipts
        ways = [DeliveryStatus.READ, DeliveryStatus.DELIVERED, DeliveryStatus.SENT]
        if last and dice.random() < 0.45:
            ways = ways[1:]
        return next(s for s in ways if s in receipts)


def _cut(lines: tuple[Line, ...], end: str, dice: Random) -> tuple[Line, ...]:
    """The lines up to where the conversation stands."""
    customer = [n for n, line in enumerate(lines) if line.who == "<"]
    operator = [n for n, line in enumerate(lines) if line.who == ">"]
    match end:
        case "pending":
            # Rarely at the final thanks, which waits for nobody.
            stop = dice.choice(customer[:-1] or customer) if len(customer) > 1 else customer[0]
        case "replied" | "failed":
            stop = dice.choice(operator)
        case "created":
            stop = operator[0]
        case _:
            return lines
    return lines[: stop + 1]
