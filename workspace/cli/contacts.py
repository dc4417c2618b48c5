"""convo contact: the people outside."""

from collections.abc import Callable

import click

from workspace.cli.common import json_option, on_workspace, show_json, show_table
from workspace.client import Workspace
from workspace.models import Contact, MarketingChoice, MergedContact

id_argument = click.argument("id", metavar="ID")


@click.group()
def contact() -> None:
    """The people outside, by the id that `convo show` and v1.contacts give."""


@contact.command("list")
@click.argument("search", required=False, default="")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@json_option
@on_workspace
def list_contacts(ws: Workspace, search: str, limit: int, as_json: bool) -> None:
    """List contacts, who was active last first; SEARCH looks at names and addresses."""
    found = ws.contacts(search, limit)
    if as_json:
        show_json(list[Contact], list(found))
        return
    rows = [
        (c.id, c.name, ", ".join(a.value for a in c.addresses), c.conversations, c.last_contact_at)
        for c in found
    ]
    show_table(("id", "name", "addresses", "conversations", "last contact"), rows)


@contact.command()
@id_argument
@json_option
@on_workspace
def show(ws: Workspace, id: str, as_json: bool) -> None:
    """Show one contact."""
    _show(ws.contact(id), as_json)


@contact.command()
@id_argument
@click.argument("name")
@json_option
@on_workspace
def rename(ws: Workspace, id: str, name: str, as_json: bool) -> None:
    """Give a contact a name; "" shows that of a merged contact, else the address again."""
    _show(ws.update_contact(id, name=name), as_json)


@contact.command()
@id_argument
@click.argument("other", metavar="OTHER")
@json_option
@on_workspace
def merge(ws: Workspace, id: str, other: str, as_json: bool) -> None:
    """Make the contact OTHER a part of the contact ID: one person with the addresses of both."""
    _show(ws.merge_contacts(id, other), as_json)


@contact.command()
@id_argument
@json_option
@on_workspace
def unmerge(ws: Workspace, id: str, as_json: bool) -> None:
    """Make a contact that was merged into another one a contact of its own again."""
    _show(ws.unmerge_contact(id), as_json)


def _switch(name: str, change: Callable[[Workspace, str], Contact], help: str) -> click.Command:
    @click.command(name, help=help)
    @id_argument
    @json_option
    @on_workspace
    def run(ws: Workspace, id: str, as_json: bool) -> None:
        _show(change(ws, id), as_json)

    return run


for command in (
    _switch(
        "block",
        lambda ws, id: ws.update_contact(id, blocked=True),
        "Hear a contact no more: what they write is stored and changes nothing.",
    ),
    _switch(
        "unblock", lambda ws, id: ws.update_contact(id, blocked=False), "Hear a contact again."
    ),
    _switch(
        "opt-out",
        lambda ws, id: ws.update_contact(id, opted_out=True),
        "Keep that a contact asked not to be written to.",
    ),
    _switch(
        "opt-in",
        lambda ws, id: ws.update_contact(id, opted_out=False),
        "Keep that a contact may be written to again.",
    ),
):
    contact.add_command(command)


def _show(found: Contact, as_json: bool) -> None:
    if as_json:
        show_json(Contact, found)
        return
    rows: list[tuple[str, object]] = [
        ("name", found.name),
        *((address.kind.value, address.value) for address in found.addresses),
        *(("merged", _merged(each)) for each in found.merged),
        ("blocked", found.blocked),
        ("opted out", found.opted_out),
        *(_marketing(each) for each in found.marketing),
        ("conversations", found.conversations),
        ("first contact", found.first_contact_at),
        ("last contact", found.last_contact_at),
    ]
    show_table(("contact", str(found.id)), [row for row in rows if row[1]])


def _merged(each: MergedContact) -> str:
    """As one reads it: the id that `unmerge` takes comes first."""
    known = each.name or ", ".join(address.value for address in each.addresses)
    return f"{each.id} {known}, by {each.actor.name}"


def _marketing(each: MarketingChoice) -> tuple[str, object]:
    what = "stopped" if each.stopped else "resumed"
    since = each.chosen_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"marketing {what}", f"{since}, channel {each.channel_id}"


COMMANDS: list[click.Command] = [contact]
