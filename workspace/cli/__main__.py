"""python -m workspace.cli: the command where no script was installed."""

from workspace.cli import main

main(prog_name="convo")
