"""The API page: OpenAPI rendered as plain HTML, without scripts, so that it works offline."""

import re
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
section { border-top: 1px solid #8886; padding: .6rem 0 }
h3 { margin: 0; font-size: 1rem } h3 span { font-weight: normal; opacity: .75 }
code { font: 14px ui-monospace, monospace } b { display: inline-block; min-width: 4rem }
table { border-collapse: collapse; margin: .3rem 0 } td { padding: .1rem 1rem .1rem 0 }
p { margin: .3rem 0 }
"""


def install(app: FastAPI) -> None:
    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(page(app.openapi()), headers=policy)


def page(api: dict[str, Any]) -> str:
    """A page from an OpenAPI document."""
    info = api["info"]
    title = escape(f"{info['title']} {info['version']}")
    parts = [f"<h1>{title}</h1>", *_paragraphs(info.get("description", ""))]
    for topic, endpoints in _by_topic(api).items():
        parts.append(f"<h2>{escape(topic)}</h2>")
        parts += [_endpoint(api, *endpoint) for endpoint in endpoints]
    parts += ["<h2>Values</h2>", *_values(api)]
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<style>{STYLE}</style>{''.join(parts)}</html>"
    )


def _by_topic(api: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in api["paths"].items():
        for method, endpoint in methods.items():
            found.setdefault(endpoint["tags"][0], []).append((method.upper(), path, endpoint))
    return found


def _endpoint(api: dict[str, Any], method: str, path: str, endpoint: dict[str, Any]) -> str:
    head = f"<b>{method}</b> <code>{escape(path)}</code> <span>{escape(endpoint['summary'])}</span>"
    rows = [
        _row(p["name"], p["in"], p["schema"], p["required"]) for p in endpoint.get("parameters", [])
    ]
    rows += _body_rows(api, endpoint)
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    text = "".join(_paragraphs(endpoint.get("description", "")))
    return f"<section><h3>{head}</h3>{text}{table}{_answer(endpoint)}</section>"


def _body_rows(api: dict[str, Any], endpoint: dict[str, Any]) -> list[str]:
    content = endpoint.get("requestBody", {}).get("content", {})
    schema = _resolved(api, content.get("application/json", {}).get("schema", {}))
    needed = schema.get("required", [])
    return [
        _row(name, "body", field, name in needed)
        for name, field in schema.get("properties", {}).items()
    ]


def _values(api: dict[str, Any]) -> list[str]:
    schemas = api.get("components", {}).get("schemas", {})
    return [
        f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{_value(schema)}</section>'
        for name, schema in sorted(schemas.items())
        if not name.endswith("Request")
    ]


def _value(schema: dict[str, Any]) -> str:
    about = "".join(_paragraphs(schema.get("description", "")))
    if "enum" in schema:
        return f"{about}<p>{', '.join(f'<code>{escape(one)}</code>' for one in schema['enum'])}</p>"
    fields = schema.get("properties", {}).items()
    rows = [f"<tr><td><code>{escape(name)}</code><td>{_type(field)}" for name, field in fields]
    return f"{about}<table>{''.join(rows)}</table>"


def _row(name: str, place: str, schema: dict[str, Any], required: bool) -> str:
    need = "required" if required else ""
    cells = (f"<code>{escape(name)}</code>", place, _type(schema), need)
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells)


def _answer(endpoint: dict[str, Any]) -> str:
    content = endpoint["responses"].get("200", {}).get("content", {})
    for media, value in content.items():
        told = _type(value.get("schema", {})) if media == "application/json" else escape(media)
        return f"<p>Answers {told}</p>"
    return ""


def _type(schema: dict[str, Any]) -> str:
    """The type in words, with links to the values described below."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("type", "any")))


def _resolved(api: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = api["components"]["schemas"][name] if name else schema
    return found


def _paragraphs(text: str) -> list[str]:
    parts = [escape(part) for part in text.split("\n\n") if part.strip()]
    return [f"<p>{_CODE.sub(_as_code, part)}</p>" for part in parts]


_CODE = re.compile("`+([^`]+)`+")


def _as_code(found: re.Match[str]) -> str:
    return f"<code>{found[1]}</code>"
