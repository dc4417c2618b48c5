"""convo list, show, messages, send, start, and the options of the menu."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from workspace.cli.common import (
    filters,
    json_option,
    on_workspace,
    printable,
    settings,
    show_json,
    show_table,
    where_option,
)
from workspace.client import Outcomes, Workspace
from workspace.models import (
    Channel,
    Conversation,
    Message,
    Outcome,
    Status,
    Tab,
    TemplateChoice,
)

F = TypeVar("F", bound=Callable[..., Any])

files_option = click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Attach a file (several times for several).",
)
template_option = click.option(
    "--template",
    metavar="NAME:LANGUAGE",
    help="Send a template, see convo template list; a file is the one of its header.",
)
values_option = click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A variable of the template."
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
        ("contact", f"{found.contact_name} ({found.contact_id})"),
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
    marks += [
        f"{each.emoji} of {each.actor_kind.value}" for each in message.reactions if each.emoji
    ]
    marks += [text for text in (message.failure, message.unsupported) if text]
    who = message.author.name or message.author.kind.value
    head = f"{at}  {message.direction.value} of {who}  {'; '.join(marks)}"
    click.echo(printable(head).rstrip())
    if message.reply_to:
        quoted = message.reply_to
        start = (quoted.text or quoted.file).partition("\n")[0]
        click.echo(f"    > {printable(start)} (message {quoted.id})")
    for line in message.text.splitlines():
        click.echo(f"    {printable(line)}")


@click.command()
@click.argument("id", metavar="ID")
@click.argument("text", default="")
@files_option
@template_option
@values_option
@click.option("--reply-to", metavar="MESSAGE", help="The message that this one quotes.")
@json_option
@on_workspace
def send(
    ws: Workspace,
    id: str,
    text: str,
    files: tuple[Path, ...],
    template: str | None,
    pairs: tuple[str, ...],
    reply_to: str | None,
    as_json: bool,
) -> None:
    """Send a message; TEXT "-" reads it from standard input."""
    choice, files = _choice(ws, template, pairs, files)
    message = ws.send(id, given_text(text), files, template=choice, reply_to=reply_to)
    if as_json:
        show_json(Message, message)
    else:
        status = message.delivery_status.value if message.delivery_status else "stored"
        undo = f" To take it back: convo cancel {message.id}" if message.undo_until else ""
        click.echo(f"Message {message.id}: {status}.{undo}")


@click.command()
@click.argument("channel", metavar="CHANNEL")
@click.argument("address")
@click.argument("text", default="")
@click.option("--name", default="", help="The customer's name.")
@click.option("--subject", default="", help="Mail needs one.")
@files_option
@template_option
@values_option
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
    template: str | None,
    pairs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write to somebody first, through CHANNEL (its name or id)."""
    chosen = find_channel(ws, channel)
    choice, files = _choice(ws, template, pairs, files)
    made = ws.start_conversation(
        chosen, address, name, given_text(text), subject, files, template=choice
    )
    if as_json:
        show_json(Conversation, made)
    else:
        click.echo(f"Conversation {made.id}.")


def _choice(
    ws: Workspace, template: str | None, pairs: tuple[str, ...], files: tuple[Path, ...]
) -> tuple[TemplateChoice | None, tuple[Path, ...]]:
    """The template one asked for, and the files that are still to be sent beside it."""
    if template is None:
        if pairs:
            raise click.UsageError("--set fills in a --template; name one.")
        return None, files
    name, language = name_and_language(template)
    header, *rest = files or (None,)
    return TemplateChoice(name, language, settings(pairs), _stored(ws, header)), tuple(rest)


def name_and_language(template: str) -> tuple[str, str]:
    """Of a template, as one names it here."""
    name, _, language = template.rpartition(":")
    if not name or not language:
        raise click.UsageError("A template is named NAME:LANGUAGE, such as order_update:en.")
    return name, language


def _stored(ws: Workspace, file: Path | None) -> int | None:
    """The file as an upload, sent as it is read."""
    if file is None:
        return None
    with file.open("rb") as opened:
        return ws.upload(file.name, opened).id


def given_text(text: str) -> str:
    """What was given as an argument; "-": what comes from standard input."""
    return sys.stdin.read() if text == "-" else text


def find_channel(ws: Workspace, named: str) -> Channel:
    """A channel by name or id."""
    channels = ws.channels()
    for channel in channels:
        if named in (channel.name, str(channel.id)):
            return channel
    known = ", ".join(channel.name for channel in channels) or "none"
    raise click.UsageError(f"There is no channel {named!r}; there are: {known}.")


def on_targets(command: F) -> F:
    """Give a command `targets`, the arguments of a verb: ids, or all that match --where."""

    @click.argument("ids", nargs=-1, metavar="[ID...]")
    @where_option
    @click.option(
        "--expected",
        type=int,
        metavar="N",
        help="How many match --where; if others do by then, nothing is done.",
    )
    @wraps(command)
    def run(
        *args: Any, ids: tuple[str, ...], pairs: tuple[str, ...], expected: int | None, **more: Any
    ) -> Any:
        targets = {"ids": ids or None, "where": filters(pairs) or None, "expected": expected}
        return command(*args, targets=targets, **more)

    return run  # type: ignore[return-value]


def _verb(name: str, method: Callable[..., Outcomes], done: str, help: str) -> click.Command:
    """A command that acts on one or more conversations."""

    @click.command(name, help=help)
    @on_targets
    @json_option
    @on_workspace
    def run(ws: Workspace, targets: dict[str, Any], as_json: bool) -> None:
        report(method(ws, **targets), done, as_json)

    return run


def report(outcomes: Outcomes, done: str, as_json: bool) -> None:
    if as_json:
        show_json(tuple[Outcome, ...], outcomes.rows)
        return
    rest = len(outcomes) - outcomes.changed
    click.echo(f"{outcomes.changed} {done}." + (f" {rest} already were." if rest else ""))


@click.command()
@on_targets
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@on_workspace
def delete(ws: Workspace, targets: dict[str, Any], yes: bool, as_json: bool) -> None:
    """Erase conversations with all their messages and files. There is no way back."""
    if not yes:
        lost = ws.contents(targets["ids"], where=targets["where"])
        matching = f"all {lost.conversations:,} that match"
        whose = _whose(ws, targets["ids"]) if targets["ids"] else matching
        click.confirm(
            f"Erase {whose}: {lost.messages:,} messages and {lost.files:,} files, for good?",
            abort=True,
        )
        if targets["where"] and targets["expected"] is None:
            targets["expected"] = lost.conversations  # what was said yes to
    report(ws.delete(**targets), "erased", as_json)


def _whose(ws: Workspace, ids: tuple[str, ...]) -> str:
    first = printable(ws.conversation(ids[0]).contact_name)
    more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
    return f"the conversation with {first}{more}"


@click.command("agent-replies")
@click.argument("switch", type=click.Choice(["on", "off"]))
@on_targets
@json_option
@on_workspace
def agent_replies(ws: Workspace, switch: str, targets: dict[str, Any], as_json: bool) -> None:
    """Let the agent answer these conversations, or people again."""
    report(ws.set_agent_replies(on=switch == "on", **targets), f"turned {switch}", as_json)


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
