"""One telephone, however its number is written."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.models import Address, AddressKind, Capabilities, StartRule, TextLimit
from workspace.rules import addresses
from workspace.rules.phones import same, writings

SMS = Capabilities(
    kind="sms",
    label="SMS",
    address=frozenset({AddressKind.PHONE}),
    can_start=StartRule.FREE,
    start_reason="",
    window=None,
    text_limit=TextLimit(1600),
    media={},
    max_attachments=0,
    threads=False,
    receipts=frozenset(),
    rate=None,
)
DIGITS = st.text("0123456789", min_size=1, max_size=15)
NUMBERS = st.one_of(
    st.builds("+{}".format, DIGITS),
    st.builds(
        "+{}{}".format,
        st.sampled_from(["55", "551", "5511", "55119", "52", "521", "54", "549"]),
        st.text("0123456789", min_size=7, max_size=11),
    ),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5511987654321", "+551187654321"),
        ("+5531996883193", "+553196883193"),
        ("+5215512345678", "+525512345678"),
        ("+5491123456789", "+541123456789"),
    ],
)
def test_two_ways_to_write_it(one: str, other: str) -> None:
    assert writings(one) == (one, other)
    assert writings(other) == (other, one)


@pytest.mark.parametrize(
    "number",
    [
        "+551131234567",  # a landline: with a 9 in front it is somebody's mobile
        "+5511931234567",  # that mobile
        "+5501987654321",  # no area
        "+521551234567",  # a digit short
        "+549112345678",
        "+4915112345678",
        "+15551234567",
        "+5511987654321x",
        "5511987654321",
        "+٥٥١١٩٨٧٦٥٤٣٢١",
        "",
    ],
)
def test_one_way_to_write_it(number: str) -> None:
    assert writings(number) == (number,)


@given(NUMBERS)
def test_all_writings_know_each_other(number: str) -> None:
    found = writings(number)
    assert found[0] == number
    assert len(set(found)) == len(found) <= 2
    for other in found:
        assert set(writings(other)) == set(found)
        assert other[:3] == number[:3]


@pytest.mark.parametrize("region", ["BR", "MX", "AR"])
@given(seed=st.integers(0, 10**5 - 1))
def test_a_mobile_of_today_is_found_by_either(region: str, seed: int) -> None:
    """By the tables of phonenumbers, which know nothing of ours."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    number = f"{text[:-5]}{seed:05}"
    assert len(writings(number)) == 2
    typed = {addresses.checked(other, SMS).value for other in writings(number)}
    assert typed <= set(writings(number))


@given(st.sampled_from(AddressKind), NUMBERS)
def test_only_phone_numbers_have_several(kind: AddressKind, value: str) -> None:
    address = Address(kind, value)
    found = same(address)
    assert found[0] == address
    assert {each.kind for each in found} == {kind}
    assert len(found) == (len(writings(value)) if kind is AddressKind.PHONE else 1)
