"""Who may ask: holders of the token, from this machine, not through a foreign web page."""

import hmac
import os
import re
import secrets
import stat

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from workspace.errors import Unauthorized
from workspace.hub.failures import wire
from workspace.settings import Paths

OPEN = frozenset({"/v1/health", "/docs", "/openapi.json"})
"""Without a token: they tell nothing about this workspace, and a browser has no token to show."""

HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)


class Auth:
    """Refuses before anything of a request is read."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            error, status = refusal
            await wire(error, status)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[Unauthorized, int] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # A foreign name that resolves to 127.0.0.1 (DNS rebinding) is still in the Host header.
        if not HOST.fullmatch(host):
            return Unauthorized("The hub answers on this machine's loopback address only."), 403
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return Unauthorized("The hub does not answer other web pages."), 403
        given = headers.get("authorization", "").encode("utf-8", "surrogateescape")
        if scope["path"] in OPEN or hmac.compare_digest(given, self.expected):
            return None
        return Unauthorized("The token is missing or wrong; it is in the workspace's folder."), 401


def token(paths: Paths) -> str:
    """The token of a folder, made on first use. Called by the lock's holder only.

    One that others could read is replaced.
    """
    private = paths.token.exists() and not stat.S_IMODE(paths.token.stat().st_mode) & 0o077
    if private and (found := paths.token.read_text("ascii").strip()):
        return found
    made = secrets.token_urlsafe(32)
    unfinished = paths.token.with_name("token.new")
    unfinished.unlink(missing_ok=True)
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as out:
        out.write(made)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(paths.token)
    return made
