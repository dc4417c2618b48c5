"""What the Cloud API allows a request to say; its form is `form`'s. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workspace.channels.simulated.templates import refusal
from workspace.models import MediaKind, Template
from workspace.rules import is_emoji
from workspace.testing.cloud import form
from workspace.testing.cloud.components import filled
from workspace.testing.cloud.records import File
from workspace.testing.cloud.refusals import Refused

Files = Callable[[str], File | None]
"""A file that was uploaded, by its id, if it is still kept."""

MAX_TEXT = 4096
MAX_CAPTION = 1024
_MB = 1_000_000

# By the table "Supported media types" of the reference.
_MEDIA: Mapping[str, tuple[frozenset[str], int]] = {
    "image": (frozenset({"image/jpeg", "image/png"}), 5 * _MB),
    "audio": (
        frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
        16 * _MB,
    ),
    "video": (frozenset({"video/mp4", "video/3gpp"}), 16 * _MB),
    "document": (frozenset(), 100 * _MB),
    "sticker": (frozenset({"image/webp"}), 500_000),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that is to be sent."""

    to: str
    kind: str
    template: str = ""
    text: str = field(default="", repr=False)
    marketing: bool = False
    """By a template of the category MARKETING."""
    quotes: str = ""
    """The id of the message that it quotes."""
    reacts_to: str = ""
    """The id of the message that it is a reaction to."""


def check_seen(body: Mapping[str, Any]) -> None:
    _check(body, form.SEEN)


def _check(body: Any, wanted: Any) -> None:
    said = form.complaint(body, wanted)
    if said:
        raise Refused(100, details=said)


def addressee(body: Mapping[str, Any]) -> str:
    """Whom a message goes to, by number or id; empty: to nobody."""
    return str(body.get("to") or body.get("recipient") or "").removeprefix("+")


def read(body: Any, templates: Sequence[Template], file: Files) -> Wanted:
    """Raises Refused as Meta would."""
    _check(body, form.MESSAGE)
    to, kind = addressee(body), body["type"]
    if not to:
        raise Refused(100, details="The parameter to is required.")
    return replace(
        _content(to, kind, body[kind], templates, file),
        quotes=body.get("context", {}).get("message_id", ""),
    )


def _content(
    to: str, kind: str, content: Mapping[str, Any], templates: Sequence[Template], file: Files
) -> Wanted:
    if kind == "template":
        template = _template(content, templates, file)
        return Wanted(to, kind, template.name, marketing=template.category == "MARKETING")
    if kind == "text":
        return Wanted(to, kind, text=_text(content["body"], MAX_TEXT))
    if kind == "reaction":
        if content["emoji"] and not is_emoji(content["emoji"]):
            raise Refused(131009, details="The emoji is none.")
        return Wanted(to, kind, reacts_to=content["message_id"])
    _file(kind, content, file)
    return Wanted(to, kind, text=_text(content.get("caption", "x"), MAX_CAPTION))


def _text(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(100, details=f"A text has 1 to {limit} characters.")
    return text


def _file(kind: str, content: Mapping[str, Any], find: Files) -> None:
    file = find(content["id"])
    if file is None:
        raise Refused(100, details="The media id is not known.")
    mimes, size = _MEDIA[kind]
    if mimes and file.mime not in mimes:
        raise Refused(131053, details=f"{file.mime} can't be sent as {kind}.")
    if len(file.data) > size:
        raise Refused(131053, details=f"The file is larger than {size} bytes.")


# --- templates ------------------------------------------------------------------------------------


def _template(content: Mapping[str, Any], templates: Sequence[Template], file: Files) -> Template:
    name, language = content["name"], content["language"]["code"]
    found = next((t for t in templates if (t.name, t.language) == (name, language)), None)
    if found is None:
        raise Refused(132001, 404, f"template name ({name}) does not exist in {language}")
    components = content.get("components", [])
    values = filled(found, components) if found.status == "APPROVED" else {}
    said = refusal(found, values, _header_files(components, file))
    if said:
        code = int(said.rpartition("(")[2].rstrip(")."))
        raise Refused(code, 404 if code == 132001 else 400, said)
    return found


def _header_files(components: Sequence[Mapping[str, Any]], file: Files) -> list[MediaKind]:
    found = []
    for component in components:
        for parameter in component["parameters"]:
            if parameter["type"] in ("image", "video", "document"):
                _file(parameter["type"], parameter[parameter["type"]], file)
                found.append(MediaKind(parameter["type"]))
    return found
