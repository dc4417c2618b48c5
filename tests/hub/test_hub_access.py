"""Who is let in: the token's holders, from this machine, not through a foreign page."""

import stat
from pathlib import Path

import httpx
import pytest

from workspace.hub import auth
from workspace.settings import Paths

SOME_ID = "1"


def refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.json()["error"] == "unauthorized"


def routes(http: httpx.Client) -> list[tuple[str, str]]:
    api = http.get("/openapi.json").json()
    return [(method.upper(), path) for path in api["paths"] for method in api["paths"][path]]


def test_every_route_but_health_wants_the_token(http: httpx.Client) -> None:
    found = routes(http)
    assert len(found) > 15
    for method, path in found:
        if path != "/v1/health":
            concrete = path.replace("{id}", SOME_ID).replace("{verb}", "resolve")
            refused(httpx.request(method, f"{http.base_url}{concrete}", trust_env=False), 401)


def test_health_wants_none(http: httpx.Client) -> None:
    answer = httpx.get(f"{http.base_url}/v1/health", trust_env=False)
    assert answer.json() == {"ok": True}


@pytest.mark.parametrize(
    "given", ["Bearer wrong", "Bearer", "", "Basic dXNlcjpwdw==", "Bearer caf\xe9"]
)
def test_a_wrong_token_is_refused(http: httpx.Client, given: str) -> None:
    answer = http.get("/v1/info", headers={"Authorization": given.encode("latin-1")})
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:80", "localhost.evil.example", "10.0.0.1", "", "[::2]"),
        *("[::1", "[x]", "evil@127.0.0.1", "127.0.0.1/x"),
    ],
)
def test_a_foreign_host_is_refused_even_with_the_token(http: httpx.Client, host: str) -> None:
    """DNS rebinding: the page's own name, pointed at 127.0.0.1."""
    refused(http.get("/v1/health", headers={"Host": host}), 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:80"])
def test_any_loopback_name_is_served(http: httpx.Client, host: str) -> None:
    assert http.get("/v1/info", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://"])
def test_a_foreign_page_is_refused_even_with_the_token(http: httpx.Client, origin: str) -> None:
    refused(http.get("/v1/info", headers={"Origin": origin}), 403)


def test_our_own_page_is_served(http: httpx.Client) -> None:
    own = f"http://{http.base_url.host}:{http.base_url.port}"
    assert http.get("/v1/info", headers={"Origin": own}).status_code == 200


def test_the_token_is_the_owners_alone(paths: Paths) -> None:
    assert stat.S_IMODE(paths.token.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.lock.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.log.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.folder.stat().st_mode) == 0o700


def test_a_token_others_could_read_is_replaced(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = auth.token(paths)
    assert auth.token(paths) == first
    paths.token.chmod(0o644)
    second = auth.token(paths)
    assert second != first
    assert stat.S_IMODE(paths.token.stat().st_mode) == 0o600


def test_the_token_is_in_no_log_and_no_answer(http: httpx.Client, paths: Paths) -> None:
    token = paths.token.read_text()
    assert len(token) > 30
    assert token not in paths.log.read_text()
    assert token not in http.get("/v1/info").text
