"""The hub itself: handshake, health, findings, change events, demo, stop."""

import os
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from workspace.errors import Conflict
from workspace.hub.context import HubNeeded, Needed
from workspace.hub.wire import DemoRequest, encoded
from workspace.models import Check, HubInfo
from workspace.services import demo as demo_data
from workspace.settings import API_VERSION
from workspace.version import VERSION

router = APIRouter(prefix="/v1", tags=["Hub"])
MAX_POSITION = 2**63 - 1


class Events(StreamingResponse):
    media_type = "text/event-stream"


@router.get("/health", summary="Whether the hub answers at all; needs no token")
async def health() -> dict[str, bool]:
    return {"ok": True}


@router.get("/info", summary="The handshake")
@encoded
def info(hub: HubNeeded) -> HubInfo:
    return HubInfo(
        version=VERSION,
        api=API_VERSION,
        pid=os.getpid(),
        folder=str(hub.paths.folder),
        demo=hub.services.settings.demo,
        sending=hub.services.delivery.sending(),
        agent=False,
    )


@router.get("/changes", summary="Change events", response_class=Events)
async def changes(
    hub: HubNeeded,
    since: Annotated[int | None, Query(ge=0, le=MAX_POSITION)] = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=MAX_POSITION)] = None,
) -> Events:
    """Names what changed, never its content.

    Begins with an event `position`; then comes a `change` for each change after Last-Event-ID (or
    `since`), without either from now on. The kind `reload` says that the position is too old.
    """
    after = since if last_event_id is None else last_event_id
    return Events(hub.changes.follow(after), headers={"Cache-Control": "no-store"})


@router.get("/doctor", summary="What is well and what is not, in words")
@encoded
def doctor(services: Needed) -> list[Check]:
    return services.doctor.report()


@router.post("/demo", summary="Load invented conversations into a demo folder")
@encoded
def demo(asked: DemoRequest, hub: HubNeeded) -> dict[str, bool]:
    if not hub.services.settings.demo:
        raise Conflict(
            "Demo data is loaded into a demo folder only, so that it never mixes with real "
            "conversations: convo demo --folder data/demo"
        )
    demo_data.load(hub.services, asked.size, asked.seed, asked.anchor)
    return {"ok": True}


@router.post("/stop", summary="Stop the hub gracefully")
async def stop(hub: HubNeeded) -> dict[str, bool]:
    hub.stop()
    return {"ok": True}
