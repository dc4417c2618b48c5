"""convo list, show, messages, send, start, and the options of the menu."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from workspace.cli.common import json_option, on_workspace, printable, show_json, show_table
from workspace.client import Outcomes, Workspace
from workspace.models import Channel, Conversation, Message, Outcome, Status, Tab

ids_argument = click.argument("ids", nargs=-1, required=True, metavar="ID...")
files_option = click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Attach a file (several times for several).",
)


@click.command("list")
@click.option("--tab", type=click.Choice([t.value for t in Tab]), default=Tab.ALL.value)
@click.option("--status", multiple=True, type=click.Choice([s.value for s in Status]))
@click.option("--search", default="", help="In names, addresses, text, subjects, file names.")
@click.option("--since", metavar="DATE", help="2026-03-01: from the start of that day.")
@click.option("--until", metavar="DATE", help="2026-03-31: to the end of that day.")
@click.option("--zone", help="Of these days, such as Europe/Berlin; default: this machine's.")
@click.option("--channel", metavar="NAME", help="The channel's name or id.")
@click.option("--unread", is_flag=True, help="Unread ones only.")
@click.option("--contact", metavar="ID", help="Of one customer.")
@click.option("--query", default="", metavar="SELECT", help="Only what a SELECT over v1 names.")
@click.option("--limit", type=int, default=50, show_default=True)
@click.option("--cursor", help="Where the page before ended.")
@json_option
@on_workspace
def list_(ws: Workspace, as_json: bool, **filters: Any) -> None:
    """List conversations, newest activity first."""
    page = ws.conversations(**filters)
    if as_json:
        show_json(tuple[Conversation, ...], page.rows)
        return
    titles = ("id", "status", "unread", "channel", "contact", "active", "last message")
    show_table(
        titles,
        [
            (
                row.id,
                row.status.value,
                row.unread or "",
                row.channel_name,
                row.contact_name,
                row.last_activity_at,
                row.preview.text,
            )
            for row in page
        ],
    )
    if page.cursor:
        click.echo(f"More: --cursor {page.cursor}", err=True)


@click.command()
@click.argument("id", metavar="ID")
@json_option
@on_workspace
def show(ws: Workspace, id: str, as_json: bool) -> None:
    """Show one conversation."""
    found = ws.conversation(id)
    if as_json:
        show_json(Conversation, found)
        return
    rows: list[tuple[str, object]] = [
        ("contact", found.contact_name),
        ("address", found.address.value),
        ("channel", f"{found.channel_name} ({found.channel_kind})"),
        ("subject", found.subject),
        ("status", found.status.value),
        ("archived", found.archived),
        ("unread", found.unread or ""),
        ("agent replies", "on" if found.agent_replies else "off"),
        ("created", found.created_at),
        ("active", found.last_activity_at),
    ]
    show_table(("conversation", str(found.id)), [row for row in rows if row[1]])


@click.command()
@click.argument("id", metavar="ID")
@click.option("--limit", type=int, default=50, show_default=True)
@click.option("--before", metavar="ID", help="Messages older than this one.")
@json_option
@on_workspace
def messages(ws: Workspace, id: str, limit: int, before: str | None, as_json: bool) -> None:
    """Print the messages of a conversation, oldest first."""
    page = ws.messages(id, before, limit)
    if as_json:
        show_json(tuple[Message, ...], page.rows)
        return
    for message in page:
        _print(message)
    if page.more:
        click.echo(f"Older ones: --before {page[0].id}", err=True)


def _print(message: Message) -> None:
    at = message.occurred_at.astimezone().strftime("%Y-%m-%d %H:%M")
    marks = [message.delivery_status.value] if message.delivery_status else []
    marks += [
        f"file {file.name} ({file.size:,} bytes, id {file.id})" for file in message.attachments
    ]
    marks += [text for text in (message.failure, message.unsupported) if text]
    who = message.author.name or message.author.kind.value
    head = f"{at}  {message.direction.value} of {who}  {'; '.join(marks)}"
    click.echo(printable(head).rstrip())
    for line in message.text.splitlines():
        click.echo(f"    {printable(line)}")


@click.command()
@click.argument("id", metavar="ID")
@click.argument("text", default="")
@files_option
@json_option
@on_workspace
def send(ws: Workspace, id: str, text: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Send a message; TEXT "-" reads it from standard input."""
    message = ws.send(id, _text(text), files)
    if as_json:
        show_json(Message, message)
    else:
        status = message.delivery_status.value if message.delivery_status else "stored"
        click.echo(f"Message {message.id}: {status}.")


