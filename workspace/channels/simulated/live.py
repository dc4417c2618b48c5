"""What happens after the anchor: customers write by themselves, and answer what one sends them.

Pure: a tick depends on its number, an answer on the send and its number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from workspace.channels.simulated import dialogue, faults, feed, payloads
from workspace.channels.simulated.dialogue import Line, Tale
from workspace.channels.simulated.faults import Faults
from workspace.channels.simulated.feed import Before
from workspace.channels.simulated.history import Plan, World
from workspace.channels.simulated.payloads import Fields
from workspace.channels.simulated.people import Person, stranger
from workspace.channels.simulated.plays import REACTS
from workspace.models import Address, DeliveryStatus, FailureKind

HORIZON = timedelta(hours=8)
"""All that a send brings about happens within this time, plus ten times the time to answer."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message the provider took. `turn`: how many the customer had got before."""

    number: int
    key: str
    at: datetime
    to: Address
    to_name: str
    text: str
    subject: str
    refs: tuple[str, ...]
    turn: int
    customer: int = -1
    """Their number; -1: a stranger."""
    silent: bool = False
    later: FailureKind | None = None
    """Accepted, but it will fail."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its time. Time and id order it, and are the cursor."""

    due: datetime
    id: str
    fields: Fields
    number: int = -1
    """The customer who wrote; -1: nobody, or a stranger."""

    def __lt__(self, other: "Happening") -> bool:
        return (self.due, self.id) < (other.due, other.id)

    @property
    def cursor(self) -> str:
        return f"{self.due.isoformat()} {self.id}"


# --- by themselves --------------------------------------------------------------------------------


def tick(world: World, k: int, at: datetime) -> Happening:
    """The customer's message number `k`: somebody new, or somebody the shop knows."""
    dice = world.dice("tick", k)
    id = world.id("tick", k)
    if world.customers == 0 or dice.random() < 0.45:
        number = world.customers + k
        tale = world.tale(number)
        fields = feed.spoken(world, world.person(number), tale, id, at, tale.lines[0])
        return Happening(at, tick_id(k), fields, number)
    plan = _known(world, dice)
    before = _before(plan) if world.capabilities.threads else None
    line = _next(plan, dice)
    fields = feed.spoken(world, plan.person, plan.tale, id, at, line, before)
    return Happening(at, tick_id(k), fields, plan.number)


def tick_id(k: int) -> str:
    return f"t{k:09}"


def _known(world: World, dice: Random) -> Plan:
    """Some customer; rather one who is still waiting or was just answered."""
    plans = [world.plan(dice.randrange(world.customers)) for _ in range(4)]
    people = [p for p in plans if not world.is_machine(p.number)] or [world.plan(0)]
    return next((p for p in people if p.end in ("pending", "replied", "created")), people[0])


def _next(plan: Plan, dice: Random) -> Line:
    """What the customer would say next."""
    operator = plan.operator
    if plan.end in ("pending", "failed"):
        return dialogue.remark(plan.tale, "nudge", operator, dice)
    if plan.end == "resolved":
        return dialogue.remark(plan.tale, "again", operator, dice)
    said = len(plan.chapters[-1].moments)
    rest = [line for line in plan.tale.lines[said:] if line.who == "<"]
    return rest[0] if rest else dialogue.remark(plan.tale, "reply", operator, dice)


def _before(plan: Plan) -> Before:
    moments = plan.chapters[-1].moments
    last = moments[-1]
    writer = plan.person.name if last.line.who == "<" else plan.operator
    return Before(tuple(m.id for m in moments), (last.line.text, writer, last.at))


# --- what a send brings about ---------------------------------------------------------------------


def consequences(world: World, send: Send, errors: Faults, answer_after: float) -> list[Happening]:
    """Receipts and the customer's answer, in any order. `answer_after`: seconds; 0: no answers."""
    dice = world.dice("send", send.number)
    found = list(_receipts(world, send, errors, dice))
    if not send.later and answer_after:
        found += _answers(world, send, answer_after, dice)
    return found


