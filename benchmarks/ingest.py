"""Receiving: from the provider's payload to a row of the list."""

import threading
import time
from collections.abc import Iterator
from itertools import islice

from benchmarks.data import Business
from benchmarks.measure import Timing, percentile, timed
from workspace.journal import Record
from workspace.services import Services

BATCH = 1000
PRODUCERS = 8


def load(services: Services, business: Business) -> float:
    """Everybody's history through journal and applier; messages a second."""
    history, n = business.history(), 0
    start = time.perf_counter()
    while group := list(islice(history, BATCH)):
        services.journal.append(group)
        services.receiving.apply_pending()
        n += len(group)
    return n / (time.perf_counter() - start)


def receiving(services: Services, business: Business, repeat: int) -> Iterator[tuple[str, Timing]]:
    """Names and timings. New messages of customers all over the list, as they come."""
    customers = (n * 7919 % business.size for n in range(10**9))

    def new(n: int) -> list[Record]:
        return [business.message(customer) for customer in islice(customers, n)]

    def in_the_list(records: list[Record]) -> None:
        services.journal.append(records)
        services.receiving.apply_pending()

    one = [new(1) for _ in range(repeat + 3)]
    yield "receive one message: on the disk", timed(services.journal.append, one, warm_up=3)
    one = [new(1) for _ in range(repeat + 3)]
    yield "receive one message: in the list", timed(in_the_list, one, warm_up=3)
    many = [new(BATCH) for _ in range(5)]
    yield f"receive {BATCH:,} at once: in the list", timed(in_the_list, many, warm_up=1)


def burst(services: Services, business: Business, each: int = 500) -> dict[str, str]:
    """Several producers at once, a message at a time, while the applier works."""
    shares = [
        [business.message((n * PRODUCERS + p) % business.size) for n in range(each)]
        for p in range(PRODUCERS)
    ]
    taken: list[float] = []

    def produce(records: list[Record]) -> None:
        for record in records:
            start = time.perf_counter()
            services.journal.append([record])
            services.receiving.wake()
            taken.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=produce, args=[share]) for share in shares]
    services.receiving.start()
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received = time.perf_counter()
    services.receiving.apply_pending()
    applied = time.perf_counter()
    services.receiving.stop()
    p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
    return {
        f"{PRODUCERS} producers at once": f"{len(taken) / (received - start):,.0f} messages/s",
        "… each on the disk after": f"{p50:.1f} ms (p50), {p99:.1f} ms (p99)",
        "… the last of them in the list": f"{(applied - received) * 1000:,.0f} ms later",
    }
