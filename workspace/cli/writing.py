"""convo note, react, cancel, send-again, mark-sent and canned."""

from collections.abc import Callable

import click

from workspace.cli.common import json_option, on_workspace, show_json, show_table
from workspace.cli.conversations import given_text
from workspace.client import Workspace
from workspace.models import CannedReply, Message


@click.command()
@click.argument("id", metavar="ID")
@click.argument("text")
@json_option
@on_workspace
def note(ws: Workspace, id: str, text: str, as_json: bool) -> None:
    """Write an internal note; TEXT "-" reads it from standard input."""
    written = ws.note(id, given_text(text))
    if as_json:
        show_json(Message, written)
    else:
        click.echo(f"Note {written.id}.")


def _decision(
    name: str, method: Callable[[Workspace, str], Message], done: str, help: str
) -> click.Command:
    """A command that decides about one message."""

    @click.command(name, help=help)
    @click.argument("message", metavar="MESSAGE")
    @json_option
    @on_workspace
    def run(ws: Workspace, message: str, as_json: bool) -> None:
        decided = method(ws, message)
        if as_json:
            show_json(Message, decided)
        else:
            click.echo(f"Message {decided.id} {done}.")

    return run


@click.command()
@click.argument("message", metavar="MESSAGE")
@click.argument("emoji", default="")
@click.option("--remove", is_flag=True, help="Take the reaction back.")
@json_option
@on_workspace
def react(ws: Workspace, message: str, emoji: str, remove: bool, as_json: bool) -> None:
    """Put EMOJI to a customer's message, in the place of the one before."""
    if remove is bool(emoji):
        raise click.UsageError("Give one emoji, or --remove.")
    reacted = ws.react(message, emoji)
    if as_json:
        show_json(Message, reacted)
    else:
        done = "is taken back" if remove else f"{emoji} is queued"
        click.echo(f"The reaction to message {reacted.id} {done}.")


@click.group()
def canned() -> None:
    """Texts kept for many answers, each under a shortcut."""


@canned.command("list")
@json_option
@on_workspace
def list_(ws: Workspace, as_json: bool) -> None:
    """List the canned replies."""
    found = ws.canned_replies()
    if as_json:
        show_json(list[CannedReply], found)
    elif not found:
        click.echo('There are none yet: convo canned set thanks "Thank you, {{first_name}}."')
    else:
        show_table(("shortcut", "text"), [(one.shortcut, one.text) for one in found])


@canned.command("set")
@click.argument("shortcut")
@click.argument("text")
@on_workspace
def set_(ws: Workspace, shortcut: str, text: str) -> None:
    """Keep TEXT under SHORTCUT, in the place of what it stood for; "-" reads standard input.

    It may hold {{name}}, {{first_name}}, {{operator}}, {{channel}} and {{subject}}.
    """
    kept = ws.save_canned_reply(shortcut, given_text(text))
    click.echo(f"/{kept.shortcut} is kept.")


@canned.command()
@click.argument("shortcut")
@on_workspace
def remove(ws: Workspace, shortcut: str) -> None:
    """Forget the canned reply under SHORTCUT."""
    ws.delete_canned_reply(shortcut)
    click.echo("It is forgotten.")


COMMANDS: list[click.Command] = [
    note,
    _decision(
        "cancel", Workspace.cancel, "is taken back", "Undo: take back a message that has not left."
    ),
    _decision(
        "send-again",
        Workspace.send_again,
        "is queued again",
        "Send a message again that failed or is not confirmed.",
    ),
    _decision(
        "mark-sent",
        Workspace.mark_sent,
        "counts as sent",
        "Mark as sent a message that is not confirmed.",
    ),
    react,
    canned,
]
