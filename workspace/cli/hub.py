"""convo hub, convo doctor, convo init."""

import os
import sys
from pathlib import Path

import click

from workspace import lock, process
from workspace.cli.channels import show_checks
from workspace.cli.common import folder_option
from workspace.client import connect
from workspace.errors import ConfigError, ConvoError
from workspace.models import Check
from workspace.settings import Paths

SETTINGS = """\
# Settings of this workspace; each line shows its default. Restart the hub after a change.
# sql_seconds = 60.0        # time limit of one SQL query
# sql_megabytes = 2000      # size limit of one SQL result
# memory_megabytes = 1024   # memory of the database
# lease_seconds = 60.0      # how long one attempt to send may take
# max_attempts = 6          # attempts to send before a passing failure counts as final
# undo_seconds = 5.0        # how long a send waits for Undo; 0: it leaves at once
# webhooks = ""             # where providers may call, such as "127.0.0.1:8443"; "": nowhere
"""


@click.group()
def hub() -> None:
    """The process that owns a workspace. It is started when needed; these are for the rest."""


@hub.command("start")
@folder_option
def start(folder: str | None) -> None:
    """Start the hub, if it does not run."""
    paths = _made(folder)
    found = process.connect(process.Location(paths))
    click.echo(f"The hub of {paths.folder} answers at {found.url}.")


@hub.command()
@folder_option
def stop(folder: str | None) -> None:
    """Stop the hub, once sends in flight have finished."""
    paths = _local(folder)
    click.echo("Stopped." if process.stop(paths) else f"No hub runs for {paths.folder}.")


@hub.command()
@folder_option
def status(folder: str | None) -> None:
    """Say whether the hub runs, and where. Exit code 1: it does not."""
    paths = _local(folder)
    held = lock.holder(paths)
    if held is None:
        click.echo(f"No hub runs for {paths.folder}.")
        raise SystemExit(1)
    where = f"answers at {held.url}" if held.url else "is starting or stopping"
    click.echo(f"The hub of {paths.folder} {where} (process {held.pid}, version {held.version}).")


@hub.command()
@click.option("--port", type=int, default=0, help="Default: any free one.")
@click.option(
    "--webhooks",
    default="",
    metavar="HOST:PORT",
    help="Where providers may call; default: as settings.toml says.",
)
@folder_option
def run(folder: str | None, port: int, webhooks: str) -> None:
    """Run the hub here, until Ctrl-C; for systemd and containers."""
    paths = _made(folder)
    command = [sys.executable, "-P", "-m", "workspace.hub", "--foreground"]
    asked = ["--port", str(port), "--webhooks", webhooks, "--folder", str(paths.folder)]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *asked])


def _local(folder: str | None) -> Paths:
    location = process.resolve(folder)
    if location.paths is None:
        raise ConfigError(f"{location} is a hub on another machine; this needs a folder.")
    return location.paths


def _made(folder: str | None) -> Paths:
    """The same for what needs the folder: that of the demo is made where it is missing."""
    paths = _local(folder)
    return process.make_demo(paths.folder) if process.resolve(folder).demo else paths


@click.command()
@folder_option
def doctor(folder: str | None) -> None:
    """Say in words what is well and what is not."""
    location = process.resolve(folder)
    click.echo(f"Workspace {location}")
    try:
        with connect(folder) as ws:
            info = ws.info()
            running = f"process {info.pid}, version {info.version}"
            checks = [Check("hub", True, running), *ws.doctor()]
    except ConvoError as error:
        checks = [Check("hub", False, error.message)]
    raise SystemExit(show_checks(checks))


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path | None) -> None:
    """Make a workspace for real channels: data/main, or FOLDER."""
    chosen = folder or process.project_folder() / "data" / "main"
    if Paths(chosen).settings.exists():
        raise ConfigError(f"{chosen} is a workspace already.")
    paths = process.make(chosen, SETTINGS)
    click.echo(f"{paths.folder} is ready. Next:")
    where = "" if folder is None else f" --folder {folder}"
    click.echo(f"  convo channel add mail --help{where and '   # with' + where}")
    click.echo(f"  convo lab{where}")


COMMANDS: list[click.Command] = [init, hub, doctor]
