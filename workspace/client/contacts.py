"""The calls of `Workspace` about the people outside."""

from typing import SupportsIndex

from workspace.client.arguments import id_of
from workspace.client.transport import Transport
from workspace.models import Contact, Conversation

ContactId = int | str | SupportsIndex | Contact | Conversation
"""A conversation stands for the contact it is with."""


class ContactCalls:
    _transport: Transport

    def contact(self, id: ContactId) -> Contact:
        """Raises NotFound."""
        found: Contact = self._transport.get(Contact, f"/v1/contacts/{_id(id)}")
        return found

    def update_contact(
        self,
        id: ContactId,
        name: str | None = None,
        blocked: bool | None = None,
        opted_out: bool | None = None,
        *,
        key: str | None = None,
    ) -> Contact:
        """Rename, block or opt out; None leaves things as they are. Gives the contact as it is now.

        Each change is logged in all conversations of the contact. What a blocked contact writes is
        stored and changes nothing; nothing can be sent to who is blocked or opted out. An empty
        name shows the address. Raises NotFound, InvalidRequest.
        """
        asked = {"name": name, "blocked": blocked, "opted_out": opted_out}
        body = {what: value for what, value in asked.items() if value is not None}
        changed: Contact = self._transport.write(Contact, f"/v1/contacts/{_id(id)}", body, key)
        return changed


def _id(value: ContactId) -> int:
    if isinstance(value, Contact):
        return value.id
    return value.contact_id if isinstance(value, Conversation) else id_of(value)
