"""What the people of a world say, as events of the wire format."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workspace.channels.simulated import faults, letters, payloads
from workspace.channels.simulated.dialogue import Line, Tale
from workspace.channels.simulated.history import Chapter, Moment, Plan, World
from workspace.channels.simulated.payloads import Fields
from workspace.channels.simulated.people import Person
from workspace.models import DeliveryStatus, FailureKind

_ORDERED = {"late parcel", "damaged", "new address", "cancel", "missing item", "gift note"}
"""Stories of mails that answer an order confirmation."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a mail answers: the Message-IDs of its thread, and the last mail's text."""

    refs: tuple[str, ...] = ()
    quoted: tuple[str, str, datetime] | None = None


def spoken(
    world: World,
    who: Person,
    tale: Tale,
    id: str,
    at: datetime,
    line: Line,
    before: Before | None = None,
) -> Fields:
    """A customer's message."""
    before = before or Before()
    name = tale.customer or who.name
    more: dict[str, object] = {"text": line.text, "unsupported": line.other}
    if line.file:
        more["files"] = [{"media": line.file}]
    if world.capabilities.threads:
        more |= _as_mail(world, tale, id, line, name, before)
    return payloads.message(id, at, who.address, name, **more)


def _as_mail(
    world: World, tale: Tale, id: str, line: Line, name: str, before: Before
) -> dict[str, object]:
    subject = f"Re: {tale.subject}" if before.refs else tale.subject
    more: dict[str, object] = {"subject": subject, "refs": list(before.refs)}
    if tale.story == "newsletter":
        return more | {"html": letters.newsletter_html(tale), "automatic": True}
    dice = world.dice("mail", id)
    quoted = before.quoted if dice.random() < 0.6 else None
    text = line.text or "🙂"
    more["text"] = letters.plain(text, tale, name, quoted)
    if dice.random() < 0.45:
        more["html"] = letters.html(text, tale, name, quoted)
    return more


# --- the past -------------------------------------------------------------------------------------


def chapter(world: World, plan: Plan, told: Chapter) -> list[tuple[datetime, list[Fields]]]:
    """The events of one chapter in order, each with its time; receipts go with their message."""
    events: list[tuple[datetime, list[Fields]]] = []
    before = Before()
    if world.capabilities.threads and told.tale.story in _ORDERED:
        first = _confirmation(world, plan, told)
        events.append(first)
        before = Before((first[1][0]["id"],))
    for moment in told.moments:
        match moment.line.who:
            case "<":
                event = spoken(
                    world, plan.person, told.tale, moment.id, moment.at, moment.line, before
                )
                events.append((moment.at, [event]))
                before = _after(before, moment, plan.person.name)
            case ">":
                events.append((moment.at, _written(world, plan, told.tale, moment, before)))
                before = _after(before, moment, told.tale.facts["me"])
            case _:
                target = _last_written(told.moments, moment)
                events.append((moment.at, [payloads.reaction(target, moment.at, moment.line.text)]))
    return events


def _written(world: World, plan: Plan, tale: Tale, moment: Moment, before: Before) -> list[Fields]:
    """An operator's message, and how far it got."""
    line, operator = moment.line, tale.facts["me"]
    more: dict[str, object] = {"text": line.text, "own": True, "author": operator}
    if line.file:
        more["files"] = [{"media": line.file}]
    if world.capabilities.threads:
        more["text"] = letters.signed(line.text, tale, operator)
        more["subject"] = f"Re: {tale.subject}" if before.refs else tale.subject
        more["refs"] = list(before.refs)
    name = tale.customer or plan.person.name
    events = [payloads.message(moment.id, moment.at, plan.person.address, name, **more)]
    status = moment.status
    if status is not None and status is not DeliveryStatus.SENT:
        words = None
        if status is DeliveryStatus.FAILED:
            words = faults.reason(FailureKind.UNREACHABLE, world.playing)
        at = moment.at + timedelta(seconds=9)
        events.append(payloads.receipt(moment.id, at, status, words))
    return events


def _confirmation(world: World, plan: Plan, told: Chapter) -> tuple[datetime, list[Fields]]:
    """The mail the shop sent by itself when the order came in."""
    tale = told.tale
    id = world.id("confirmation", plan.number)
    dice = world.dice("confirmation", plan.number)
    at = told.moments[0].at - timedelta(hours=dice.uniform(20, 130))
    subject, text, html = letters.confirmation(tale, plan.person.first)
    picture = {
        "media": f"photo/{tale.product}/{tale.colour}",
        "content_id": letters.PRODUCT_IMAGE,
        "inline": True,
    }
    event = payloads.message(
        id,
        at,
        plan.person.address,
        plan.person.name,
        subject=subject,
        text=text,
        html=html,
        files=[picture],
        own=True,
        automatic=True,
    )
    return at, [event]


def _after(before: Before, moment: Moment, writer: str) -> Before:
    return Before((*before.refs, moment.id), (moment.line.text, writer, moment.at))


def _last_written(moments: Sequence[Moment], reaction: Moment) -> str:
    return next(m.id for m in reversed(moments) if m.line.who == ">" and m.at <= reaction.at)
