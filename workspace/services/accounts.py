"""The configured channels: their rows, their live objects, and how they are doing."""

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from workspace import channels as kinds
from workspace.channels.base import Channel, HasWebhook
from workspace.errors import ConfigError, Conflict, ConvoError, NotFound
from workspace.models import Capabilities, Check, StartRule, TextLimit
from workspace.models import Channel as ChannelModel
from workspace.rules import names
from workspace.services.words import words
from workspace.settings import Paths, Secrets, Settings
from workspace.store import Store, changes, idempotency, ids
from workspace.store import channels as rows
from workspace.store.channels import ChannelRow
from workspace.store.driver import Driver

logger = logging.getLogger(__name__)

SIMULATED = "simulator"
Checks = list[Check]  # the class below has a method of the name list

_SECRET = re.compile(r"pass(word|wd|phrase)?$|secret|token|api_?key|credential", re.IGNORECASE)
_REFERENCE = re.compile(r"(env|secret):\S+")
_IN_URL = re.compile(r"://[^/@\s]*:[^/@\s]+@")


class Watcher(Protocol):
    """Whoever runs threads for channels."""

    def channel_added(self, id: int) -> None: ...

    def channel_removed(self, id: int) -> None:
        """Stop using the channel; it is closed afterwards."""
        ...