def _receipts(world: World, send: Send, errors: Faults, dice: Random) -> Iterator[Happening]:
    if send.silent:
        return
    wait = dice.uniform(0.4, 1.6)
    if dice.random() < errors.late_receipts:
        wait += dice.uniform(3600, 6 * 3600)
    if send.later:
        words = faults.reason(send.later, world.playing)
        yield _receipt(send, 0, wait, DeliveryStatus.FAILED, words)
        return
    waits = [wait, wait + dice.uniform(0.5, 2.5)]
    if dice.random() < errors.reordered_receipts:
        waits.reverse()
    twice = dice.random() < errors.duplicated_receipts
    steps = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)
    for n, (status, seconds) in enumerate(zip(steps, waits, strict=True)):
        if status not in world.capabilities.receipts:
            continue
        yield _receipt(send, n, seconds, status)
        if twice:
            yield _receipt(send, n + 2, seconds + 1, status)


def _receipt(
    send: Send,
    n: int,
    seconds: float,
    status: DeliveryStatus,
    words: tuple[FailureKind, str] | None = None,
) -> Happening:
    at = send.at + timedelta(seconds=seconds)
    fields = payloads.receipt(send.key, at, status, words)
    return Happening(at, f"s{send.number:09}.{n}", fields)


def _answers(world: World, send: Send, answer_after: float, dice: Random) -> Iterator[Happening]:
    who, tale, operator = _somebody(world, send)
    seconds = max(2.5, answer_after * dice.uniform(0.6, 2.0))
    if world.playing in REACTS and dice.random() < 0.2:
        at = send.at + timedelta(seconds=seconds * 0.7)
        fields = payloads.reaction(send.key, at, dice.choice("👍🙏😊🎉😍"))
        yield Happening(at, f"s{send.number:09}.4", fields)
    if dice.random() > max(0.35, 1 - 0.15 * send.turn):
        return
    refs = (*send.refs, send.key) if world.capabilities.threads else ()
    before = Before(refs, (send.text, operator, send.at))
    said = [_reply(world, send, tale, operator, dice)]
    quotes = world.dice("quote", send.number).random() < 0.2
    if dice.random() < 0.12:
        said.append(dialogue.remark(tale, "again", operator, dice))
    for n, line in enumerate(said):
        at = send.at + timedelta(seconds=seconds * (1 + 0.8 * n))
        id = world.id("answer", send.number, n)
        fields = feed.spoken(world, who, tale, id, at, line, before)
        if n == 0 and world.capabilities.quotes and quotes:
            fields["reply_to"] = send.key
        yield Happening(at, f"s{send.number:09}.{5 + n}", fields, send.customer)


def _somebody(world: World, send: Send) -> tuple[Person, Tale, str]:
    """Who was written to, their matter, and the operator they know."""
    if send.customer < 0:
        who = stranger(send.to, send.to_name)
        dice = world.dice("stranger", send.to.value)
        tale = dialogue.tell(dialogue.choose(world.playing, "en", dice), who, dice)
    else:
        who, tale = world.person(send.customer), world.tale(send.customer)
    if world.capabilities.threads and send.subject:
        tale = _under(tale, send.subject)
    return who, tale, tale.facts["me"]


def _under(tale: Tale, subject: str) -> Tale:
    plain = re.sub(r"^(re|aw): *", "", subject, flags=re.IGNORECASE)
    return replace(tale, subject=plain)


_ASKS_TO_SEE = re.compile(
    r"photo|picture|screenshot|foto|bild|image|imagen|imagem|写真|صورة", re.IGNORECASE
)
_THANKS = re.compile(
    r"\b(bye|welcome|have a (nice|good)|see you|schönen|gern|bonne|hasta|até|presto)\b",
    re.IGNORECASE,
)


def _reply(world: World, send: Send, tale: Tale, operator: str, dice: Random) -> Line:
    """An answer that fits what was asked, as far as a few words tell."""
    if _ASKS_TO_SEE.search(send.text):
        return dialogue.remark(tale, "show", operator, dice)
    if any(mark in send.text for mark in "?？؟"):
        return _scripted(world, send) or dialogue.remark(tale, "answer", operator, dice)
    kind = "goodbye" if _THANKS.search(send.text) else "reply"
    return dialogue.remark(tale, kind, operator, dice)


def _scripted(world: World, send: Send) -> Line | None:
    """The tale's own next line, where its operator asks something at this point, too."""
    number = send.customer
    if number < 0:
        return None
    said = len(world.plan(number).chapters[-1].moments) if number < world.customers else 1
    rest = world.tale(number).lines[said:]
    if send.turn or len(rest) < 2 or rest[0].who != ">" or "?" not in rest[0].text:
        return None
    return rest[1] if rest[1].who == "<" else None
