"""A clock to turn, and hands that read and write a simulated channel without ever waiting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from workspace.channels.base import Outbound, Payload, Thread
from workspace.channels.simulator import Simulator
from workspace.models import Address, AddressKind

ANCHOR = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
STRANGER = Address(AddressKind.LOCAL, "somebody")

Make = Callable[..., Simulator]


class Clock:
    """A machine's clock that moves when told."""

    def __init__(self, at: datetime = ANCHOR) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class Idle(Event):
    """A stop event that is set as long as nothing is due."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self._simulator = simulator

    def is_set(self) -> bool:
        due = self._simulator.next_due()
        return due is None or due > self._simulator.now()


def happened(simulator: Simulator, cursor: str | None = None) -> list[Payload]:
    """All that is due after the cursor."""
    return list(simulator.run(Idle(simulator), cursor))


def outbound(
    simulator: Simulator,
    text: str = "Hello!",
    to: Address = STRANGER,
    key: str | None = None,
    thread: Thread | None = None,
) -> Outbound:
    return Outbound(
        key=key or simulator.new_key(),
        to=to,
        to_name="Somebody",
        text=text,
        files=(),
        thread=thread or Thread(),
        queued_at=simulator.now(),
    )


def send(simulator: Simulator, text: str = "Hello!", **more: Any) -> str:
    """Send a message that will be accepted; its key."""
    message = outbound(simulator, text, **more)
    (request,) = simulator.encode(message)
    assert simulator.perform(request).code == 200
    return message.key