class Factory(Protocol):
    """`workspace.channels.create`"""

    def __call__(
        self,
        kind: str,
        options: Mapping[str, Any],
        secrets: Secrets,
        state_path: Path,
        channel_id: int,
    ) -> Channel: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How a channel is doing: connected, connecting or failing; why, in words."""

    state: str = "connecting"
    detail: str = ""


WAITING = "waiting for the first call of the provider"


def _first(channel: Channel) -> Standing:
    """How a channel stands before anything happened."""
    return Standing(detail=WAITING) if isinstance(channel, HasWebhook) else Standing()


class Accounts:
    def __init__(
        self, store: Store, paths: Paths, settings: Settings, create: Factory = kinds.create
    ) -> None:
        """Make the live object of every channel; nothing is connected yet."""
        self._store = store
        self._paths = paths
        self._settings = settings
        self._secrets = Secrets(paths)
        self._create = create
        # Held for a moment only, never while writing: verbs ask for clocks in the writer's thread.
        self._changing = threading.RLock()
        self._adding = threading.Lock()
        self._live: dict[int, Channel] = {}
        self._standing: dict[int, Standing] = {}
        self._watchers: list[Watcher] = []
        paths.simulator.mkdir(mode=0o700, parents=True, exist_ok=True)
        with store.read() as db:
            self._rows = {row.id: row for row in rows.all(db)}
        for row in self._rows.values():
            if not row.removed:
                self._revive(row)

    def _revive(self, row: ChannelRow) -> None:
        try:
            self._live[row.id] = self._make(row.kind, row.options, row.id)
            self._standing[row.id] = _first(self._live[row.id])
        except ConvoError as error:
            # Options of an older version, or edited by hand: the others must still come up.
            logger.warning("channel %s can't be opened: %s", row.id, error.message)
            self._standing[row.id] = Standing("failing", error.message)

    def _make(self, kind: str, options: Mapping[str, Any], id: int) -> Channel:
        return self._create(kind, options, self._secrets, self._paths.simulator, id)

    def watch(self, watcher: Watcher) -> None:
        self._watchers.append(watcher)

    # --- asking -------------------------------------------------------------------------------

    def ids(self) -> list[int]:
        """The channels that can be used, removed ones left out."""
        with self._changing:
            return [id for id in self._live if not self._rows[id].removed]

    def channel(self, id: int) -> Channel:
        """The live object. Raises NotFound; ConfigError where its options are wrong."""
        with self._changing:
            row = self._rows.get(id)
            if row is None or row.removed:
                raise NotFound(f"No channel {id}; it may have been removed.", id=str(id))
            if id not in self._live:
                raise ConfigError(self._standing[id].detail)
            return self._live[id]

    def called(self, id: int) -> bool:
        """Whether its provider calls us; it is connected once it did. Raises as `channel`."""
        return isinstance(self.channel(id), HasWebhook)

    def parser(self, id: int) -> Channel:
        """The channel for reading what it once received, also after it was removed."""
        with self._changing:
            row = self._rows.get(id)
            if row is None:
                raise NotFound(f"No channel {id} was ever configured here.", id=str(id))
            if row.removed and id not in self._live:
                self._live[id] = self._make(row.kind, row.options, id)
            return self._live[id] if row.removed else self.channel(id)

    def list(self) -> list[ChannelModel]:
        with self._changing:
            return [self._model(row) for row in self._rows.values() if not row.removed]

    def get(self, id: int) -> ChannelModel:
        """Raises NotFound."""
        with self._changing:
            row = self._rows.get(id)
            if row is None or row.removed:
                raise NotFound(f"No channel {id}; it may have been removed.", id=str(id))
            return self._model(row)

    def _model(self, row: ChannelRow) -> ChannelModel:
        live, standing = self._live.get(row.id), self._standing[row.id]
        can = live.capabilities if live else _nothing(row.kind, standing.detail)
        now = self.now(row.id)
        return ChannelModel(
            row.id, row.kind, row.name, can, row.options, standing.state, standing.detail, now
        )

    def now(self, channel_id: int) -> datetime:
        """The channel's clock; the machine's, for a channel that is no longer configured."""
        with self._changing:
            live = self._live.get(channel_id)
        return live.now() if live else datetime.now(UTC)

    # --- changing -----------------------------------------------------------------------------

    def add(self, kind: str, name: str, options: Mapping[str, Any]) -> ChannelModel:
        """Configure a channel; an empty name is made from its kind or address.

        A removed channel of this kind and name comes back with its history and goes on where it
        stopped. Raises ConfigError naming what is wrong, Conflict for a name that is taken.
        """
        options = _checked(options)
        with self._adding:
            row = self._add(kind, name, options)
            for watcher in self._watchers:
                watcher.channel_added(row.id)
        logger.info("channel %s (%s) added", row.id, kind)
        return self.get(row.id)

    def _add(self, kind: str, name: str, options: Mapping[str, Any]) -> ChannelRow:
        known = self._known()
        self._keep_apart(kind, known)
        name = names.name(name, "The channel's name")
        name = name or self._invented_name(kind, options, known)
        before = next((row for row in known if row.name == name), None)
        if before and (not before.removed or before.kind != kind):
            raise Conflict(f"There is a channel {name!r} already; choose another name.")
        id = before.id if before else self._store.write(lambda tx: ids.allocate(tx, 1)[0])
        self.close_channel(id)
        channel = self._make(kind, options, id)
        row = ChannelRow(id, kind, name, options)
        self._store.write(lambda tx: _keep(tx, row, new=before is None))
        with self._changing:
            self._rows[id], self._live[id], self._standing[id] = row, channel, _first(channel)
        self._tell()
        return row

    def _known(self) -> Sequence[ChannelRow]:
        with self._changing:
            return [*self._rows.values()]

    def remove(self, id: int, key: str | None = None) -> ChannelModel:
        """Stop a channel; its history stays readable. Raises NotFound.

        Asked for again with the same `key`, it answers the same and does nothing.
        """
        with self._adding:
            dropped: list[ChannelModel] = []

            def drop(tx: Driver) -> ChannelModel:
                dropped.append(self.get(id))
                rows.remove(tx, id)
                return dropped[0]

            model = self._store.write(partial(_once, key=key, id=id, drop=drop))
            if dropped:
                self._end(id)
        return model

    def _end(self, id: int) -> None:
        """The channel is not used any more: by nobody here, and by no thread."""
        with self._changing:
            self._rows[id] = replace(self._rows[id], removed=True)
        self._tell()
        for watcher in self._watchers:
            watcher.channel_removed(id)
        self.close_channel(id)
        logger.info("channel %s removed", id)

    def _keep_apart(self, kind: str, known: Sequence[ChannelRow]) -> None:
        """Demo and real conversations never mix: no report could tell them apart again."""
        simulated = kind == SIMULATED
        if self._settings.demo and not simulated:
            raise ConfigError(
                "This folder holds demo data, and real conversations never mix with it. Make a "
                "folder of your own: convo init"
            )
        with self._store.read() as db:
            used = rows.used(db)
        others = [row for row in known if not row.removed or row.id in used]
        if any((row.kind == SIMULATED) is not simulated for row in others):
            here, asked = ("real", "simulated") if simulated else ("simulated", "real")
            raise ConfigError(
                f"This folder holds {here} channels, and {asked} ones never mix with them. "
                "Use another folder."
            )

    def _invented_name(
        self, kind: str, options: Mapping[str, Any], known: Sequence[ChannelRow]
    ) -> str:
        first = str(options.get("address") or options.get("plays") or kind)[: names.MAX_NAME]
        taken = {row.name for row in known}
        numbered = (f"{first} {n}" for n in range(2, len(taken) + 3))
        return first if first not in taken else next(n for n in numbered if n not in taken)

    # --- trying out ---------------------------------------------------------------------------

    def test(self, id: int) -> Checks:
        """What works and what does not, in words. Raises NotFound."""
        model = self.get(id)
        if model.state == "failing" and id not in self._live:
            return [Check(model.name, False, model.state_detail)]
        return _try(self.channel(id))

    def test_options(self, kind: str, options: Mapping[str, Any]) -> Checks:
        """The same for options that are not kept. Raises ConfigError."""
        options = _checked(options)
        with TemporaryDirectory(dir=self._paths.simulator) as folder:
            channel = self._create(kind, options, self._secrets, Path(folder), 0)
            try:
                return _try(channel)
            finally:
                channel.close()

    # --- how they are doing -------------------------------------------------------------------

    def well(self, id: int) -> None:
        """The channel is connected."""
        self._stand(id, Standing("connected"))

    def failing(self, id: int, why: str) -> None:
        self._stand(id, Standing("failing", why))

    def _stand(self, id: int, standing: Standing) -> None:
        with self._changing:
            if id not in self._standing or self._standing[id] == standing:
                return
            self._standing[id] = standing
        self._tell()

    def _tell(self) -> None:
        """Once it is so here: who hears of it asks at once."""
        self._store.write(lambda tx: changes.record(tx, "channels"))

    def close(self) -> None:
        """Close all channels; a `run` that waits ends. What they received can still be parsed."""
        with self._changing:
            live = list(self._live.values())
        for channel in live:
            channel.close()

    def close_channel(self, id: int) -> None:
        """Cut its connections; whatever waits for them ends."""
        with self._changing:
            channel = self._live.pop(id, None)
        if channel is not None:
            channel.close()


def _keep(tx: Driver, row: ChannelRow, *, new: bool) -> None:
    if new:
        rows.add(tx, row)
    else:
        rows.revive(tx, row.id, row.options)


def _once(
    tx: Driver, key: str | None, id: int, drop: Callable[[Driver], ChannelModel]
) -> ChannelModel:
    request = {"verb": "remove_channel", "id": id}
    return idempotency.once(tx, key, request, ChannelModel, lambda: drop(tx))


def _checked(options: Mapping[str, Any]) -> dict[str, Any]:
    """Plain JSON values without secrets. Raises ConfigError, which never quotes a value."""
    for name, value in options.items():
        text = value if isinstance(value, str) else ""
        inline = _SECRET.search(name) and not _REFERENCE.fullmatch(text)
        if (inline and value) or _IN_URL.search(text):
            raise ConfigError(
                f"The option {name} holds a secret; options only name one: env:NAME for an "
                "environment variable, or secret:NAME for a line of secrets.toml.",
                option=name,
            )
    checked: dict[str, Any] = json.loads(json.dumps(dict(options), default=str))
    return checked


def _try(channel: Channel) -> list[Check]:
    try:
        return channel.test()
    except (ConvoError, OSError) as error:
        return [Check("connection", False, words(error))]


def _nothing(kind: str, why: str) -> Capabilities:
    """What a channel can do whose options are wrong."""
    return Capabilities(
        kind=kind,
        label=kind,
        address=frozenset(),
        can_start=StartRule.NEVER,
        start_reason=why,
        window=None,
        text_limit=TextLimit(0),
        media={},
        max_attachments=0,
        threads=False,
        receipts=frozenset(),
        rate=None,
    )
