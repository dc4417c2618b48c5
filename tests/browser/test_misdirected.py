"""What is written reaches whom it was written to, as what it was meant, and once."""

from playwright.sync_api import expect

from tests.browser.composing import ours, start, wait_for
from tests.browser.lab import Inbox
from tests.browser.stage import Stage
from workspace.models import Address, AddressKind, Conversation

EXECUTE = """code => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel
  .requestExecute({ code }).done"""


def two_threads(hub: Stage, name: str) -> tuple[Conversation, Conversation]:
    """Of one customer."""
    customer = Address(AddressKind.EMAIL, f"{name.split()[0].lower()}@example.org")

    def found() -> list[Conversation]:
        return sorted((row for row in hub.rows() if row.contact_name == name), key=lambda r: r.id)

    for n, subject in enumerate(("First order", "Second order"), start=1):
        hub.channel("Mail", plays="mail").customer_writes(
            customer, f"About the {subject.lower()}", name, subject=subject
        )
        hub.until(lambda n=n: len(found()) == n)  # type: ignore[misc]
    first, second = found()
    return first, second


# --- the conversation that is shown ---------------------------------------------------------------


def test_a_reply_goes_to_what_the_card_has_opened(inbox: Inbox, hub: Stage) -> None:
    first, second = two_threads(hub, "Clara Card")
    inbox.row("Clara Card").filter(has_text="Second order").click()
    card = inbox.root.get_by_role("complementary", name="Contact")
    card.get_by_role("listitem").filter(has_text="First order").get_by_role("button").click()
    expect(inbox.messages).to_contain_text("About the first order")
    inbox.send("About your first")
    hub.until(lambda: any(m.text == "About your first" for m in hub.ws.messages(first.id)))
    assert [m.text for m in hub.ws.messages(second.id)] == ["About the second order"]


def test_a_reply_goes_to_what_python_has_opened(inbox: Inbox, hub: Stage) -> None:
    pia = hub.writes("Pia Python", "By a cell")
    hub.writes("Lia List", "By the list")
    start(inbox, "Lia List")
    inbox.row("Pia Python").click()
    expect(inbox.heading).to_have_text("Pia Python")
    inbox.row("Lia List").click()
    expect(inbox.heading).to_have_text("Lia List")
    inbox.page.evaluate(EXECUTE, f"inbox.conversation_id = '{pia.id}'")
    expect(inbox.heading).to_have_text("Pia Python")
    inbox.send("To Pia")
    wait_for(hub, "Pia Python", 1)
    assert ours(hub, "Lia List") == []
