"""The people outside."""

from typing import Annotated

from fastapi import APIRouter, Query

from workspace.hub.context import By, Key, Needed
from workspace.hub.routes.conversations import PathId
from workspace.hub.wire import ContactRequest, ContactsQuery, MergeRequest, encoded
from workspace.models import Contact
from workspace.services.contacts import Update

router = APIRouter(prefix="/v1/contacts", tags=["Contacts"])


@router.get("", summary="Contacts, who was active last first")
@encoded
def contacts(asked: Annotated[ContactsQuery, Query()], services: Needed) -> list[Contact]:
    """With `search`: those whose name and addresses hold all its words."""
    return services.contacts.contacts(asked.search, asked.limit)


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


@router.post("/{id}/merge", summary="Merge another contact into this one")
@encoded
def merge_contacts(id: PathId, asked: MergeRequest, services: Needed, by: By, key: Key) -> Contact:
    """Both are shown as one from now on, with the addresses and conversations of both. Blocked and
    opted out hold for both. Nothing is lost: `unmerge` takes it back.
    """
    return services.contacts.merge(id, asked.other, by, key)


@router.post("/{id}/unmerge", summary="Make a merged contact one of its own again")
@encoded
def unmerge_contact(id: PathId, services: Needed, by: By, key: Key) -> Contact:
    """It takes its addresses and conversations along, with all that has arrived there since."""
    return services.contacts.unmerge(id, by, key)
