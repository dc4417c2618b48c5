"""The kinds of channels there are. A new one is a module with `create`, and a line in REGISTRY."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from workspace.channels.base import Channel
from workspace.errors import ConfigError
from workspace.settings import Secrets

REGISTRY: Mapping[str, str] = {
    "mail": "workspace.channels.mail",
    "simulator": "workspace.channels.simulator",
    "whatsapp": "workspace.channels.whatsapp",
}
"""Kind -> module, imported when it is first used."""


def create(
    kind: str,
    options: Mapping[str, Any],
    secrets: Secrets,
    state_path: Path,
    channel_id: int,
) -> Channel:
    """One configured account. Raises ConfigError naming the option that is missing or wrong.

    Nothing is connected yet. `state_path` is the folder where a kind may keep files of its own.
    """
    if kind not in REGISTRY:
        raise ConfigError(
            f"There is no channel kind {kind!r}; known are {', '.join(sorted(REGISTRY))}."
        )
    module = import_module(REGISTRY[kind])
    return cast(Channel, module.create(options, secrets, state_path, channel_id))
