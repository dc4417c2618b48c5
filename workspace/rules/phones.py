"""The ways in which one phone number is written.

A number as people know it and as WhatsApp writes it can differ by a digit: WhatsApp leaves out
Brazil's ninth digit in most areas, puts Mexico's old 1 behind the country, and Argentina's 9, which
others leave out. All writings of a number belong to one telephone, so whoever is known by one of
them is known by all.
"""

import re

from workspace.models import Address, AddressKind

_PAIRS = (
    # Brazil: mobile numbers got a ninth digit, a 9 in front, until 2016. Those of eight digits
    # began with 6 to 9; what begins with 2 to 5 is a landline, and with a 9 in front somebody else.
    (re.compile(r"\+55([1-9]{2})9([6-9]\d{7})"), r"+55\g<1>\g<2>"),
    (re.compile(r"\+55([1-9]{2})([6-9]\d{7})"), r"+55\g<1>9\g<2>"),
    # Mexico: until 2019 a 1 told mobile numbers from landlines.
    (re.compile(r"\+521([2-9]\d{9})"), r"+52\g<1>"),
    (re.compile(r"\+52([2-9]\d{9})"), r"+521\g<1>"),
    # Argentina: a 9 tells mobile numbers from landlines; without it they are as unique.
    (re.compile(r"\+549([1-8]\d{9})"), r"+54\g<1>"),
    (re.compile(r"\+54([1-8]\d{9})"), r"+549\g<1>"),
)
"""Each way of writing, and the other one."""


def writings(number: str) -> tuple[str, ...]:
    """All ways to write a phone number with its country (E.164), itself first."""
    for pattern, other in _PAIRS:
        if match := pattern.fullmatch(number):
            return number, match.expand(other)
    return (number,)


def same(address: Address) -> tuple[Address, ...]:
    """All addresses that reach whom this one reaches, itself first."""
    if address.kind is not AddressKind.PHONE:
        return (address,)
    return tuple(Address(address.kind, number) for number in writings(address.value))
