"""How a line reads as a mail: with salutation and signature, quoted text, or as HTML."""

import re
from datetime import datetime
from html import escape
from random import Random

from workspace.channels.simulated.dialogue import Line, Tale
from workspace.channels.simulated.people import Person
from workspace.channels.simulated.words import LETTERS, OPERATORS
from workspace.models import Address, AddressKind

_GREETING = re.compile(
    r"[¡!]?(hi|hello|hey|good|guten|hallo|bonjour|re-bonjour|hola|buenas|olá|oi|bom|buongiorno|ciao"
    r"|こんにちは|مرحبا|السلام)",
    re.IGNORECASE,
)
_SIGNATURE = "Pinewhistle, workshop for home and garden\n4 Kiln Lane"


def plain(text: str, tale: Tale, writer: str, quoted: tuple[str, str, datetime] | None) -> str:
    """The line as a mail; `quoted`: text, writer and time of the mail it answers."""
    hello, bye, _ = LETTERS[tale.language]
    parts = [text] if _GREETING.match(text) else [hello, text]
    parts.append(f"{bye}\n{writer}")
    if quoted:
        marked = "\n".join(f"> {line}" for line in quoted[0].split("\n"))
        parts.append(f"{_wrote(tale, quoted)}\n{marked}")
    return "\n\n".join(parts)


def signed(text: str, tale: Tale, operator: str) -> str:
    """An operator's line as a mail."""
    return f"{text}\n\n{LETTERS[tale.language][1]}\n{operator}\n--\n{_SIGNATURE}"


def html(text: str, tale: Tale, writer: str, quoted: tuple[str, str, datetime] | None) -> str:
    """The same mail as common mail programs write it."""
    hello, bye, _ = LETTERS[tale.language]
    direction = ' dir="rtl"' if tale.language == "ar" else ""
    parts = [text] if _GREETING.match(text) else [hello, text]
    body = "".join(f"<p>{_lines(part)}</p>" for part in (*parts, f"{bye}\n{writer}"))
    quote = ""
    if quoted:
        quote = (
            f'<div class="gmail_quote"><div>{escape(_wrote(tale, quoted))}</div>'
            '<blockquote style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">'
            f"{_lines(quoted[0])}</blockquote></div>"
        )
    style = "font-family:Calibri,Arial,sans-serif;font-size:11pt;color:#1f2937"
    return f'<html><body{direction} style="{style}">{body}{quote}</body></html>'


def _wrote(tale: Tale, quoted: tuple[str, str, datetime]) -> str:
    _, who, at = quoted
    return LETTERS[tale.language][2].format(date=f"{at:%Y-%m-%d %H:%M}", who=who)


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


PRODUCT_IMAGE = "product@pinewhistle.example"
"""The Content-ID of the picture in a confirmation."""


def confirmation(tale: Tale, name: str) -> tuple[str, str, str]:
    """Subject, text and HTML of what the shop sends by itself after an order."""
    facts = tale.facts
    price, order = facts["price"], facts["order"]
    text = (
        f"Hello {name},\n\nthank you for your order {order}.\n\n"
        f"1 x {facts['product']}   {price}\nShipping   free\nTotal   {price}\n\n"
        "We'll write again as soon as it is on its way.\n\nPinewhistle"
    )
    cell = 'style="padding:10px 0;border-bottom:1px solid #e5e7eb"'
    html = f"""<html><body style="margin:0;background:#f3f1ec;font-family:Arial,sans-serif">
<table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px">
<table width="520" cellpadding="0" cellspacing="0" style="background:#ffffff;border-radius:10px">
<tr><td style="background:#3e6294;color:#ffffff;padding:22px 28px;font-size:22px">
Pinewhistle</td></tr>
<tr><td style="padding:26px 28px;color:#26282f;font-size:15px;line-height:1.5">
<h2 style="margin:0 0 8px">Thank you, {escape(name)}!</h2>
<p style="margin:0 0 16px">We have your order <b>{order}</b> and are packing it with care.</p>
<img src="cid:{PRODUCT_IMAGE}" width="464" alt="{escape(facts["product"])}"
style="border-radius:8px">
<table width="100%" cellpadding="0" cellspacing="0" style="margin-top:16px;font-size:14px">
<tr><td {cell}>1 × {escape(facts["product"])}</td><td {cell} align="right">{price}</td></tr>
<tr><td {cell}>Shipping</td><td {cell} align="right">free</td></tr>
<tr><td style="padding:10px 0"><b>Total</b></td><td align="right"><b>{price}</b></td></tr></table>
<p style="margin:22px 0 0"><a href="https://pinewhistle.example/orders/{order}"
style="background:#e2ac5c;color:#26282f;padding:11px 20px;border-radius:6px;text-decoration:none">
Follow your order</a></p>
<img src="https://pinewhistle.example/open.gif?order={order}" width="1" height="1" alt="">
</td></tr></table></td></tr></table></body></html>"""
    return f"Your order {order}", text, html


ROBOT = Person(-1, "Clay Fair", "Clay Fair", "en", Address(AddressKind.EMAIL, "news@fair.example"))
_TOPICS = (
    ("Clay Fair: your stand is waiting", "Stands for the autumn fair can be booked now."),
    ("New glazes this month", "Eleven new colours, and a discount for workshops like yours."),
    ("Your monthly courier statement", "143 parcels, 2 complaints, 1 lost and found again."),
)


def newsletter(dice: Random) -> Tale:
    """What machines send to the shop; `html` of it is `newsletter_html`."""
    subject, lead = dice.choice(_TOPICS)
    text = f"{lead}\n\nRead more: https://newsletter.example/read"
    facts = {"me": dice.choice(OPERATORS)}
    return Tale("newsletter", "en", subject, (Line("<", text),), "mug", 0, facts, "")


def newsletter_html(tale: Tale) -> str:
    subject, lead = escape(tale.subject), escape(tale.lines[0].text.split("\n")[0])
    return f"""<html><body style="margin:0;font-family:Georgia,serif;background:#faf8f4">
<table align="center" width="560" cellpadding="0" cellspacing="0">
<tr><td style="background:#5c805c;color:#fff;padding:34px;font-size:26px">{subject}</td></tr>
<tr><td style="padding:28px;font-size:16px;line-height:1.6;color:#333"><p>{lead}</p>
<table width="100%" cellpadding="8"><tr><td style="background:#efe9df">Early birds</td>
<td style="background:#efe9df" align="right">until the 15th</td></tr>
<tr><td>Everybody else</td><td align="right">from the 16th</td></tr></table>
<p><img src="https://newsletter.example/banner.png" width="500" alt="A long table with bowls"></p>
<script>document.body.innerHTML = "scripts must never run"</script>
<p><a href="https://newsletter.example/read">Read more</a> ·
<a href="https://newsletter.example/leave">Unsubscribe</a></p></td></tr></table></body></html>"""
