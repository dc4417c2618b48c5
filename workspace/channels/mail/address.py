"""Mail addresses: one spelling for storing and comparing, another for the wire."""

import re
from collections.abc import Iterable
from contextlib import suppress

from workspace.models import Address, AddressKind

UNKNOWN = "unknown@invalid"
"""Stands for a sender who left no address; nothing reaches this reserved domain (RFC 2606)."""

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|\"(?:[^\"\\\x00-\x20\x7f]|\\[\x21-\x7e])+\"")
_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.IPv]+\]")


def normal(text: str) -> str:
    """The form stored and shown: the domain in lower case, and in its own script."""
    local, at, domain = text.strip().rpartition("@")
    if not at:
        return domain
    domain = domain.lower()
    if "xn--" in domain and domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode().decode("idna").lower()
    return f"{local}@{domain}"


def email(text: str) -> Address:
    return Address(AddressKind.EMAIL, normal(text))


def wire(text: str) -> str:
    """The ASCII form an SMTP server takes. Raises ValueError with a sentence for a person.

    Lenient on purpose: customers write from addresses no standard allows (such as two dots in a
    row), and their own servers take them.
    """
    local, at, domain = text.strip().rpartition("@")
    if not (at and local and domain):
        raise ValueError(f"{text!r} is not a mail address; it needs the form name@example.com.")
    if domain.lower() == "invalid":
        raise ValueError("This mail named no sender who can be answered; write to another address.")
    if not local.isascii():
        raise ValueError(
            f"{text!r} has letters beyond ASCII before the @, which this channel can't send to; "
            "ask for another address."
        )
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"{text!r} has a domain no server can have; correct it.") from None
    if not _ATOM.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(local + domain) > 253:
        raise ValueError(f"{text!r} is not a mail address; it needs the form name@example.com.")
    return f"{local}@{domain.lower()}"


class Own:
    """The addresses of the business itself."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._known = frozenset(_key(address) for address in addresses)

    def __contains__(self, address: str) -> bool:
        return _key(address) in self._known


def _key(address: str) -> str:
    """For comparing. Mail to support+shop@ arrives at support@, so it is ours as well."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
