"""Addresses as people type them, made into the one form the store compares.

Not among the names of `workspace.rules`: only who asks for it pays for the tables of all countries.
"""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from workspace.errors import InvalidRequest
from workspace.models import Address, AddressKind, Capabilities
from workspace.rules.phones import writings

MAX_ADDRESS = 320


def checked(text: str, channel: Capabilities, region: str | None = None) -> Address:
    """The address in a kind the channel takes. `region`, such as DE: whose phone numbers may leave
    their country out; None: nobody's. Raises InvalidRequest saying what is wrong.
    """
    text = text.strip()
    if not text or len(text) > MAX_ADDRESS or not text.isprintable():
        raise InvalidRequest(f"An address has 1 to {MAX_ADDRESS} printable characters.")
    if AddressKind.EMAIL in channel.address:
        return Address(AddressKind.EMAIL, _email(text))
    if AddressKind.PHONE in channel.address:
        return Address(AddressKind.PHONE, _phone(text, region))
    for kind in sorted(channel.address):
        return Address(kind, text)
    raise InvalidRequest(f"{channel.label} takes no addresses.")


def _email(text: str) -> str:
    try:
        # Names of an intranet are fine: whether mail gets there is the mail server's business.
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise InvalidRequest(f"{text!r} is not a mail address: {error}") from None
    return f"{found.local_part}@{found.domain.lower()}"


def _phone(text: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        if error.error_type in _LENGTHS:
            raise _odd_length(text) from None
        raise InvalidRequest(
            f"{text!r} is not a phone number with its country; write +49 151 23456789."
        ) from None
    found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_possible_number(number):
        return found
    for other in writings(found)[1:]:  # WhatsApp shows some as no telephone company writes them
        if phonenumbers.is_possible_number(phonenumbers.parse(other, None)):
            return other
    raise _odd_length(text)


_LENGTHS = (
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
    phonenumbers.NumberParseException.TOO_SHORT_NSN,
    phonenumbers.NumberParseException.TOO_LONG,
)


def _odd_length(text: str) -> InvalidRequest:
    return InvalidRequest(f"{text!r} is too long or too short for a phone number; check it.")


def shown(address: Address) -> str:
    """As one writes it: a phone number in its country's groups."""
    if address.kind is not AddressKind.PHONE:
        return address.value
    number = phonenumbers.parse(address.value, None)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def region_of(number: str) -> str | None:
    """The region of a phone number with its country, such as DE; None: it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None
