"""Templates: those the providers keep, and the business's own."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from workspace.hub.context import By, Key, Needed
from workspace.hub.wire import SyncRequest, TemplateRequest, Word, encoded
from workspace.models import Template, TemplateSync

router = APIRouter(prefix="/v1/templates", tags=["Templates"])


@router.get("", summary="All templates, of all statuses")
@encoded
def all_templates(services: Needed) -> list[Template]:
    """By name and language. Without a channel: the business's own."""
    return services.templates.all()


@router.put("", summary="Keep a template of the business's own")
@encoded
def save_template(asked: TemplateRequest, services: Needed, by: By) -> Template:
    """In the place of the one of this name and language. Sent as plain text."""
    return services.templates.save(asked.name, asked.language, asked.body, asked.examples)


@router.delete("", summary="Forget a template of the business's own", status_code=204)
def delete_template(
    name: Annotated[Word, Query()],
    language: Annotated[Word, Query()],
    services: Needed,
    by: By,
    key: Key,
) -> Response:
    services.templates.delete(name, language, key)
    return Response(status_code=204)


@router.get("/syncs", summary="When they were last read from the providers")
@encoded
def template_syncs(services: Needed) -> list[TemplateSync]:
    """One a channel whose provider keeps templates."""
    return services.syncing.states()


@router.post("/sync", summary="Read them from the providers now")
@encoded
def sync_templates(asked: SyncRequest, services: Needed) -> list[TemplateSync]:
    """How it went. `failure`: why it did not, in words."""
    return services.syncing.sync(asked.channel)
