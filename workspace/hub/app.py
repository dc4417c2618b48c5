"""The HTTP application of one hub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from workspace.hub import docs, failures
from workspace.hub.auth import Auth
from workspace.hub.context import Hub
from workspace.hub.failures import Guard
from workspace.hub.limits import BodyLimit
from workspace.hub.routes import (
    channels,
    contacts,
    conversations,
    replies,
    sends,
    sql,
    system,
    templates,
    views,
    writing,
)
from workspace.hub.wire import Error
from workspace.version import VERSION

DESCRIPTION = """
Every request but GET /v1/health carries "Authorization: Bearer" and the token of the workspace's
folder. Every write to conversations carries X-Convo-Actor, the name of who acts (percent-encoded),
and Idempotency-Key: one key means one deed, however often it is sent. PUT needs no key, and drafts
are those of the actor, also where they are read.

Ids are strings of digits, times are ISO 8601 with zone. An error is {"error": code, "message": a
sentence, "detail": {}}.
"""


def create_app(hub: Hub, token: str) -> FastAPI:
    app = FastAPI(
        title="Conversation workspace",
        version=VERSION,
        description=DESCRIPTION.strip(),
        lifespan=_lifespan,
        responses={"default": {"model": Error, "description": "Any error"}},
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.hub = hub
    topics = (conversations, views, replies, sends, writing, templates, contacts, channels)
    for topic in (*topics, sql, system):
        app.include_router(topic.router)
    docs.install(app)
    failures.install(app)
    # The last added is the first to see a request.
    app.add_middleware(BodyLimit)
    app.add_middleware(Auth, token=token)
    app.add_middleware(Guard)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub: Hub = app.state.hub
    hub.changes.begin()
    yield
