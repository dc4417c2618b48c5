"""What providers hear of operators: that they have read a message, and that they are typing.

Best effort: nobody waits for it, nothing is tried again, and a hub that ends forgets what it had
not told. Each channel has a thread of its own for it, so that a slow one holds up no other.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from workspace import rules
from workspace.channels.base import Channel, Failure, Seen, SendsSignals
from workspace.errors import ConvoError
from workspace.services import verbs
from workspace.services.configured import Channels
from workspace.services.words import words
from workspace.store import Store, presence

logger = logging.getLogger(__name__)

_REMEMBERED = 10_000
"""Conversations of which is known what was told last."""

_FAREWELL = 0.5
"""Seconds."""


class Presence:
    """Without `start` nothing moves by itself: `tell_due` tells in the caller's thread."""

    def __init__(self, store: Store, channels: Channels, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._wake = threading.Condition()
        self._waiting: dict[int, dict[int, bool]] = {}  # channel -> conversation -> typing
        self._told: OrderedDict[int, tuple[int, datetime | None]] = OrderedDict()
        self._threads: dict[int, threading.Thread] | None = None
        self._stopped = False

    # --- asking -------------------------------------------------------------------------------

    def seen(self, conversation_id: int) -> None:
        """An operator has read in a conversation. Raises NotFound."""
        self._ask(conversation_id, typing=False)

    def typing(self, conversation_id: int) -> None:
        """An operator is writing to the customer. Raises NotFound."""
        self._ask(conversation_id, typing=True)

    def _ask(self, conversation_id: int, *, typing: bool) -> None:
        with self._store.read() as db:
            id, channel_id = verbs.place(db, conversation_id)
        if not self._takes(channel_id, typing=typing):
            return
        with self._wake:
            asked = self._waiting.setdefault(channel_id, {})
            asked[id] = typing or asked.get(id, False)
            self._serve(channel_id)
            self._wake.notify_all()

    def _takes(self, channel_id: int, *, typing: bool) -> bool:
        try:
            can = self._channels.channel(channel_id).capabilities
        except ConvoError:  # it is shown where the channel is
            return False
        return can.typing is not None if typing else can.read_receipts

    # --- threads ------------------------------------------------------------------------------

    def start(self) -> None:
        """Tell in threads from now on."""
        with self._wake:
            self._threads = {}

    def stop(self) -> None:
        """What is not told by now never is; a call under way is hardly waited for."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        for thread in (self._threads or {}).values():
            thread.join(_FAREWELL)

    def _serve(self, channel_id: int) -> None:
        if self._threads is None or channel_id in self._threads:
            return
        name = f"presence-{channel_id}"
        thread = threading.Thread(target=self._run, args=[channel_id], name=name, daemon=True)
        self._threads[channel_id] = thread
        thread.start()

    def _run(self, channel_id: int) -> None:
        while (asked := self._next(channel_id, wait=True)) is not None:
            self._tell(channel_id, *asked)

    def tell_due(self) -> int:
        """Tell what is to be told, in the caller's thread; how much that was."""
        told = 0
        for channel_id in list(self._waiting):
            while (asked := self._next(channel_id, wait=False)) is not None:
                self._tell(channel_id, *asked)
                told += 1
        return told

    def _next(self, channel_id: int, *, wait: bool) -> tuple[int, bool] | None:
        """(conversation, typing); None: there is nothing, or it is over."""
        with self._wake:
            asked = self._waiting.setdefault(channel_id, {})
            while wait and not asked and not self._stopped:
                self._wake.wait()
            if self._stopped or not asked:
                return None
            conversation = next(iter(asked))
            return conversation, asked.pop(conversation)

    # --- telling ------------------------------------------------------------------------------

    def _tell(self, channel_id: int, conversation: int, typing: bool) -> None:
        """Never raises."""
        try:
            self._try(self._channels.channel(channel_id), conversation, typing)
        except Exception as error:  # the customer sees it a little later, or never
            logger.warning("channel %s could not be told of reading: %s", channel_id, words(error))

    def _try(self, channel: Channel, conversation: int, typing: bool) -> None:
        signal = self._signal(channel, conversation, typing)
        if signal is None or not isinstance(channel, SendsSignals):
            return
        answer = channel.decode(channel.perform(channel.encode_signal(signal)))
        if isinstance(answer, Failure):
            logger.warning("a provider took no read receipt: %s", answer.detail)

    def _signal(self, channel: Channel, conversation: int, typing: bool) -> Seen | None:
        """What is to be told as things stand now; None: nothing."""
        can, now = channel.capabilities, self._clock()
        with self._store.read() as db:
            found = presence.newest(db, conversation, read=not typing)
        if found is None or found.blocked:
            return None
        message, typed_at = self._told.get(conversation, (0, None))
        if typing:
            # It would mark as read at the provider, too, what somebody left unread here.
            is_open = rules.window_open(can.window, found.last_inbound_at, channel.now())
            due = can.typing is not None and rules.typing_due(typed_at, now, can.typing)
            if not (found.read and is_open and due) or found.opted_out:
                return None
        elif not found.read or found.id <= message:
            return None
        self._remember(conversation, found.id, now if typing else typed_at)
        return Seen(found.address, found.provider_id, typing)

    def _remember(self, conversation: int, message: int, typed_at: datetime | None) -> None:
        with self._wake:
            self._told[conversation] = (message, typed_at)
            self._told.move_to_end(conversation)
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
