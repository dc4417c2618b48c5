"""Configuration: settings.toml and secrets by reference."""

from pathlib import Path

import pytest

from workspace.errors import ConfigError
from workspace.settings import Paths, Secrets, Settings


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def test_without_a_file_there_are_defaults(paths: Paths) -> None:
    assert Settings.load(paths) == Settings()


def test_a_file_changes_what_it_names(paths: Paths) -> None:
    paths.settings.write_text("demo = true\nsql_seconds = 5\n")
    assert Settings.load(paths) == Settings(demo=True, sql_seconds=5)


def test_undo_can_be_turned_off(paths: Paths) -> None:
    assert Settings.load(paths).undo_seconds == 5
    paths.settings.write_text("undo_seconds = 0\n")
    assert Settings.load(paths).undo_seconds == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("demoo = true", "unknown setting 'demoo'"),
        ("demo = 1", "demo must be true or false"),
        ("sql_seconds = -1", "sql_seconds must be a number above 0"),
        ("sql_seconds = inf", "sql_seconds must be a number above 0"),
        ("max_attempts = 2.5", "max_attempts must be a whole number above 0"),
        ("max_attempts = true", "max_attempts must be a whole number above 0"),
        ("undo_seconds = -1", "undo_seconds must be a number from 0 to 3,600"),
        ("undo_seconds = inf", "undo_seconds must be a number from 0"),
        ("undo_seconds = nan", "undo_seconds must be a number from 0"),
        ("undo_seconds = true", "undo_seconds must be a number from 0"),
        ("demo = ", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_in_words(paths: Paths, text: str, words: str) -> None:
    paths.settings.write_text(text)
    with pytest.raises(ConfigError, match=words):
        Settings.load(paths)


def test_bytes_that_are_no_text_are_refused(paths: Paths) -> None:
    paths.settings.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not valid TOML"):
        Settings.load(paths)


# --- secrets ---------------------------------------------------------------------------------


def test_secrets_come_from_the_environment_or_the_file(paths: Paths) -> None:
    paths.secrets.write_text('mail = "hunter2"\n')
    paths.secrets.chmod(0o600)
    secrets = Secrets(paths, {"MAIL": "s3cret"})
    assert secrets.get("env:MAIL") == "s3cret"
    assert secrets.get("secret:mail") == "hunter2"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("hunter2", "a value itself is never stored"),
        ("env:", "a value itself is never stored"),
        ("env:OTHER", "OTHER is not set"),
        ("secret:other", "has no line other"),
        ("secret:number", "has no line number"),
    ],
)
def test_a_missing_secret_says_where_it_was_looked_for(
    paths: Paths, reference: str, words: str
) -> None:
    paths.secrets.write_text('mail = "hunter2"\nnumber = 5\n')
    paths.secrets.chmod(0o600)
    with pytest.raises(ConfigError, match=words) as caught:
        Secrets(paths, {}).get(reference)
    assert "hunter2" not in str(caught.value)


def test_a_secrets_file_that_others_can_read_is_refused(paths: Paths) -> None:
    paths.secrets.write_text('mail = "hunter2"\n')
    paths.secrets.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        Secrets(paths, {}).get("secret:mail")


def test_no_secrets_file_says_to_create_one(paths: Paths) -> None:
    with pytest.raises(ConfigError, match="create it with mode 0600"):
        Secrets(paths, {}).get("secret:mail")


def test_a_broken_secrets_file_shows_none_of_its_lines(paths: Paths) -> None:
    paths.secrets.write_text("mail = hunter2\n")
    paths.secrets.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        Secrets(paths, {}).get("secret:mail")
    assert "hunter2" not in str(caught.value)


def test_the_environment_is_not_in_the_repr(paths: Paths) -> None:
    assert "s3cret" not in repr(Secrets(paths, {"MAIL": "s3cret"}))
