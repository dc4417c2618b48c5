"""The command `convo`: the same verbs as `Workspace`, for shells, cron and people.

Exit codes: 0 done, 1 failed, 2 wrong usage or parameters, 75 try again later.
"""

import click

from workspace.cli import (
    app,
    channels,
    contacts,
    conversations,
    data,
    hub,
    jobs,
    lab,
    templates,
    views,
    writing,
)
from workspace.errors import (
    ConfigError,
    ConvoError,
    HubUnavailable,
    InvalidRequest,
    JobParameterError,
    QueryLimit,
    StoreClosed,
    StoreLocked,
)
from workspace.version import VERSION

USAGE, TRY_AGAIN, INTERRUPTED = 2, 75, 130


class Convo(click.Group):
    """Errors are one sentence on stderr."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConvoError as error:
            click.echo(error.message, err=True)
            ctx.exit(exit_code(error))
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def exit_code(error: ConvoError) -> int:
    if isinstance(error, InvalidRequest | ConfigError | JobParameterError):
        return USAGE
    if isinstance(error, HubUnavailable | StoreClosed | StoreLocked | QueryLimit):
        return TRY_AGAIN
    return 1


@click.group(cls=Convo, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="convo")
def main() -> None:
    """Every conversation of the business, from the command line.

    The workspace is --folder, else $CONVO_DATA, else data/main if it exists, else data/demo. Its
    hub is started when it is needed and goes on until `convo hub stop`.
    """


for module in (
    lab, app, hub, conversations, views, writing, templates, contacts, channels, data, jobs,
):  # fmt: skip
    for command in module.COMMANDS:
        main.add_command(command)
