"""What endpoints are given: the services of the folder, who acts, and the request's key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request

from workspace.errors import InvalidRequest
from workspace.hub.stream import Changes
from workspace.models import Actor, ActorKind
from workspace.rules import names
from workspace.services import Services
from workspace.settings import Paths


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything one running hub is made of. `stop` asks it to end, and returns at once."""

    paths: Paths
    services: Services
    changes: Changes
    stop: Callable[[], None]


# These are async so that they don't cost a thread each.


async def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


async def _services(request: Request) -> Services:
    return (await _hub(request)).services


async def _actor(
    x_convo_actor: Annotated[str, Header()],
    x_convo_actor_kind: Annotated[str, Header()] = ActorKind.OPERATOR,
) -> Actor:
    if x_convo_actor_kind not in (ActorKind.OPERATOR, ActorKind.AGENT):
        raise InvalidRequest("The header X-Convo-Actor-Kind is neither operator nor agent.")
    name = names.name(unquote(x_convo_actor), "The name in the header X-Convo-Actor")
    if not name:
        raise InvalidRequest("The header X-Convo-Actor names nobody.")
    return Actor(ActorKind(x_convo_actor_kind), name)


async def _key(idempotency_key: Annotated[str, Header(min_length=8, max_length=200)]) -> str:
    return idempotency_key


HubNeeded = Annotated[Hub, Depends(_hub)]
Needed = Annotated[Services, Depends(_services)]
By = Annotated[Actor, Depends(_actor)]
Key = Annotated[str, Depends(_key)]
