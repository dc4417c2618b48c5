"""What the model of the Cloud API knows, keeps and has to tell, each as a value."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """One business with one number."""

    phone_number_id: str = "1122334455667"
    business_account_id: str = "5467539754836534"
    number: str = "15550001111"
    token: str = "EAAtoken-of-a-system-user"
    app_secret: str = "the-secret-of-the-app"
    verify_token: str = "what-was-entered-at-meta"


@dataclass(frozen=True, slots=True)
class Customer:
    """`wa_id`: digits; empty: hidden. `user_id`: the business-scoped id."""

    wa_id: str
    name: str = ""
    user_id: str = ""

    @property
    def address(self) -> str:
        """What messages to them go to."""
        return self.wa_id or self.user_id

    @property
    def names(self) -> frozenset[str]:
        """All that messages to them may go to."""
        return frozenset(filter(None, (self.wa_id, self.user_id)))

    @property
    def contact(self) -> Fields:
        found: Fields = {"profile": {"name": self.name}}
        found |= {"wa_id": self.wa_id} if self.wa_id else {}
        return found | ({"user_id": self.user_id} if self.user_id else {})


@dataclass(frozen=True, slots=True)
class Written:
    """What a customer wrote; `text` is empty where it was no text."""

    customer: Customer
    text: str = field(repr=False)
    at: datetime


@dataclass(slots=True)
class Sent:
    """A message that was accepted."""

    id: str
    to: str
    at: datetime
    body: Fields = field(repr=False)
    status: str = "accepted"
    code: int = 0
    """Of the error, where it failed."""


@dataclass(slots=True)
class File:
    mime: str
    data: bytes = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Hook:
    """A payload that is to be posted at an instant."""

    due: datetime
    content: Fields = field(repr=False)
    tries: int = 0
    """In vain, until now."""
