"""Two who answer at once: the second hears of the first before anything is sent."""

from workspace.errors import AnsweredMeanwhile
from workspace.models import Actor, ActorKind
from workspace.store import replies as rows
from workspace.store.driver import Driver

_NAMELESS = {
    ActorKind.AGENT: "The agent",
    ActorKind.OPERATOR: "Somebody on another device",
    ActorKind.SYSTEM: "The workspace",
}


def check(tx: Driver, conversation_id: int, seen: int | None, writer: Actor) -> None:
    """Raise AnsweredMeanwhile if somebody else has answered after the message `seen`.

    To be asked in the transaction that queues, so that of two at once only one is heard. None:
    whatever there is may be answered.
    """
    if seen is None:
        return
    found = rows.answered_meanwhile(tx, conversation_id, seen, writer)
    if found is not None:
        message, other = found
        raise AnsweredMeanwhile(
            f"{other.name or _NAMELESS[other.kind]} has answered meanwhile; read the answer, then "
            "send yours if it is still needed.",
            who=other.name,
            kind=other.kind.value,
            message_id=str(message),
        )
