"""What becomes of what was not accepted by the provider, a message or a reaction. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from workspace.channels.base import Failure
from workspace.models import DeliveryStatus, FailureKind

WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.RETRY)
OPEN = (DeliveryStatus.SENDING, DeliveryStatus.IN_DOUBT)
UNSTORABLE = "What the provider said of it can't be stored; the provider may have it."
_PASSING = (FailureKind.TRANSIENT, FailureKind.RATE_LIMITED)


class Outgoing(Protocol):
    """A row of an outbox; a dataclass."""

    @property
    def attempts(self) -> int: ...
    @property
    def status(self) -> DeliveryStatus | None: ...
    @property
    def failure_kind(self) -> FailureKind | None: ...
    @property
    def failure(self) -> str: ...
    @property
    def not_before(self) -> datetime | None: ...
    @property
    def lease_until(self) -> datetime | None: ...


T = TypeVar("T", bound=Outgoing)


@dataclass(frozen=True, slots=True)
class Retry:
    """When and how often to try again after a passing failure."""

    now: datetime
    delay: float
    """Seconds."""
    max_attempts: int
    channel_now: datetime
    """By the channel's clock."""


def not_sent(row: T, failure: Failure, retry: Retry) -> T:
    if failure.kind is FailureKind.UNKNOWN_OUTCOME:
        return in_doubt(row, failure.detail)
    if failure.kind not in _PASSING:
        return failed(row, failure.kind, failure.detail)
    if limited(failure):
        # Not about this message: no attempt is used up, or a long limit would fail one by one.
        row = replace(row, attempts=row.attempts - 1)  # type: ignore[type-var]
    elif row.attempts >= retry.max_attempts:
        words = f"{failure.detail} (given up after {row.attempts} attempts)"
        return failed(row, failure.kind, words)
    return _with(
        row,
        DeliveryStatus.RETRY,
        failure.kind,
        failure.detail,
        not_before=retry.now + timedelta(seconds=retry.delay),
    )


def limited(failure: Failure) -> bool:
    """Whether the provider only wants less for a while, of all messages or of this customer's."""
    return failure.kind is FailureKind.RATE_LIMITED or failure.pair


def failed(row: T, kind: FailureKind, why: str) -> T:
    return _with(row, DeliveryStatus.FAILED, kind, why or "The provider refused it.")


def in_doubt(row: T, why: str) -> T:
    """The provider may have it, so it is not sent again by itself."""
    words = why or "The provider did not confirm it."
    return _with(row, DeliveryStatus.IN_DOUBT, FailureKind.UNKNOWN_OUTCOME, words)


def _with(
    row: T,
    status: DeliveryStatus,
    kind: FailureKind,
    words: str,
    not_before: datetime | None = None,
) -> T:
    return replace(  # type: ignore[type-var]
        row,
        status=status,
        failure_kind=kind,
        failure=words,
        not_before=not_before,
        lease_until=None,
    )
