"""The job on a real hub with demo data, through the command."""

import subprocess
from collections.abc import Callable

import pandas as pd
import pytest
from kept_runs import Kept

from workspace import Workspace
from workspace.jobs.runner import Exit

Convo = Callable[..., "subprocess.CompletedProcess[str]"]
DAYS = 2
OLDER = ("--set", f"older_than_days={DAYS}")
OLD = f"last_activity_at < now() - INTERVAL {DAYS} DAY"


def conversations(ws: Workspace) -> pd.DataFrame:
    return (
        ws.sql(f"SELECT *, {OLD} AS old FROM v1.conversations ORDER BY conversation_id")
        .df()
        .set_index("conversation_id")
    )


@pytest.fixture
def before(ws: Workspace) -> pd.DataFrame:
    """Conversations of which some are chosen and each rule keeps some out."""
    found = conversations(ws)
    old = found[found["old"]]
    assert (old["archived"]).any()
    assert (~old["archived"] & (old["status"] == "pending")).any()
    assert (~old["archived"] & (old["status"] != "pending")).any()
    assert (~found["old"]).any()
    return found


def test_dry_run_then_real_run_then_again(
    ws: Workspace, convo: Convo, kept: Callable[[], list[Kept]], before: pd.DataFrame
) -> None:
    inactive = before["old"] & ~before["archived"]
    chosen = set(before.index[inactive & (before["status"] != "pending")])
    waiting = int((inactive & (before["status"] == "pending")).sum())

    dry = convo("archive_inactive", *OLDER)
    assert dry.returncode == Exit.OK, dry.stderr
    assert f"{len(chosen):,} conversations without activity" in dry.stdout
    assert f"{waiting:,} more wait for an answer and stay" in dry.stdout
    assert "nothing was changed" in dry.stdout
    pd.testing.assert_frame_equal(conversations(ws), before)

    real = convo("archive_inactive", *OLDER, "--set", "dry_run=false")
    assert real.returncode == Exit.OK, real.stderr
    assert f"Archived {len(chosen):,} of {len(chosen):,} conversations" in real.stdout
    after = conversations(ws)
    assert set(after.index[after["archived"] & ~before["archived"]]) == chosen
    same = [column for column in before.columns if column != "archived"]
    pd.testing.assert_frame_equal(after[same], before[same])

    run = kept()[-1]
    events = ws.sql(
        "SELECT conversation_id, actor_kind FROM v1.events WHERE kind = 'archived' AND reason = $1",
        [f"job {run.path.stem}"],
    ).df()
    assert set(events["conversation_id"]) == chosen
    assert len(events) == len(chosen)
    assert set(events["actor_kind"]) == {"operator"}

    again = convo("archive_inactive", *OLDER, "--set", "dry_run=false")
    assert again.returncode == Exit.OK, again.stderr
    assert "Archived 0 of 0 conversations" in again.stdout
    pd.testing.assert_frame_equal(conversations(ws), after)

    more = ("--set", "dry_run=false", "--set", "include_pending=true")
    wider = convo("archive_inactive", *OLDER, *more)
    assert f"Archived {waiting:,} of {waiting:,} conversations" in wider.stdout
    last = conversations(ws)
    assert last["archived"].equals(before["old"] | before["archived"])

    no_customer_in([run.text for run in kept()], ws)


def no_customer_in(texts: list[str], ws: Workspace) -> None:
    """Kept notebooks tell counts and ids; names, addresses and messages stay in the store."""
    names = ws.sql("SELECT contact_name, address FROM v1.conversations").df()
    private = {text for text in names.to_numpy().ravel() if len(text) > 3}
    said = ws.sql("SELECT text FROM v1.messages WHERE length(text) > 20").df()["text"]
    assert len(texts) == 4
    for text in texts:
        assert not [word for word in private | set(said) if word in text]


@pytest.mark.parametrize("days", ["0", "-3"])
def test_the_notebook_checks_what_a_type_can_not_say(convo: Convo, days: str) -> None:
    refused = convo("archive_inactive", "--set", f"older_than_days={days}")
    assert refused.returncode == Exit.BAD_PARAMETERS
    assert "older_than_days must be 1 or more." in refused.stderr
