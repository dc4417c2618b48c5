"""Templates: those the providers keep, as the store has them, and the business's own."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from workspace import rules
from workspace.errors import Conflict, ConvoError, InvalidRequest, NotFound, TooLarge
from workspace.models import Template, TemplateChoice, TemplateUse
from workspace.rules import names
from workspace.services.configured import Channels
from workspace.services.syncing import Syncing
from workspace.store import Store, changes, idempotency, templates
from workspace.store.driver import Driver
from workspace.store.templates import OWN

MAX_BODY = 10_000
"""Characters of an own one; what a channel takes is checked when it is sent."""

MAX_LANGUAGE = 35
"""Characters; RFC 5646 wants room for as many."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice, and what is known of it at this moment."""

    choice: TemplateChoice
    use: TemplateUse
    text: str = field(repr=False)
    """What the customer will read."""


class Templates:
    def __init__(
        self, store: Store, channels: Channels, syncing: Syncing, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._channels = channels
        self._syncing = syncing
        self._clock = clock

    # --- looking ------------------------------------------------------------------------------

    def all(self) -> list[Template]:
        """Of every channel, of all statuses, and the business's own; by name and language."""
        for id in self._syncing.untried():
            with suppress(ConvoError):  # it is told beside the list, see `Syncing.states`
                self._syncing.at_least_once(id)
        with self._store.read() as db:
            return templates.all(db)

    def of(self, channel_id: int) -> list[Template]:
        """What can be chosen from on a channel: what its provider keeps, else the business's own.

        Of all statuses. Raises NotFound, and ConvoError where they could never be read.
        """
        place = self._place(channel_id)
        with self._store.read() as db:
            return templates.of(db, place)

    def find(self, channel_id: int, choice: TemplateChoice) -> Template | None:
        """The one of this name and language. Raises as `of`."""
        place = self._place(channel_id)
        with self._store.read() as db:
            return templates.get(db, place, choice.name, choice.language)

    def _place(self, channel_id: int) -> int:
        if self._channels.channel(channel_id).capabilities.templates is None:
            return OWN
        self._syncing.at_least_once(channel_id)
        return channel_id

    def chosen(self, channel_id: int, choice: TemplateChoice) -> Chosen:
        """Raises as `of`."""
        template = self.find(channel_id, choice)
        text = rules.render_template(template, choice.values).text if template else ""
        return Chosen(choice, rules.template_use(template, choice), text)

    def doubt(self, channel_id: int) -> None:
        """The provider did not take one as it is kept here."""
        self._syncing.doubt(channel_id)

    # --- the business's own -------------------------------------------------------------------

    def save(self, name: str, language: str, body: str, examples: Mapping[str, str]) -> Template:
        """Keep one of the business's own, in the place of that of the same name and language.

        To save it twice is to save it once. Raises InvalidRequest, TooLarge.
        """
        kept = self._checked(name, language, body, examples)

        def work(tx: Driver) -> None:
            now = self._clock()
            templates.put(tx, OWN, [kept], now, now)
            changes.record(tx, "templates")

        self._store.write(work)
        return kept

    def _checked(
        self, name: str, language: str, body: str, examples: Mapping[str, str]
    ) -> Template:
        name = names.name(name, "The name of a template")
        if not name:
            raise InvalidRequest("A template needs a name.")
        language = language.strip()
        if not language.replace("_", "").replace("-", "").isalnum() or not language.isascii():
            raise InvalidRequest("A template needs a language, such as en or pt_BR.")
        if len(language) > MAX_LANGUAGE:
            raise InvalidRequest("This is no language; write it like en or pt_BR.")
        if len(body) > MAX_BODY:
            raise TooLarge(
                f"The text has {len(body):,} characters; a template takes at most {MAX_BODY:,}.",
                limit=MAX_BODY,
            )
        made = rules.own_template(name, language, body, examples)
        for finding in rules.lint_template(made):
            raise InvalidRequest(finding.message, place=finding.place)
        return made

    def delete(self, name: str, language: str, key: str | None) -> None:
        """Forget one of the business's own. What was sent with it stays as it is.

        Raises NotFound; Conflict for one of a provider, which is deleted there.
        """
        request = {"verb": "delete_template", "name": name, "language": language}

        def work(tx: Driver) -> bool:
            if not templates.drop(tx, OWN, name, language):
                raise self._not_ours(tx, name, language)
            changes.record(tx, "templates")
            return True

        self._store.write(lambda tx: idempotency.once(tx, key, request, bool, lambda: work(tx)))

    def _not_ours(self, tx: Driver, name: str, language: str) -> ConvoError:
        every = {(t.name, t.language) for t in templates.all(tx)}
        if (name, language) in every:
            return Conflict(
                f"The provider keeps the template {name!r}; delete it there, then sync.", name=name
            )
        return NotFound(f"You have no template {name!r} in {language!r}.", name=name)
