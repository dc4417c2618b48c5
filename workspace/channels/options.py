"""Reading the options of an account: each complaint names the option and says what to do."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from workspace.errors import ConfigError

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_REFERENCE = re.compile(r"(env|secret):\S+")


class Options:
    """`label` names the kind of channel, such as Mail; `known` all options it has.

    Numbers and lists may be text, as a command line gives them. Every method raises ConfigError.
    """

    def __init__(self, label: str, options: Mapping[str, Any], known: Sequence[str]) -> None:
        self._label = label
        self._options = options
        for name in sorted(set(options) - set(known)):
            raise ConfigError(
                f"{label} has no option {name!r}; known are {', '.join(known)}.", option=name
            )

    def wrong(self, name: str, must: str) -> ConfigError:
        return ConfigError(f"{self._label} option {name} {must}.", option=name)

    def get(self, name: str) -> object:
        """As it was given; None: it was not."""
        return self._options.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """Without a default it must be there and not blank."""
        return self._line(name, self._options.get(name, default), required=default is None)

    def _line(self, name: str, value: object, *, required: bool = True) -> str:
        if value is None:
            raise self.wrong(name, "is missing; set it")
        if not isinstance(value, str):
            raise self.wrong(name, "must be text")
        if _CONTROL.search(value):
            raise self.wrong(name, "must not contain line breaks or control characters")
        if required and not value.strip():
            raise self.wrong(name, "is empty; set it")
        return value.strip()

    def one_of(self, name: str, known: Sequence[str], default: str) -> str:
        value = self.text(name, default)
        if value not in known:
            raise self.wrong(name, f"must be one of {', '.join(known)}")
        return value

    def matching(self, name: str, pattern: str, must: str, default: str | None = None) -> str:
        """A text that the pattern matches as a whole; `must` says what it looks like."""
        value = self.text(name, default)
        if not re.fullmatch(pattern, value):
            raise self.wrong(name, must)
        return value

    def number(self, name: str, default: int, low: int = 1, high: int = 65_535) -> int:
        value = self._options.get(name, default)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value[:9])
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(name, f"must be a whole number from {low} to {high}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self._options.get(name, default)
        words = {"true": True, "yes": True, "false": False, "no": False}
        value = words.get(value.lower(), value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list, or text with commas between."""
        value = self._options.get(name, default)
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.wrong(name, "must be a list of texts")
        return tuple(self._line(name, part) for part in value)

    def reference(self, name: str) -> str:
        """Where a secret is: ``env:NAME`` or ``secret:NAME``."""
        value = self._options.get(name)
        if isinstance(value, str) and _REFERENCE.fullmatch(value):
            return value
        # Whatever stands there may be the secret itself: it must not appear in the message.
        raise self.wrong(
            name,
            f"must say where the {name} is: env:NAME for an environment variable, or secret:NAME "
            f"for a line of secrets.toml; the {name} itself is never stored",
        )


def is_loopback(host: str) -> bool:
    """Whether the host is this very machine, so that clear text leaves it not."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
