"""Values, as a notebook would save them."""

from datetime import UTC, datetime

from workspace.models import Actor, ActorKind, Address, AddressKind, Direction, Message, Preview

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_repr_tells_no_customers_words_or_names() -> None:
    author = Actor(ActorKind.CUSTOMER, "Ada Merrow")
    message = Message(1, 2, Direction.INBOUND, author, "my secret", "<b>my secret</b>", NOW, NOW)
    address = Address(AddressKind.PHONE, "+447700900000")
    shown = repr([message, address, Preview("my secret", Direction.INBOUND, "Ada Merrow")])
    for private in ("secret", "Merrow", "7700"):
        assert private not in shown
