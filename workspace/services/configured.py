"""What services that work in the background ask of the configured accounts."""

from typing import Protocol

from workspace.channels.base import Channel


class Channels(Protocol):
    def ids(self) -> list[int]: ...

    def channel(self, id: int) -> Channel:
        """Raises NotFound; ConfigError where its options are wrong."""
        ...
