"""The job on a real hub with demo data, through the command."""

import subprocess
from collections.abc import Callable

import pandas as pd
import pytest
from kept_runs import Kept

from workspace import Workspace
from workspace.jobs.runner import Exit

Convo = Callable[..., "subprocess.CompletedProcess[str]"]


def conversations(ws: Workspace) -> pd.DataFrame:
    query = "SELECT * FROM v1.conversations ORDER BY conversation_id"
    return ws.sql(query).df().set_index("conversation_id")


@pytest.fixture
def before(ws: Workspace) -> pd.DataFrame:
    return conversations(ws)


@pytest.fixture
def ages(before: pd.DataFrame) -> "pd.Series[pd.Timedelta]":
    return pd.Timestamp.now("UTC") - before["last_activity_at"]


@pytest.fixture
def days(ages: "pd.Series[pd.Timedelta]") -> int:
    """An age that no conversation reaches while the test runs."""
    test, day = pd.Timedelta(minutes=5), pd.Timedelta(days=1)
    return next(n for n in range(2, 5) if not ages.between(n * day - test, n * day).any())


def test_dry_run_then_real_run_then_again(
    ws: Workspace,
    convo: Convo,
    kept: Callable[[], list[Kept]],
    before: pd.DataFrame,
    ages: "pd.Series[pd.Timedelta]",
    days: int,
) -> None:
    older = ("--set", f"older_than_days={days}")
    really = ("--set", "dry_run=false")
    inactive = (ages > pd.Timedelta(days=days)) & ~before["archived"]
    pending = before["status"] == "pending"
    chosen = set(before.index[inactive & ~pending])
    waiting = set(before.index[inactive & pending])
    assert chosen
    assert waiting
    assert before["archived"].any()
    assert (~inactive & ~before["archived"]).any()

    dry = convo("archive_inactive", *older)
    assert dry.returncode == Exit.OK, dry.stderr
    assert f"{len(chosen):,} conversations without activity" in dry.stdout
    assert f"{len(waiting):,} more wait for an answer and stay" in dry.stdout
    assert "nothing was changed" in dry.stdout
    pd.testing.assert_frame_equal(conversations(ws), before)

    real = convo("archive_inactive", *older, *really)
    assert real.returncode == Exit.OK, real.stderr
    assert f"Archived {len(chosen):,} of {len(chosen):,} conversations" in real.stdout
    after = conversations(ws)
    assert set(after.index[after["archived"] & ~before["archived"]]) == chosen
    others = before.columns.drop("archived")
    pd.testing.assert_frame_equal(after[others], before[others])

    events = ws.sql(
        "SELECT conversation_id, actor_kind FROM v1.events WHERE kind = 'archived' AND reason = $1",
        [f"job {kept()[-1].path.stem}"],
    ).df()
    assert sorted(events["conversation_id"]) == sorted(chosen)
    assert set(events["actor_kind"]) == {"operator"}

    again = convo("archive_inactive", *older, *really)
    assert again.returncode == Exit.OK, again.stderr
    assert "Archived 0 of 0 conversations" in again.stdout
    pd.testing.assert_frame_equal(conversations(ws), after)

    wider = convo("archive_inactive", *older, *really, "--set", "include_pending=true")
    assert f"Archived {len(waiting):,} of {len(waiting):,} conversations" in wider.stdout
    assert conversations(ws)["archived"].equals(inactive | before["archived"])

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
