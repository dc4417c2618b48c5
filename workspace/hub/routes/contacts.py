"""The people outside."""

from fastapi import APIRouter

from workspace.hub.context import By, Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import ContactRequest, encoded
from workspace.models import Contact
from workspace.services.contacts import Update

router = APIRouter(prefix="/v1/contacts", tags=["Contacts"])


@router.get("/{id}", summary="One contact")
@encoded
def contact(id: PathId, services: Needed) -> Contact:
    return services.contacts.contact(id)


@router.post("/{id}", summary="Rename, block or opt out a contact")
@encoded
def update_contact(
    id: PathId, asked: ContactRequest, services: Needed, by: By, key: Key
) -> Contact:
    """Each change is logged in all conversations of the contact. What a blocked contact writes is
    stored and changes nothing; nothing can be sent to who is blocked or opted out.
    """
    wanted = Update(asked.name, asked.blocked, asked.opted_out)
    return services.contacts.update(id, wanted, by, key)
