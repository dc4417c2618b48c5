"""The calls of `Workspace` about the people outside."""

from typing import SupportsIndex

from workspace.client.arguments import id_of
from workspace.client.pages import Contacts
from workspace.client.transport import Transport
from workspace.models import Contact, Conversation, MergedContact

ContactId = int | str | SupportsIndex | Contact | Conversation
"""A conversation stands for the contact it is with."""


class ContactCalls:
    _transport: Transport

    def contacts(self, search: str = "", limit: int = 50) -> Contacts:
        """Contacts, who was active last first; with `search` those whose name and addresses hold
        all its words. A phone number is found however it is written.
        """
        found = self._transport.get(list[Contact], "/v1/contacts", search=search, limit=limit)
        return Contacts(found)

    def contact(self, id: ContactId) -> Contact:
        """A contact; under the id of one that was merged, what it is part of. Raises NotFound."""
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
        name shows that of a contact that was merged into it, else the address. Raises NotFound,
        InvalidRequest.
        """
        asked = {"name": name, "blocked": blocked, "opted_out": opted_out}
        body = {what: value for what, value in asked.items() if value is not None}
        changed: Contact = self._transport.write(Contact, f"/v1/contacts/{_id(id)}", body, key)
        return changed

    def merge_contacts(self, id: ContactId, other: ContactId, *, key: str | None = None) -> Contact:
        """Make the contact `other` a part of the contact `id`: one person with two addresses.

        Gives the contact with the addresses and conversations of both; each conversation stays as
        it is. The name is that of `id`, if it has one; blocked and opted out hold for both. Logged
        in all conversations; `unmerge_contact(other)` takes it back. Raises NotFound,
        InvalidRequest.
        """
        body = {"other": str(_id(other))}
        merged: Contact = self._transport.write(Contact, f"/v1/contacts/{_id(id)}/merge", body, key)
        return merged

    def unmerge_contact(
        self, id: int | str | SupportsIndex | MergedContact, *, key: str | None = None
    ) -> Contact:
        """Make a contact that was merged (`Contact.merged`) one of its own again. Gives it.

        It takes along its addresses and conversations, with all that has arrived there since, and
        is what it was; what was decided about the whole meanwhile, such as Opted out, holds for
        both. Raises NotFound; Conflict for one that is not merged.
        """
        number = id.id if isinstance(id, MergedContact) else id_of(id)
        path = f"/v1/contacts/{number}/unmerge"
        own: Contact = self._transport.write(Contact, path, None, key)
        return own


def _id(value: ContactId) -> int:
    if isinstance(value, Contact):
        return value.id
    return value.contact_id if isinstance(value, Conversation) else id_of(value)
