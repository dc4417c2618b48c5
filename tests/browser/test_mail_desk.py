"""Mail from a real server shows in a panel, and what is answered there reaches the customer."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, inbox_of
from workspace.settings import Paths
from workspace.testing.hub import running_hub
from workspace.testing.mailserver import CUSTOMER, SUPPORT, MailServer, NotAvailable, mail_server


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    try:
        with mail_server() as server:
            yield server
    except NotAvailable as reason:
        pytest.skip(str(reason))


def letter() -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Ada Merrow <{CUSTOMER}>"
    mail["To"] = SUPPORT
    mail["Subject"] = "A lamp for the hall"
    mail["Message-ID"] = "<lamp@customer.test>"
    mail.set_content("Do you have the small one?")
    mail.add_alternative("<p>Do you have the <b>small</b> one?</p>", subtype="html")
    return mail.as_bytes()


@pytest.mark.mail
@pytest.mark.slow
def test_a_reply_from_the_panel_arrives_by_mail(
    lab: Lab, server: MailServer, tmp_path: Path
) -> None:
    with running_hub(tmp_path / "desk", demo=False) as ws:
        secrets = Paths(tmp_path / "desk").secrets
        secrets.touch(mode=0o600)
        secrets.write_text(f'support = "{server.password}"\n')
        ws.add_channel("mail", "Support", server.options(password="secret:support"))
        folder = ws.info().folder
        with lab.run(lab.blank("desk", inbox_of(folder))) as inbox:
            expect(inbox.root.get_by_text("No conversations yet")).to_be_visible()
            server.deliver(CUSTOMER, SUPPORT, letter())
            expect(inbox.row("Ada Merrow")).to_contain_text("A lamp for the hall", timeout=30_000)
            inbox.open("Ada Merrow")
            mail = inbox.messages.frame_locator("iframe")
            expect(mail.get_by_text("small")).to_be_visible()
            inbox.send("Yes, in oak and in ash.")
            sent = inbox.message("in oak and in ash").get_by_label("Sent")
            expect(sent).to_be_visible(timeout=30_000)
            expect(inbox.status("Ada Merrow")).to_have_text("Replied")
    [answer] = server.wait_for_mails(CUSTOMER)
    headers = message_from_bytes(answer, policy=policy.default)
    assert headers["In-Reply-To"] == "<lamp@customer.test>"
    assert headers["Subject"] == "Re: A lamp for the hall"
    assert headers["To"].addresses[0].addr_spec == CUSTOMER
    assert "Yes, in oak and in ash." in str(headers.get_body(("plain",)))
