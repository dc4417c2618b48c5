"""convo channel: connect accounts."""

import sys

import click

from workspace.cli.common import json_option, on_workspace, settings, show_json, show_table
from workspace.cli.conversations import find_channel
from workspace.client import Workspace
from workspace.models import Channel, Check, Replayed

set_option = click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="An option of the channel. A secret by reference: password=env:NAME or secret:name.",
)


@click.group()
def channel() -> None:
    """Connect, try and disconnect channels."""


@channel.command()
@click.argument("kind")
@click.option("--name", default="", help="How it is called here; default: its kind.")
@set_option
@on_workspace
def add(ws: Workspace, kind: str, name: str, pairs: tuple[str, ...]) -> None:
    """Connect a channel of KIND: mail, simulator, whatsapp.

    Secrets never go on the command line: put them into an environment variable of the hub or into
    secrets.toml in the workspace's folder (mode 0600), and name them.
    """
    added = ws.add_channel(kind, name, settings(pairs))
    click.echo(f"Channel {added.name} ({added.kind}, id {added.id}) is {added.state}.")
    click.echo(f"To try it: convo channel test {added.name}")


@channel.command()
@click.argument("named", metavar="CHANNEL|KIND")
@set_option
@on_workspace
def test(ws: Workspace, named: str, pairs: tuple[str, ...]) -> None:
    """Say in words what works and what does not; with --set, before adding it."""
    if pairs:
        checks = ws.test_channel(named, settings(pairs))
    else:
        checks = ws.test_channel(find_channel(ws, named))
    raise SystemExit(show_checks(checks))


@channel.command("list")
@json_option
@on_workspace
def list_(ws: Workspace, as_json: bool) -> None:
    """List the channels and their state."""
    channels = ws.channels()
    if as_json:
        show_json(tuple[Channel, ...], channels.rows)
    elif not channels:
        click.echo("Connect a channel to send and receive messages: convo channel add --help")
    else:
        rows = [(one.id, one.name, one.kind, one.state, one.state_detail) for one in channels]
        show_table(("id", "name", "kind", "state", "why"), rows)


@channel.command()
@click.argument("named", metavar="CHANNEL")
@on_workspace
def remove(ws: Workspace, named: str) -> None:
    """Disconnect a channel; its conversations stay readable."""
    found = find_channel(ws, named)
    ws.remove_channel(found)
    click.echo(f"Channel {found.name} is removed; its conversations stay.")


@channel.command()
@click.argument("named", metavar="CHANNEL")
@click.option("--since", metavar="DATE", help="Only what was received from then on.")
@click.option("--until", metavar="DATE", help="Only what was received until then; a day counts.")
@json_option
@on_workspace
def replay(ws: Workspace, named: str, since: str | None, until: str | None, as_json: bool) -> None:
    """Run what a channel received through its parser again, after a fix of the parser.

    Messages that were missing come in, others are amended. Nothing is sent, and doing it twice
    changes nothing more.
    """
    found = find_channel(ws, named)
    with click.progressbar(length=1, label="Payloads", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        changed = ws.replay(found, since, until, progress=show)
    if as_json:
        show_json(Replayed, changed)
    else:
        click.echo(_told(changed))


def _told(changed: Replayed) -> str:
    lines = [
        f"{changed.payloads:,} payloads were read again:",
        f"{changed.messages:7,} messages were missing, and are here now",
        f"{changed.amended:7,} messages say something else now",
        f"{changed.receipts:7,} messages got further (sent, delivered, read or failed)",
        f"{changed.cleared:7,} payloads left the quarantine",
    ]
    if changed.broken:
        lines.append(f"{changed.broken:7,} payloads can't be applied; convo doctor says why")
    return "\n".join(lines)


def show_checks(checks: list[Check]) -> int:
    """Print findings; the exit code they deserve."""
    for check in checks:
        click.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
    return 0 if all(check.ok for check in checks) else 1


COMMANDS: list[click.Command] = [channel]
