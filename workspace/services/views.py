"""Saved views: filters of the list under a name, for everybody of the workspace."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from workspace.errors import InvalidRequest, NotFound
from workspace.models import Actor, Channel, SavedView
from workspace.rules import names
from workspace.services.filters import Filter
from workspace.store import Store, changes, idempotency, views
from workspace.store.driver import Driver

_JSON = TypeAdapter(Filter)


class Views:
    """`check` raises what listing by a filter would raise; `channels` gives the configured ones."""

    def __init__(
        self,
        store: Store,
        check: Callable[[Filter], object],
        channels: Callable[[], Sequence[Channel]],
    ) -> None:
        self._store = store
        self._check = check
        self._channels = channels

    def list(self) -> list[SavedView]:
        """By name."""
        known = {name for each in self._channels() for name in (each.name, str(each.id))}
        with self._store.read() as db:
            return [_with_problem(view, known) for view in views.all(db)]

    def save(self, name: str, wanted: Filter, actor: Actor) -> SavedView:
        """Replaces a view of this name. Raises InvalidRequest, and what `check` raises."""
        name = _checked(name)
        self._check(wanted)
        told = _JSON.dump_python(wanted, mode="json", exclude_defaults=True)

        def work(tx: Driver) -> SavedView:
            changes.record(tx, "views")
            return views.save(tx, name, told, actor)

        return self._store.write(work)

    def delete(self, name: str, key: str | None) -> None:
        """Forget one. Raises NotFound."""

        def work(tx: Driver) -> bool:
            if not views.drop(tx, _trimmed(name)):
                raise NotFound(f"No view is called {name!r}; it may have been deleted.")
            changes.record(tx, "views")
            return True

        request = {"verb": "delete_view", "name": name}
        self._store.write(lambda tx: idempotency.once(tx, key, request, bool, lambda: work(tx)))


def _trimmed(name: str) -> str:
    return " ".join(name.split())


def _checked(name: str) -> str:
    kept = names.name(name, "The view's name")
    if not kept:
        raise InvalidRequest("The view has no name; give it one.")
    return kept


def _with_problem(view: SavedView, known: set[str]) -> SavedView:
    channel = view.filter.get("channel")
    if channel is None or str(channel) in known:
        return view
    return replace(
        view,
        problem=f"The channel {str(channel)!r} was removed: the view shows its history alone. "
        "Connect it again, or save the view with another channel.",
    )
