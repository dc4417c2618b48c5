"""Values are read as the declared type or refused; nothing is guessed from the looks of a value."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.errors import JobParameterError
from workspace.jobs.parameters import Parameter, checked, declared

CELL = """\
# A remark on a line of its own
older_than_days: int = 30  # days without activity
dry_run: bool = True
phone: str = "+49 30 # not a comment"  # = also not the end
share: float = 0.5
channels: list[str] = [
    "mail",
]  # the last line's remark
ids: list[int] = []
limit: int | None = None
"""


def cell(source: str | list[str], tag: str = "parameters") -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {"tags": [tag]}}


@pytest.fixture
def parameters() -> dict[str, Parameter]:
    return declared([cell("print()", "other"), cell(CELL)])


# --- what the notebook declares ---------------------------------------------------------------


def test_reads_name_type_default_and_help(parameters: dict[str, Parameter]) -> None:
    assert parameters["older_than_days"] == Parameter(
        "older_than_days", "int", False, "30", "days without activity"
    )
    assert parameters["phone"].default == "'+49 30 # not a comment'"
    assert parameters["phone"].help == "= also not the end"
    assert parameters["channels"].help == "the last line's remark"
    assert parameters["limit"].optional
    assert list(parameters) == [
        "older_than_days", "dry_run", "phone", "share", "channels", "ids", "limit",
    ]  # fmt: skip


def test_source_may_be_a_list_of_lines(parameters: dict[str, Parameter]) -> None:
    assert declared([cell(CELL.splitlines(keepends=True))]) == parameters


def test_without_a_parameters_cell_there_are_none() -> None:
    assert declared([cell("a: int = 1", "other")]) == {}
    with pytest.raises(JobParameterError, match="it has none"):
        checked({}, {"a": "1"})


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("days = 30", "name: type = default"),
        ("days: int", "name: type = default"),
        ("a: int = 1\nimport os", "Line 2"),
        ("%matplotlib inline", "not plain Python"),
        ("when: datetime = 1", "type datetime"),
        ("one: int | str = 1", "a parameter may be"),
        ("api_token: str = ''", "looks like a secret"),
    ],
)
def test_refuses_a_cell_it_can_not_promise_to_check(source: str, complaint: str) -> None:
    with pytest.raises(JobParameterError, match=complaint):
        declared([cell(source)])


# --- --set ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("older_than_days", "30", 30),
        ("older_than_days", "-1", -1),
        ("dry_run", "false", False),
        ("dry_run", "True", True),
        # What papermill turns into numbers, None, booleans and lists stays the text it is.
        ("phone", "+4917012345", "+4917012345"),
        ("phone", "0049123", "0049123"),
        ("phone", "0017", "0017"),
        ("phone", "1e5", "1e5"),
        ("phone", "null", "null"),
        ("phone", "None", "None"),
        ("phone", "no", "no"),
        ("phone", '["a"]', '["a"]'),
        ("phone", "", ""),
        ("phone", 'a"b\\n{x}\n', 'a"b\\n{x}\n'),
        ("share", "1e5", 1e5),
        ("share", "2", 2.0),
        ("channels", '["a", "0017"]', ["a", "0017"]),
        ("ids", "[1, 2]", [1, 2]),
        ("limit", "3", 3),
    ],
)
def test_text_is_read_as_the_declared_type(
    parameters: dict[str, Parameter], name: str, text: str, value: Any
) -> None:
    given = checked(parameters, {name: text})[name]
    assert given == value
    assert type(given) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[
            ("older_than_days", text)
            for text in (
                "", "abc", "30.0", "3e1", "1e5", "1_000", "0017", "+30", " 30", "30\n", "0x1e",
                "٣٠", "true", "None", "nan", "9" * 19, "9" * 5000, "--1", "30; import os",
            )
        ],
        *[("dry_run", text) for text in ("no", "yes", "0", "1", "off", "", "none", "falsch", "f")],
        *[("share", text) for text in ("nan", "inf", "-Infinity", "1e999", "0,5", "1_0.0", ".5")],
        *[("channels", text) for text in ("a", "a,b", '["a", 1]', "{}", "[null]", "[" * 9999)],
        *[("ids", text) for text in ("[1.0]", "[true]", '["1"]', "[NaN]", "1")],
        *[("limit", text) for text in ("null", "None", "")],
        ("phone", "caf\udce9"),
    ],
)  # fmt: skip
def test_text_of_another_form_is_refused(
    parameters: dict[str, Parameter], name: str, text: str
) -> None:
    with pytest.raises(JobParameterError, match=f"^{name} must be .*, not ") as refused:
        checked(parameters, {name: text})
    assert len(refused.value.message) < 200
    assert refused.value.message.isprintable()


def test_an_unknown_name_is_refused_with_the_known_ones(parameters: dict[str, Parameter]) -> None:
    with pytest.raises(JobParameterError, match=r"no parameter 'older_then_days'.*older_than_days"):
        checked(parameters, {"older_then_days": "30"})


@pytest.mark.parametrize("name", ["token", "API_KEY", "db_password", "apikey", "client_secret"])
def test_a_name_that_looks_secret_is_refused_without_its_value(
    parameters: dict[str, Parameter], name: str
) -> None:
    with pytest.raises(JobParameterError, match="looks like a secret") as refused:
        checked(parameters, {name: "hunter2"})
    assert "hunter2" not in str(refused.value)


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_taken_as_it_is(text: str) -> None:
    assert checked(declared([cell(CELL)]), {"phone": text}) == {"phone": text}


@given(st.text())
def test_whatever_is_accepted_as_a_whole_number_is_written_as_python_writes_it(text: str) -> None:
    try:
        value = checked(declared([cell(CELL)]), {"older_than_days": text})["older_than_days"]
    except JobParameterError:
        return
    assert str(value) == text or text == "-0"


# --- --params ---------------------------------------------------------------------------------


def test_a_file_gives_real_types_and_set_overrides_it(
    parameters: dict[str, Parameter], tmp_path: Path
) -> None:
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"older_than_days": 7, "limit": None, "share": 1, "ids": [1]}))
    given = checked(parameters, {"older_than_days": "8"}, file)
    assert given == {"older_than_days": 8, "limit": None, "share": 1.0, "ids": [1]}
    assert type(given["share"]) is float


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"older_than_days": "30"}', "must be a whole number such as 30, not '30'"),
        ('{"older_than_days": 30.0}', "must be a whole number"),
        ('{"older_than_days": true}', "must be a whole number"),
        ('{"older_than_days": null}', "must be a whole number"),
        ('{"older_than_days": 9223372036854775808}', "must be a whole number"),
        ('{"dry_run": 0}', "must be true or false"),
        ('{"dry_run": "false"}', "must be true or false"),
        ('{"phone": 49123}', "must be text"),
        (f'{{"share": 1{"0" * 400}}}', "must be a number"),
        ('{"share": NaN}', "not valid JSON"),
        ('{"dry_run": true, "dry_run": false}', "dry_run twice"),
        ('{"nonsense": 1}', "no parameter 'nonsense'"),
        ('{"password": "x"}', "looks like a secret"),
        ("[1]", "one JSON object"),
        ("older_than_days: 30", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    parameters: dict[str, Parameter], tmp_path: Path, text: str, complaint: str
) -> None:
    file = tmp_path / "p.json"
    file.write_text(text)
    with pytest.raises(JobParameterError, match=complaint):
        checked(parameters, {}, file)


def test_a_file_that_is_not_there_or_not_text_is_refused(
    parameters: dict[str, Parameter], tmp_path: Path
) -> None:
    with pytest.raises(JobParameterError, match=r"can't be read: No such file"):
        checked(parameters, {}, tmp_path / "absent.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(JobParameterError, match="not valid JSON"):
        checked(parameters, {}, tmp_path / "binary.json")
