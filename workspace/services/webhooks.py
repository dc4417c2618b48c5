"""What providers call us about: checked, and in the journal before it is acknowledged."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from workspace import faults
from workspace.channels.base import HasWebhook, Meta, Payload
from workspace.errors import ConfigError, NotFound, Unauthorized
from workspace.journal import Journal
from workspace.services import payloads
from workspace.services.accounts import Accounts

logger = logging.getLogger(__name__)


T = TypeVar("T")

_UNSIGNED = "The provider's signature is missing or wrong."


class Webhooks:
    """`news` is called after something was put into the journal."""

    def __init__(
        self,
        journal: Journal,
        accounts: Accounts,
        news: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._accounts = accounts
        self._news = news
        self._clock = clock
        self.address = ""
        """Where providers are listened to; empty: nowhere."""

    def unheard(self) -> list[str]:
        """The names of channels that receive by webhook alone, while no address listens."""
        if self.address:
            return []
        called = [id for id in self._accounts.ids() if self._accounts.called(id)]
        return [self._accounts.get(id).name for id in called]

    def expect(self, channel_id: int, headers: Mapping[str, str]) -> None:
        """Before the body of a call is read: raise as `take`, where no body could make it good.

        It asks neither the disk nor the provider.
        """
        if not self._channel(channel_id).may_be_signed(headers):
            raise Unauthorized(_UNSIGNED)

    def take(self, channel_id: int, headers: Mapping[str, str], raw: bytes) -> None:
        """Keep a payload for all channels it is about, or else for the one that was addressed.

        It is on the disk on return, and applied soon after.

        `headers` by lower-case names. Raises NotFound where no such channel takes webhooks,
        Unauthorized where the provider did not sign it, JournalUnavailable; then nothing was kept.
        Raises ConfigError where a secret is missing: it was kept for channels that have theirs,
        and the provider is to repeat it for the one that lacks it.
        """
        if not self._signed(channel_id, headers, raw):
            raise Unauthorized(_UNSIGNED)
        faults.reach("after_fetch")
        meant, missing = self._meant(channel_id, headers, raw)
        if meant or not missing:
            self._keep(channel_id, meant, raw)
        if missing:
            raise missing

    def _keep(self, channel_id: int, meant: Sequence[int], raw: bytes) -> None:
        if not meant:
            logger.warning("channel %s was called about what is of no channel here", channel_id)
        payload = Payload(raw, Meta(self._clock(), stray=not meant), "")
        self._journal.append([payloads.record(id, payload) for id in meant or [channel_id]])
        faults.reach("after_append")
        for id in {channel_id, *meant}:
            self._accounts.well(id)
        self._news()

    def _meant(
        self, channel_id: int, headers: Mapping[str, str], raw: bytes
    ) -> tuple[list[int], ConfigError | None]:
        """The channels a payload is about, for which the same provider signed it; an error where
        one lacks the secret that would tell.

        Nobody else gets a copy: it would hold what customers wrote and belong to no conversation,
        and no erasure would find it.
        """
        kind, meant, missing = self._accounts.get(channel_id).kind, [], None
        for id in self._accounts.ids():
            if self._accounts.get(id).kind != kind or not self._channel(id).concerns(raw):
                continue
            try:
                if id == channel_id or self._signed(id, headers, raw):
                    meant.append(id)
            except ConfigError as error:
                missing = error
        return meant, missing

    def _signed(self, channel_id: int, headers: Mapping[str, str], raw: bytes) -> bool:
        channel = self._channel(channel_id)
        return self._told(channel_id, lambda: channel.verify(headers, raw))

    def challenge(self, channel_id: int, query: Mapping[str, str]) -> str:
        """The answer by which an address proves to be ours. Raises as `take`."""
        channel = self._channel(channel_id)
        answer = self._told(channel_id, lambda: channel.challenge(query))
        if answer is None:
            raise Unauthorized("The verify token is missing or wrong.")
        logger.info("channel %s: the provider has verified the webhook's address", channel_id)
        return answer

    def _channel(self, id: int) -> HasWebhook:
        channel = self._accounts.channel(id)
        if not isinstance(channel, HasWebhook):
            raise NotFound("This channel takes no webhooks.")
        return channel

    def _told(self, channel_id: int, ask: Callable[[], T]) -> T:
        """A missing secret is shown with the channel: the provider can't tell anybody."""
        try:
            return ask()
        except ConfigError as error:
            self._accounts.failing(channel_id, error.message)
            raise
