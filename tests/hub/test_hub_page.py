"""The API page: what it lists is what there is, and it needs no internet."""

import re

import httpx
from fastapi.routing import APIRoute

from workspace.hub.docs import page
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


def test_openapi_lists_exactly_the_routes(http: httpx.Client) -> None:
    api = http.get("/openapi.json").json()
    listed = {(m.upper(), path) for path, methods in api["paths"].items() for m in methods}
    topics = (channels, contacts, conversations, views, replies, sends, writing, templates, sql)
    routes = [route for topic in (*topics, system) for route in topic.router.routes]
    assert listed == {(m, r.path) for r in routes if isinstance(r, APIRoute) for m in r.methods}


def test_every_route_says_what_it_does(http: httpx.Client) -> None:
    api = http.get("/openapi.json").json()
    for path, methods in api["paths"].items():
        for endpoint in methods.values():
            assert endpoint["tags"], path
            assert not endpoint["summary"].endswith("."), path
    ids = [
        endpoint["operationId"]
        for methods in api["paths"].values()
        for endpoint in methods.values()
    ]
    assert len(ids) == len(set(ids))


def test_errors_are_documented_as_they_are(http: httpx.Client) -> None:
    api = http.get("/openapi.json").json()
    assert "HTTPValidationError" not in api["components"]["schemas"]
    shown = api["components"]["schemas"]["Error"]["properties"]
    assert set(shown) == set(http.get("/v1/nothing").json())


def test_ids_are_strings_in_the_document(http: httpx.Client) -> None:
    schemas = http.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Conversation"]["properties"]["id"]["type"] == "string"
    assert schemas["VerbRequest"]["properties"]["ids"]["anyOf"][0]["items"]["type"] == "string"


def test_the_page_works_offline(http: httpx.Client) -> None:
    answer = http.get("/docs")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<link|src=|href=\"[^#]|url\(|//", answer.text)
    for path in http.get("/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in answer.text


def test_the_page_escapes() -> None:
    endpoint = {"tags": ["<i>"], "summary": "a<b>", "responses": {}}
    api = {"info": {"title": "<t>", "version": "1"}, "paths": {"/<p>": {"get": endpoint}}}
    shown = page(api)
    assert not {"<i>", "a<b>", "<t>", "<p>"} & set(re.findall(r"<i>|a<b>|<t>|/<p>", shown))
