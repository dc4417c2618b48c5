"""convo run."""

from pathlib import Path

import click

from workspace.cli.common import folder_option, settings


@click.command()
@click.argument("job", metavar="JOB|NOTEBOOK")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A parameter.")
@click.option(
    "--params",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file of parameters.",
)
@click.option("--timeout", type=float, metavar="SECONDS", help="End the run after so long.")
@folder_option
def run(
    job: str,
    pairs: tuple[str, ...],
    params: Path | None,
    timeout: float | None,
    folder: str | None,
) -> None:
    """Run a job: a notebook of notebooks/jobs by its name, or any notebook by its path.

    The executed notebook is kept in the workspace's folder, under runs. Exit codes: 0 done,
    1 failed, 2 wrong parameters, 75 try again later.
    """
    from workspace.jobs.runner import run_job

    raise SystemExit(run_job(job, settings(pairs), params, folder, timeout))


COMMANDS: list[click.Command] = [run]
