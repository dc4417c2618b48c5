"""How the delivery status of a message moves."""

from workspace.models import DeliveryStatus

_RANK = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.RETRY: 0,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.IN_DOUBT: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.DELIVERED: 5,
    DeliveryStatus.READ: 6,
}
_FAILED_RANK = 4
"""A failure beats "sent" (the provider took it, the network did not) but no proof of delivery."""


def advance(current: DeliveryStatus, reported: DeliveryStatus) -> DeliveryStatus:
    """The delivery status after a receipt. Only forward, so receipts may come in any order."""
    if current is DeliveryStatus.CANCELLED:
        return current
    rank = {**_RANK, DeliveryStatus.FAILED: _FAILED_RANK}
    return reported if rank[reported] > rank[current] else current


def accepted(status: DeliveryStatus) -> bool:
    """Whether the provider took it and it has not failed since. in_doubt is not accepted."""
    return status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)
