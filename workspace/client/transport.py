"""Requests to one hub, which is found again, or started again, when it is gone."""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from getpass import getuser
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import TypeAdapter

from workspace import process
from workspace.errors import HubUnavailable, InvalidRequest
from workspace.models import Actor, ActorKind
from workspace.process import Hub, Location
from workspace.rules import names

WAIT = httpx.Timeout(10, read=120, write=120, pool=None)
"""Seconds."""

ENDLESS = httpx.Timeout(10, read=None, write=120, pool=None)
"""For what takes as long as it takes, such as waiting for a large file that is being sent."""


def current_operator() -> Actor:
    """Who acts when nobody else is named: the JupyterHub user, else the OS user."""
    name = os.environ.get("JUPYTERHUB_USER", "")
    if not name:
        with suppress(KeyError, OSError):  # a container's user may have no name
            name = getuser()
    return Actor(ActorKind.OPERATOR, name or f"user {os.getuid()}")


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    `repeatable`: sent again if the connection breaks, because reading twice does no harm and a
    write carries a key by which the hub knows it.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = field(default=None, repr=False)
    content: bytes | BinaryIO | None = field(default=None, repr=False)
    """A file is sent as it is read, from its start."""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    timeout: httpx.Timeout = field(default_factory=lambda: WAIT)


@dataclass(frozen=True, slots=True)
class _Session:
    hub: Hub
    client: httpx.Client


class Transport:
    """Thread-safe: kernels call it from any of their threads."""

    def __init__(self, location: Location, actor: Actor) -> None:
        """Raises InvalidRequest for an actor's name that can't be shown."""
        names.name(actor.name, "The name of who acts")
        self.location = location
        self.actor = actor
        self._lock = threading.Lock()
        self._closed = False
        self._session = self._open(process.connect(location))

    @property
    def url(self) -> str:
        return self._session.hub.url

    def get(self, answer: Any, path: str, **params: Any) -> Any:
        """Read; the answer as the type `answer`. Parameters that are None are left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return self.call(answer, Call("GET", path, given))

    def write(self, answer: Any, path: str, body: Any, key: str | None = None) -> Any:
        """A write that happens once, however often it must be sent."""
        return self.call(answer, Call("POST", path, body=body, headers=self.signed(key)))

    def put(self, answer: Any, path: str, body: Any) -> Any:
        """A write that puts something in the place of what was there; twice is once."""
        return self.call(answer, Call("PUT", path, body=body, headers=self.signed(None)))

    def delete(self, path: str, key: str | None = None, **params: Any) -> None:
        """A deletion that happens once, as `write`."""
        self.send(Call("DELETE", path, params, headers=self.signed(key)))

    def signed(self, key: str | None) -> dict[str, str]:
        """Headers of a write: who, and the key that makes it one deed."""
        return {
            "Idempotency-Key": key or str(uuid4()),
            "X-Convo-Actor": quote(self.actor.name),
            "X-Convo-Actor-Kind": self.actor.kind,
        }

    def call(self, answer: Any, call: Call) -> Any:
        response = self.send(call)
        return adapter(answer).validate_json(response.content)

    def send(self, call: Call, *, stream: bool = False) -> httpx.Response:
        """The hub's answer. Raises the error it reports, or HubUnavailable."""
        self._expect_open()
        session = self._session
        try:
            return self._once(session, call, stream)
        except httpx.ConnectError:
            pass  # it never arrived
        except httpx.TimeoutException as error:
            raise _silent(session.hub) from error
        except httpx.TransportError as error:
            if not call.repeatable:
                raise _silent(session.hub) from error
        session = self._again(session)
        try:
            return self._once(session, call, stream)
        except httpx.TransportError as error:
            raise _silent(session.hub) from error

    def _once(self, session: _Session, call: Call, stream: bool) -> httpx.Response:
        if call.content is not None and not isinstance(call.content, bytes):
            call.content.seek(0)  # a first attempt may have read it
        request = _request(session, call)
        response = session.client.send(request, stream=stream)
        if response.status_code >= 400:
            response.read()
            raise process.reported(response.status_code, response.content, session.hub.url)
        return response

    def _again(self, broken: _Session) -> _Session:
        """A session to try once more with: the hub found anew, started if it is a local one."""
        with self._lock:
            self._expect_open()
            if self._session is broken:
                hub = process.connect(self.location)
                if hub != broken.hub:
                    # The old one is left to whoever still uses it, in another thread.
                    self._session = self._open(hub)
            return self._session

    def events(self, after: int | None, silence: float) -> httpx.Response:
        """An open stream of change events. Never starts a hub: somebody may have stopped it."""
        self._expect_open()
        session = self._session
        if self.location.paths and (found := process.find(self.location.paths)) != session.hub:
            if found is None:
                raise HubUnavailable(f"The hub of {self.location} is not running.")
            session = self._again(session)
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        timeout = httpx.Timeout(10, read=silence)
        call = Call("GET", "/v1/changes", headers=headers, timeout=timeout)
        try:
            return self._once(session, call, stream=True)
        except httpx.TransportError as error:
            raise _silent(session.hub) from error

    def revive(self) -> None:
        """Start the local hub again if it died. Raises HubUnavailable."""
        self._expect_open()
        if self.location.paths:
            process.revive(self.location.paths)

    def _open(self, hub: Hub) -> _Session:
        local = self.location.paths is not None
        client = httpx.Client(
            base_url=hub.url,
            headers={"Authorization": f"Bearer {hub.token}"},
            trust_env=not local,  # a proxy of the environment leads nowhere on this machine
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )
        return _Session(hub, client)

    def close(self) -> None:
        """Whatever still asks starts no hub again, which somebody may have stopped since."""
        self._closed = True
        self._session.client.close()

    def _expect_open(self) -> None:
        if self._closed:
            raise HubUnavailable(f"{self.location} was closed here; connect() opens it again.")


def _request(session: _Session, call: Call) -> httpx.Request:
    """Raises InvalidRequest for texts that nobody could write down."""
    try:
        return session.client.build_request(
            call.method,
            call.path,
            params=call.params,
            json=call.body,
            content=call.content,
            headers=call.headers,
            timeout=call.timeout,
        )
    except UnicodeEncodeError as error:  # whose own words would repeat the text
        if error.encoding == "ascii":  # of all that is given, only a key is a header as it is
            raise InvalidRequest("A key has ASCII characters alone; choose another.") from None
        raise InvalidRequest(
            "What was given holds half a character, such as one half of an emoji; write it anew."
        ) from None


def _silent(hub: Hub) -> HubUnavailable:
    return HubUnavailable(
        f"The hub at {hub.url} does not answer; what was asked may or may not have been done. "
        "`convo hub status` tells whether it runs."
    )


@cache
def adapter(answer: Any) -> TypeAdapter[Any]:
    """The decoder of a type."""
    return TypeAdapter(answer)
