"""What the hub tells of itself and of what changed."""

from dataclasses import dataclass

from workspace.models.kinds import Id


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change sequence. Without content: fetch what it names.

    `kind`: ``conversation`` (row, messages or events of one conversation changed), ``deleted``,
    ``channels``, ``views`` (saved ones) or ``reload`` (the position asked for is too old: read
    everything again).
    """

    seq: int
    kind: str
    conversation_id: Id | None = None
    inbound: bool = False
    """A customer's message arrived."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What it changed to run payloads of the journal through the parser again."""

    payloads: int = 0
    """That were read again."""
    messages: int = 0
    """That were missing."""
    amended: int = 0
    """Messages that say something else now, or have files that they lacked."""
    receipts: int = 0
    """Messages that turned out to be sent, delivered, read or failed."""
    cleared: int = 0
    """Payloads that could not be applied before, and now can."""
    broken: int = 0
    """Payloads that can't be applied; they are in quarantine, see `convo doctor`."""
    after: Id | None = None
    """The position to go on from; None: that was all."""


@dataclass(frozen=True, slots=True)
class HubInfo:
    """The handshake, ``GET /v1/info``."""

    version: str
    api: int
    pid: int
    folder: str
    demo: bool
    sending: int
    """Sends in flight."""
    agent: bool
    """An agent is set up."""
