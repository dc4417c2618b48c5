"""Two rows of one message become one.

Where the provider names messages, and shows us our own before it answers the send, nobody can know
that they are the same: the copy gets a row, and perhaps a conversation, of its own until the answer
tells its name.
"""

from dataclasses import replace

from workspace import rules
from workspace.journal import Journal
from workspace.models import DeliveryStatus
from workspace.services.rebuilding import rebuild, show
from workspace.store import changes, contacts, heads, outbox, states
from workspace.store import threads as refs
from workspace.store.driver import Driver
from workspace.store.ids import Ids
from workspace.store.outbox import Queued

_REPORTED = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.FAILED,
)


def is_echo(message: Queued) -> bool:
    """Whether the provider told us of it; what went out from here was attempted."""
    return message.attempts == 0 and message.status in _REPORTED


def known_by(message: Queued, echo: Queued) -> Queued:
    """The message with what receipts have said about its copy."""
    status = rules.advance(message.status, echo.status)
    if status is message.status:
        return message
    return replace(
        message,
        status=status,
        accepted=rules.accepted(status),
        failure_kind=echo.failure_kind,
        failure=echo.failure,
    )


def fold(tx: Driver, message: Queued, echo: Queued, threads: bool, journal: Journal) -> list[int]:
    """Take the copy away; the message keeps its row, its id and its place in the log.

    Gives the copy's files. A conversation that was made for the copy goes into the message's, as
    does a thread; any other only loses the copy.
    """
    home, away = message.conversation_id, echo.conversation_id
    files = outbox.absorb(tx, message.id, echo.id)
    if away == home:
        show(tx, [home])
    elif threads or not heads.spans(tx, [away]):
        _merge(tx, away, home, threads)
    else:
        journal.share(home, away)  # first the journal: see `Journal.assign`
        show(tx, [home, away])
        _recompute(tx, away)
    _recompute(tx, home)
    return files


def _merge(tx: Driver, away: int, home: int, threads: bool) -> None:
    gone = heads.load(tx, [away])[away]
    refs.merge(tx, away, home)
    if threads:
        rebuild(tx, Ids(tx), [home])
    else:
        show(tx, [home])
    contacts.drop_strangers(tx, [gone.contact_id])


def _recompute(tx: Driver, id: int) -> None:
    states.save(tx, {id: states.recompute(tx, id)})
    changes.record(tx, "conversation", id)
