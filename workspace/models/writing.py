"""What is on its way into a message."""

from dataclasses import dataclass, field
from datetime import datetime

from workspace.models.conversations import Quoted
from workspace.models.kinds import Id, MediaKind


@dataclass(frozen=True, slots=True)
class Upload:
    """A file already stored by the hub, ready to be attached to one message."""

    id: Id
    kind: MediaKind
    name: str = field(repr=False)
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What an operator has begun to write in a conversation. `note`: it is to be a note."""

    text: str = field(repr=False)
    note: bool
    uploads: tuple[Upload, ...]
    """Its files that are still there to be sent."""
    updated_at: datetime
    reply_to: Quoted | None = None
    """The message that it quotes; None: none."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A text kept for many answers, written by ``/shortcut``; see `rules.fill` for its variables.

    Not a provider's template: nobody but the operator who uses it approves it.
    """

    id: Id
    shortcut: str
    text: str
