"""What one sets to connect a number of the WhatsApp Business Platform."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from workspace.channels.options import Options, is_loopback
from workspace.errors import ConfigError
from workspace.settings import Secrets

GRAPH = "https://graph.facebook.com"
THROUGHPUT = 80
"""Messages a second of a number, where Meta has agreed on nothing else."""

_DIGITS = r"[0-9]{1,32}"


@dataclass(frozen=True, slots=True)
class WhatsAppOptions:
    """`token`, `app_secret` and `verify_token` are references (``env:NAME``, ``secret:NAME``)."""

    phone_number_id: str
    """Meta's id of the sending number; not the number itself."""
    business_account_id: str
    """Meta's id of the WhatsApp Business Account, which owns number and templates."""
    token: str
    """Where the access token of a system user is."""
    app_secret: str
    """Where the app's secret is, with which Meta signs webhooks."""
    verify_token: str
    """Where the text is that one enters beside the webhook's address at Meta."""
    version: str
    """Of the Graph API."""
    base_url: str
    read_receipts: bool
    """Customers see what was read, and that somebody is typing, which on WhatsApp marks as read."""
    throughput: int
    """Messages a second that Meta lets the number send."""


KNOWN = (
    "phone_number_id", "business_account_id", "token", "app_secret", "verify_token", "version",
    "base_url", "read_receipts", "throughput",
)  # fmt: skip


def read(options: Mapping[str, Any]) -> WhatsAppOptions:
    """Raises ConfigError naming the option that is missing or wrong."""
    given = Options("WhatsApp", options, KNOWN)
    return WhatsAppOptions(
        phone_number_id=given.matching("phone_number_id", _DIGITS, "must be an id of digits"),
        business_account_id=given.matching(
            "business_account_id", _DIGITS, "must be an id of digits"
        ),
        token=given.reference("token"),
        app_secret=given.reference("app_secret"),
        verify_token=given.reference("verify_token"),
        version=given.matching("version", r"v[0-9]{1,3}\.[0-9]", "looks like v23.0", "v23.0"),
        base_url=_base_url(given),
        read_receipts=given.flag("read_receipts", True),
        throughput=given.number("throughput", THROUGHPUT, high=1_000),
    )


def _base_url(given: Options) -> str:
    text = given.text("base_url", GRAPH).rstrip("/")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise given.wrong("base_url", f"is no address: {error}") from None
    if url.query or url.fragment or url.userinfo or not url.host:
        raise given.wrong("base_url", "must be a plain address such as https://graph.facebook.com")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise given.wrong(
            "base_url", "must begin with https, because the access token is sent there"
        )
    return text


@dataclass(frozen=True, slots=True)
class WhatsAppSecrets:
    """Where the secrets of an account are read when they are needed. Each raises ConfigError.

    A line break at its end comes with reading a file, and belongs to none.
    """

    secrets: Secrets
    options: WhatsAppOptions

    def token(self) -> str:
        """What no header takes is refused here: the complaint of a library would quote it."""
        value = self.secrets.get(self.options.token).strip()
        if not re.fullmatch(r"[!-~]+", value):
            raise ConfigError(
                f"The access token at {self.options.token} is empty, or has blanks, line breaks or "
                "other characters in it that no token has; copy it there anew.",
                option="token",
            )
        return value

    def app_secret(self) -> str:
        return self.secrets.get(self.options.app_secret).strip()

    def verify_token(self) -> str:
        return self.secrets.get(self.options.verify_token).strip()
