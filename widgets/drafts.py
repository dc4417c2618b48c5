"""Drafts on their way to the hub: kept in this kernel while the hub is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar
from weakref import WeakKeyDictionary

from workspace.client import Workspace
from workspace.errors import ConvoError, HubUnavailable, StoreUnavailable
from workspace.models import Quoted, Upload

AGAIN = 1.0
"""Seconds between two attempts while the hub is away."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Writing:
    """What stood in a composer at one moment; `told(trouble)` hears that the hub has it, or not."""

    conversation_id: str
    text: str = field(repr=False)
    note: bool
    uploads: tuple[Upload, ...] = ()
    reply_to: Quoted | None = None
    told: Callable[[str], None] = lambda trouble: None

    @property
    def empty(self) -> bool:
        return not (self.text.strip() or self.uploads)


class Drafts:
    """The newest of each conversation, until the hub has it. Safe to use from several threads.

    All composers of a workspace share one: a page that is loaded anew, and a cell that is run
    again, find what was being written.
    """

    _of: ClassVar[WeakKeyDictionary[Workspace, Drafts]] = WeakKeyDictionary()
    _making = threading.Lock()

    def __init__(self) -> None:
        self._waiting: dict[str, Writing] = {}
        self._turn = threading.Lock()
        self._saving = False

    @classmethod
    def of(cls, ws: Workspace) -> Drafts:
        """The one of this workspace."""
        with cls._making:
            return cls._of.setdefault(ws, cls())

    def keep(self, ws: Workspace, writing: Writing) -> None:
        """In the place of what was kept before; saved by a thread of its own, soon after."""
        with self._turn:
            self._waiting[writing.conversation_id] = writing
            if not self._saving:
                self._saving = True
                args = (ws,)
                threading.Thread(
                    target=self._run, args=args, name="convo-drafts", daemon=True
                ).start()

    def unsaved(self) -> list[Writing]:
        with self._turn:
            return list(self._waiting.values())

    def get(self, conversation_id: str) -> Writing | None:
        """What the hub does not have yet; None: it has everything."""
        with self._turn:
            return self._waiting.get(conversation_id)

    # --- the thread, which lives while there is something to save

    def _run(self, ws: Workspace) -> None:
        pause = threading.Event()
        while writing := self._next():
            try:
                trouble = _save(ws, writing)
            except (HubUnavailable, StoreUnavailable):
                pause.wait(AGAIN)
            else:
                self._done(writing, trouble)

    def _next(self) -> Writing | None:
        with self._turn:
            found = next(iter(self._waiting.values()), None)
            self._saving = found is not None
            return found

    def _done(self, writing: Writing, trouble: str) -> None:
        with self._turn:
            if self._waiting.get(writing.conversation_id) is writing:
                del self._waiting[writing.conversation_id]
        try:
            writing.told(trouble)
        except Exception as error:  # its page is gone; the others' drafts are not
            _log.error("A draft's page could not be told: %s", type(error).__name__)


def _save(ws: Workspace, writing: Writing) -> str:
    """Why the hub can't have it; "" where it has it. Raises HubUnavailable, StoreUnavailable."""
    try:
        ws.save_draft(
            writing.conversation_id,
            writing.text,
            writing.note,
            writing.uploads,
            writing.reply_to,
        )
    except (HubUnavailable, StoreUnavailable):
        raise
    except ConvoError as error:
        return error.message
    except Exception as error:  # one that can't be saved must not hold up the others
        # By its kind alone: an exception's text may quote what was written.
        kind = type(error).__name__
        _log.error("A draft could not be saved: %s", kind)
        return f"Something went wrong ({kind}); copy what you wrote before you close this page."
    return ""
