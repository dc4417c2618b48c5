"""convo template: what the providers keep, and the business's own."""

import click

from workspace.cli.common import (
    json_option,
    on_workspace,
    printable,
    settings,
    show_json,
    show_table,
)
from workspace.cli.conversations import find_channel, given_text, name_and_language
from workspace.client import Workspace
from workspace.errors import NotFound
from workspace.models import Template, TemplateSync
from workspace.rules import lint_template, render_template

channel_option = click.option("--channel", metavar="CHANNEL", help="Of this channel alone.")
named_argument = click.argument("named", metavar="NAME:LANGUAGE")


@click.group()
def template() -> None:
    """Messages with places for values: of the providers, and your own."""


@template.command("list")
@channel_option
@json_option
@on_workspace
def list_(ws: Workspace, channel: str | None, as_json: bool) -> None:
    """List templates, the keys of their variables, and why one can't be sent."""
    found = ws.templates(find_channel(ws, channel) if channel else None)
    if as_json:
        show_json(tuple[Template, ...], found.rows)
        return
    channels = {each.id: each.name for each in ws.channels()}
    rows = [
        (
            t.name,
            t.language,
            "your own" if t.own else channels.get(t.channel_id or 0, ""),
            t.status,
            ", ".join(v.key for v in t.variables),
            t.reason or t.body,
        )
        for t in found
    ]
    show_table(("name", "language", "of", "status", "variables", "why, or text"), rows)


@template.command()
@named_argument
@channel_option
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Fill in a variable.")
@json_option
@on_workspace
def show(
    ws: Workspace, named: str, channel: str | None, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Show one as the customer will see it, and what is wrong with it."""
    name, language = name_and_language(named)
    every = ws.templates(find_channel(ws, channel) if channel else None)
    found = [t for t in every if (t.name, t.language) == (name, language)]
    if not found:
        raise NotFound(f"There is no template {named}; see convo template list.")
    if as_json:
        show_json(list[Template], found)
        return
    for each in found:
        click.echo(printable(_told(each, settings(pairs))))


def _told(template: Template, values: dict[str, str]) -> str:
    """`values` in the place of examples."""
    shown = render_template(template, {**template.examples, **values})
    of = "your own" if template.own else template.category.lower()
    why = f": {template.reason}" if template.reason else ""
    lines = [f"{template.name} ({template.language}, {of}) is {template.status}{why}", ""]
    if template.header and template.header.media:
        lines += [f"[{template.header.media.value}]", ""]
    lines += [shown.text]
    lines += [f"[{button.text}] {button.target}".rstrip() for button in shown.buttons]
    lines += [f"! {template.obstacle}"] if template.obstacle else []
    return "\n".join([*lines, *(f"! {each.message}" for each in lint_template(template))])


@template.command()
@named_argument
@click.argument("text")
@click.option("--example", "pairs", multiple=True, metavar="KEY=VALUE", help="Of a variable.")
@on_workspace
def save(ws: Workspace, named: str, text: str, pairs: tuple[str, ...]) -> None:
    """Keep TEXT as a template of your own; "-" reads standard input.

    It is for channels whose provider keeps no templates, and sent there as plain text. It may hold
    variables: {{1}}, {{2}} or {{customer_name}}.
    """
    name, language = name_and_language(named)
    kept = ws.save_template(name, language, given_text(text), settings(pairs, "--example"))
    keys = ", ".join(variable.key for variable in kept.variables)
    click.echo(f"{kept.name}:{kept.language} is kept" + (f"; it asks for {keys}." if keys else "."))


@template.command()
@named_argument
@on_workspace
def remove(ws: Workspace, named: str) -> None:
    """Forget a template of your own."""
    ws.delete_template(*name_and_language(named))
    click.echo("It is forgotten.")


@template.command()
@channel_option
@json_option
@on_workspace
def sync(ws: Workspace, channel: str | None, as_json: bool) -> None:
    """Read them from the providers now."""
    done = ws.sync_templates(find_channel(ws, channel) if channel else None)
    if as_json:
        show_json(list[TemplateSync], done)
    elif not done:
        click.echo("No channel has a provider that keeps templates.")
    else:
        names = {each.id: each.name for each in ws.channels()}
        rows = [(names.get(d.channel_id, d.channel_id), d.synced_at, d.failure) for d in done]
        show_table(("channel", "synced", "trouble"), rows)
    if any(each.failure for each in done):
        raise SystemExit(1)


COMMANDS: list[click.Command] = [template]
