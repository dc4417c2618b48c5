"""What the simulated provider does with templates: it reviews them, and looks at each use."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from workspace.channels.base import Outbound
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.channels.simulated.record import Record
from workspace.models import MediaKind, Template, VariablePlace

_HEADER_LIMIT = 60
_BODY_LIMIT = 1024


class Templates:
    """The catalogue as the reviews stand, which the record keeps."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def all(self) -> list[Template]:
        return [self._reviewed(template) for template in CATALOGUE]

    def review(self, name: str, language: str, status: str, reason: str) -> None:
        self._record.put(_decision(name, language), json.dumps([status, reason]))

    def _reviewed(self, template: Template) -> Template:
        decided = self._record.get(_decision(template.name, template.language))
        if decided is None:
            return template
        status, reason = json.loads(decided)
        return replace(template, status=status, reason=reason)

    def refusal(self, message: Outbound) -> str:
        """Why the provider does not take this use of a template; empty: it does, or there is none.

        It looks at its own template, whatever the workspace believes and has checked before.
        """
        if message.template is None:
            return ""
        asked = message.template.template
        own = {(each.name, each.language): each for each in self.all()}
        files = [file.kind for file in message.files]
        return refusal(own.get((asked.name, asked.language)), message.template.values, files)


def _decision(name: str, language: str) -> str:
    return f"review {name} {language}"


def refusal(
    template: Template | None,
    values: Mapping[str, str],
    files: Sequence[MediaKind],
) -> str:
    if template is None:
        return "The template does not exist in this language (132001)"
    if template.status != "APPROVED":
        code = {"PAUSED": 132015, "DISABLED": 132016}.get(template.status, 132001)
        return f"The template is {template.status} ({code})"
    if {v.key for v in template.variables} != {key for key in values if values[key].strip()}:
        return "The number of values does not match the template's (132000)"
    if any("\n" in value or "\t" in value or " " * 5 in value for value in values.values()):
        return "A value has line breaks, tabs or more than four spaces in it (132012)"
    if len(_filled(template.body, VariablePlace.BODY, template, values)) > _BODY_LIMIT:
        return "The text is too long with these values (132005)"
    wanted = template.header.media if template.header else None
    if list(files) != ([wanted] if wanted else []):
        return "The header does not have the file that the template asks for (132012)"
    header = template.header.text if template.header else ""
    if len(_filled(header, VariablePlace.HEADER, template, values)) > _HEADER_LIMIT:
        return "The header is too long with these values (132005)"
    return ""


def _filled(text: str, place: VariablePlace, template: Template, values: Mapping[str, str]) -> str:
    for variable in template.variables:
        if variable.place is place:
            text = text.replace(f"{{{{{variable.name}}}}}", values[variable.key])
    return text
