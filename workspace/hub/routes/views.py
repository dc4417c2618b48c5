"""Saved views of the list."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from workspace.hub.context import By, Key, Needed
from workspace.hub.wire import ViewRequest, Word, encoded
from workspace.models import SavedView

router = APIRouter(prefix="/v1/views", tags=["Views"])


@router.get("", summary="All saved views, by name")
@encoded
def views(services: Needed) -> list[SavedView]:
    return services.views.list()


@router.put("", summary="Save a filter under a name")
@encoded
def save(asked: ViewRequest, services: Needed, by: By) -> SavedView:
    """Another view of this name is replaced."""
    return services.views.save(asked.name, asked.filter.filter(), by)


@router.delete("", summary="Delete a saved view", status_code=204)
def delete(name: Annotated[Word, Query()], services: Needed, by: By, key: Key) -> Response:
    services.views.delete(name, key)
    return Response(status_code=204)
