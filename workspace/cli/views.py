"""convo views: filters of the list under a name."""

import click

from workspace.cli.common import (
    filters,
    json_option,
    on_workspace,
    show_json,
    show_table,
    where_option,
)
from workspace.client import Workspace
from workspace.models import SavedView


@click.group()
def views() -> None:
    """Filters of the list with a name, for everybody of the workspace."""


@views.command("list")
@json_option
@on_workspace
def list_(ws: Workspace, as_json: bool) -> None:
    """List the saved views."""
    found = ws.views()
    if as_json:
        show_json(list[SavedView], found)
    elif not found:
        click.echo("There are none yet: convo views save waiting --where status=pending")
    else:
        show_table(("name", "filter", "problem"), [(v.name, _told(v), v.problem) for v in found])


def _told(view: SavedView) -> str:
    return ", ".join(
        f"{name}={','.join(value) if isinstance(value, list) else value}"
        for name, value in view.filter.items()
    )


@views.command()
@click.argument("name")
@where_option
@on_workspace
def save(ws: Workspace, name: str, pairs: tuple[str, ...]) -> None:
    """Keep a filter under NAME, in the place of another one of this name."""
    click.echo(f"{ws.save_view(name, filters(pairs)).name} is kept.")


@views.command()
@click.argument("name")
@on_workspace
def remove(ws: Workspace, name: str) -> None:
    """Forget the view NAME."""
    ws.delete_view(name)
    click.echo("It is forgotten.")


COMMANDS: list[click.Command] = [views]
