"""What must never be kept outside a workspace."""

from workspace.client import Workspace

SHORTEST = 12
"""Letters of a text or subject: shorter ones, such as "Thank you", may be anybody's."""


def said_by_customers(ws: Workspace) -> list[str]:
    """Names, addresses, subjects and message texts of everybody in `ws`."""
    people = ws.sql("SELECT contact_name, address FROM v1.conversations").df()
    subjects = ws.sql("SELECT subject FROM v1.conversations").df()
    texts = ws.sql("SELECT text FROM v1.messages").df()
    named = [str(text) for text in people.to_numpy().ravel() if len(str(text)) > 3]
    said = [str(text) for found in (subjects, texts) for text in found.to_numpy().ravel()]
    # JSON and HTML write quotes and line ends another way: a line without them is looked for.
    lines = {line.strip() for text in said for line in text.splitlines()}
    return named + [
        line for line in lines if len(line) >= SHORTEST and not set(line) & set("\"'<>&\\")
    ]