@click.command()
@click.argument("channel", metavar="CHANNEL")
@click.argument("address")
@click.argument("text", default="")
@click.option("--name", default="", help="The customer's name.")
@click.option("--subject", default="", help="Mail needs one.")
@files_option
@json_option
@on_workspace
def start(
    ws: Workspace,
    channel: str,
    address: str,
    text: str,
    name: str,
    subject: str,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Write to somebody first, through CHANNEL (its name or id)."""
    chosen = find_channel(ws, channel)
    made = ws.start_conversation(chosen, address, name, _text(text), subject, files)
    if as_json:
        show_json(Conversation, made)
    else:
        click.echo(f"Conversation {made.id}.")


def _text(text: str) -> str:
    return sys.stdin.read() if text == "-" else text


def find_channel(ws: Workspace, named: str) -> Channel:
    """A channel by name or id."""
    channels = ws.channels()
    for channel in channels:
        if named in (channel.name, str(channel.id)):
            return channel
    known = ", ".join(channel.name for channel in channels) or "none"
    raise click.UsageError(f"There is no channel {named!r}; there are: {known}.")


def _verb(name: str, method: Callable[..., Outcomes], done: str, help: str) -> click.Command:
    """A command that acts on one or more conversations."""

    @click.command(name, help=help)
    @ids_argument
    @json_option
    @on_workspace
    def run(ws: Workspace, ids: tuple[str, ...], as_json: bool) -> None:
        report(method(ws, ids), done, as_json)

    return run


def report(outcomes: Outcomes, done: str, as_json: bool) -> None:
    if as_json:
        show_json(tuple[Outcome, ...], outcomes.rows)
        return
    rest = len(outcomes) - outcomes.changed
    click.echo(f"{outcomes.changed} {done}." + (f" {rest} already were." if rest else ""))


@click.command()
@ids_argument
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@on_workspace
def delete(ws: Workspace, ids: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Erase conversations with all their messages and files. There is no way back."""
    if not yes:
        lost = ws.contents(ids)
        click.confirm(
            f"Erase {_whose(ws, ids)}: {lost.messages:,} messages and {lost.files:,} files, "
            "for good?",
            abort=True,
        )
    report(ws.delete(ids), "erased", as_json)


def _whose(ws: Workspace, ids: tuple[str, ...]) -> str:
    first = printable(ws.conversation(ids[0]).contact_name)
    more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
    return f"the conversation with {first}{more}"


@click.command("agent-replies")
@click.argument("switch", type=click.Choice(["on", "off"]))
@ids_argument
@json_option
@on_workspace
def agent_replies(ws: Workspace, switch: str, ids: tuple[str, ...], as_json: bool) -> None:
    """Let the agent answer these conversations, or people again."""
    report(ws.set_agent_replies(ids, switch == "on"), f"turned {switch}", as_json)


COMMANDS: list[click.Command] = [
    list_,
    show,
    messages,
    send,
    start,
    _verb("read", Workspace.mark_read, "marked read", "Mark conversations as read."),
    _verb("unread", Workspace.mark_unread, "marked unread", "Mark conversations as unread."),
    _verb("resolve", Workspace.resolve, "resolved", "Resolve conversations."),
    _verb("reopen", Workspace.reopen, "reopened", "Take Resolve back."),
    _verb("archive", Workspace.archive, "archived", "Move conversations to the archive."),
    _verb("unarchive", Workspace.unarchive, "unarchived", "Move them back."),
    delete,
    agent_replies,
]
