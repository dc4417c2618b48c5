"""Decides whether a text is one SELECT over the v1 views alone, before it is run.

DuckDB itself parses the text into a tree (`json_serialize_sql`, which takes nothing but SELECTs).
Every table in the tree must be in v1 or a CTE whose scope it is in, every function one that neither
changes anything nor tells about the server. What the tree holds that is not known here is refused.
"""

import json
from typing import Any

from workspace.errors import QueryFailed, QueryRefused
from workspace.store.driver import Driver
from workspace.store.sql import query

MAX_QUERY = 1_000_000
"""Characters of a query. DuckDB limits the depth of expressions by itself."""

Node = dict[str, Any]
Scope = frozenset[str]

TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"}
    | {"pg_timezone_names", "icu_calendar_names"}
)
"""Those that make rows out of their arguments, and two that list what DuckDB knows by heart."""

VOLATILE = frozenset({"random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "error"})
"""Of the functions DuckDB calls volatile, those without an effect on others."""

REFUSED_FUNCTIONS = frozenset(
    {"current_setting", "getvariable", "getenv"}  # the server's settings
    | {"json_serialize_plan", "pg_get_viewdef", "pg_get_constraintdef", "format_type"}
    | {"get_block_size", "pg_sleep"}
    | {"list_resize", "array_resize"}  # make any amount of memory, and no limit stops them
)
"""Refused though DuckDB calls them harmless, or macros around what is refused."""

LONGEST = 10_000
"""Characters that repeat, lpad and rpad may make: DuckDB's limits don't stop one single call."""

_LENGTHENING = frozenset({"repeat", "lpad", "rpad"})

TABLES = frozenset({"EMPTY", "EXPRESSION_LIST", "JOIN", "SUBQUERY", "PIVOT"})
"""Kinds of table references that need no more than a look at what they contain."""

HINT = "SELECT * FROM v1.columns lists what there is."


class Guard:
    """Holds what DuckDB says of its functions; made once for a database."""

    def __init__(self, db: Driver) -> None:
        volatile = {name for (name,) in db.execute(query("guard.volatile"))}
        self._functions = (volatile - VOLATILE) | REFUSED_FUNCTIONS

    def check(self, db: Driver, sql: str) -> None:
        """Raise QueryRefused unless `sql` may run; QueryFailed where it is not SQL at all."""
        if len(sql) > MAX_QUERY:
            raise QueryRefused(f"The query is longer than {MAX_QUERY:,} characters; shorten it.")
        if "\0" in sql or any("\ud800" <= char <= "\udfff" for char in sql):
            raise QueryRefused("The query holds a NUL or half a character; remove it.")
        try:
            statements = _parsed(db, sql)
            if len(statements) != 1:
                raise QueryRefused("Write exactly one SELECT statement.")
            self._walk(statements[0]["node"], frozenset())
        except RecursionError:
            raise QueryRefused("The query is nested too deeply; simplify it.") from None

    def _walk(self, node: Any, scope: Scope) -> None:
        if isinstance(node, list):
            for each in node:
                self._walk(each, scope)
        elif isinstance(node, dict):
            if "cte_map" in node:
                self._query(node, scope)
            elif "class" not in node and "sample" in node:
                self._table(node, scope)
            else:
                self._expression(node, scope)

    def _children(self, node: Node, scope: Scope, *but: str) -> None:
        for name, child in node.items():
            if name not in but:
                self._walk(child, scope)

    def _query(self, node: Node, scope: Scope) -> None:
        """A SELECT, a set operation or the inside of a CTE, with the CTEs it defines."""
        for cte in node["cte_map"]["map"]:
            name = _lower(cte["key"])
            # Within itself a CTE is not known by its name (unless recursive, see below).
            self._walk(cte["value"], scope - {name})
            scope |= {name}
        if node["type"] == "RECURSIVE_CTE_NODE":
            self._walk(node["left"], scope)
            self._children(node, scope | {_lower(node["cte_name"])}, "cte_map", "left")
        elif node["type"] in ("SELECT_NODE", "SET_OPERATION_NODE"):
            self._children(node, scope, "cte_map")
        else:
            raise QueryRefused(f"{node['type']} can't be used here.")

    def _table(self, node: Node, scope: Scope) -> None:
        match node["type"]:
            case "BASE_TABLE":
                _base_table(node, scope)
            case "TABLE_FUNCTION":
                self._table_function(node["function"], scope)
            case "SHOW_REF":
                self._show(node, scope)
            case kind if kind not in TABLES:
                raise QueryRefused(f"{kind} can't be used here.")
        self._children(node, scope, "function")

    def _table_function(self, function: Node, scope: Scope) -> None:
        name = function.get("function_name", "?")
        if _lower(name) not in TABLE_FUNCTIONS:
            raise QueryRefused(
                f"The table function {name}() can't be used here: queries read the v1 views alone. "
                + HINT
            )
        self._children(function, scope, "function_name")

    def _show(self, node: Node, scope: Scope) -> None:
        """DESCRIBE and SUMMARIZE of a query are fine; lists of tables name private ones."""
        if node["query"] is None:
            raise QueryRefused(f"SHOW can't be used here. {HINT}")

    def _expression(self, node: Node, scope: Scope) -> None:
        if "table_name" in node or "cte_name" in node:  # a reference in a form not known here
            raise QueryRefused(f"{node.get('type')} can't be used here.")
        name = node.get("function_name")
        if isinstance(name, str) and _lower(name) in self._functions:
            raise QueryRefused(f"The function {name}() can't be used here.")
        if isinstance(name, str) and _lower(name) in _LENGTHENING and not _short(node):
            raise QueryRefused(f"{name}() takes a plain number up to {LONGEST:,} here.")
        self._children(node, scope)


def _short(call: Node) -> bool:
    """Whether the second argument is a constant within bounds."""
    arguments = call.get("children", [])
    if len(arguments) < 2 or arguments[1].get("class") != "CONSTANT":
        return False
    value = arguments[1].get("value", {}).get("value")
    return isinstance(value, int) and value <= LONGEST


def _parsed(db: Driver, sql: str) -> list[Node]:
    tree: Node = json.loads(db.execute(query("guard.parse"), [sql])[0][0])
    if not tree["error"]:
        statements: list[Node] = tree["statements"]
        return statements
    if tree["error_type"] == "not implemented":
        raise QueryRefused(
            "Only a SELECT can be run here. Conversations are changed by the verbs of the client; "
            "a PIVOT needs its values: PIVOT ... ON column IN (...)."
        )
    raise QueryFailed(f"This is not SQL: {tree['error_message']}.")


def _base_table(node: Node, scope: Scope) -> None:
    name, schema, catalog = node["table_name"], node["schema_name"], node["catalog_name"]
    if node.get("at_clause") is not None:
        raise QueryRefused("AT can't be used here: the views know the present alone.")
    if not schema and not catalog and _lower(name) in scope:
        return
    if _lower(schema) == "v1" and not catalog:
        return
    full = ".".join(part for part in (catalog, schema, name) if part)
    raise QueryRefused(
        f"{full!r} can't be read: queries read the v1 views alone, such as v1.messages. {HINT}"
    )


def _lower(name: str) -> str:
    """As DuckDB compares names: without regard to the case of ASCII letters alone."""
    return name.encode().lower().decode()
