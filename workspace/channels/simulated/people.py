"""Invented people: names of many places, addresses that reach nobody.

Phone numbers come from the ranges that regulators keep free for films and books (NANPA 555-01xx,
Ofcom 07700 900xxx, Arcep 06 39 98 xx xx, Bundesnetzagentur 0171 39200xx); mail addresses from the
reserved domain .example (RFC 2606).
"""

from dataclasses import dataclass
from random import Random
from unicodedata import combining, normalize

from workspace.models import Address, AddressKind


@dataclass(frozen=True, slots=True)
class Person:
    """`language` is what they write in; `number` tells them apart within their address kind."""

    number: int
    name: str
    first: str
    language: str
    address: Address


# Each culture: language written, share of all people, first names, family names.
_CULTURES: tuple[tuple[str, int, str, str], ...] = (
    (
        "en",
        30,
        "Ada Owen Maeve Tobias Hazel Rowan Imogen Callum Nell Jasper Freya Elliot Wren Silas Tessa "
        "Bram Orla Felix Ivy Desmond Cleo Hugo Marnie Ellis Greta Lionel Poppy Theo Dinah Rufus",
        "Ashdown Barlow Crickmore Dunmore Eastby Fairweather Garrow Hollis Inkpen Jessop Kettleby "
        "Langridge Merrow Nettleton Osgood Penhale Quill Ridley Sallow Thackery Underhay Vickery "
        "Wetherby Yardley Bexcombe Tolliver Maddern Pryor Stroud Winslade",
    ),
    (
        "en",
        9,
        "Amara Chidi Folake Kwame Zainab Tunde Ngozi Kofi Abena Emeka Adaeze Yaw Ifeoma Sefu Nia",
        "Adeyinka Boatengo Chukwura Danjumo Ekwensu Fadairo Gyamfira Ibekwem Kalunde Mbatha "
        "Nwosuke Okonjira Oyelana Sarponge Wanjiro",
    ),
    (
        "en",
        9,
        "Anika Rohan Meera Vikram Tara Kabir Leela Arjun Nisha Dev Ishani Sanjay Pooja Nikhil Asha",
        "Banerji Chandak Deshmane Ganatra Iyengari Joshipur Kulkarno Lakhera Menonika Nairuli "
        "Pathaki Raghunan Sahniwal Tiwarik Vaidyari",
    ),
    (
        "en",
        6,
        "Linnea Aksel Signe Mikkel Astrid Eero Tuuli Soren Ingrid Matti Solveig Nils Kaisa Bjorn",
        "Aaltovaara Bergstrand Dahlmoen Ekvall Fjeldstad Granlid Haukland Kivisalo Lundmark "
        "Nyhavn Ostervang Raskmo Skogheim Vintergaard",
    ),
    (
        "de",
        13,
        "Jonas Lena Matthias Katrin Finn Annika Moritz Greta Lukas Svenja Emil Frieda Till Johanna "
        "Jannik Merle Anton Paula",
        "Ackermeier Brunsbach Dierkhoff Eibental Falkenrath Gerstner Hohlfeld Kesselbach Lindhorst "
        "Morgenthal Niederau Ostermoor Pfefferle Reuschling Sommerfeldt Tannhof Uhlenbrock Wiesner",
    ),
    (
        "fr",
        11,
        "Camille Théo Manon Lucas Élodie Mathis Chloé Bastien Inès Antoine Margaux Rémi Zoé Léa "
        "Aurélien Clémence",
        "Aubinel Beaurepas Chastagne Delormeau Fontvieille Garançon Hautecombe Lavaurd Marchandel "
        "Noirmont Pelletrin Rochebrune Sauvignat Tessonnier Valcourt Boisclair",
    ),
    (
        "es",
        11,
        "Lucía Mateo Valentina Javier Camila Diego Marisol Andrés Paloma Tomás Ximena Rafael Inés "
        "Gonzalo Rocío Emilio",
        "Almendral Barrantes Castroverde Dávalos Escudera Fuentelba Granadillo Huertas Jaramago "
        "Lozanero Montesclaros Navalón Olivares Quintaleda Robledano Valdivieso",
    ),
    (
        "pt",
        8,
        "Beatriz Thiago Larissa João Mariana Caio Helena Vinícius Luana Duarte Júlia Afonso",
        "Almeirinho Bragantino Carvalhosa Figueirinha Lobatos Montalvor Nogueiral Pacheira "
        "Ribeirinho Saldanhas Tavarede Vilarinho",
    ),
    (
        "it",
        5,
        "Giulia Lorenzo Chiara Davide Elisa Niccolò Serena Pietro Alessia Marco",
        "Albaretti Bellacosta Cantamessa Doriani Fiordalba Montefosco Pratolini Roccatagli "
        "Santelmi Valdarno",
    ),
    (
        "ja",
        5,
        "美咲 陽斗 さくら 蓮 結衣 悠真 葵 大和 陽菜 颯太",
        "青山田 白川瀬 森野木 星ヶ原 水谷川 桜井沢 月岡本 風間里 夏目野 雪村谷",
    ),
    (
        "ar",
        5,
        "ليلى عمر نور سامي هدى طارق ريم كريم سلمى يوسف",
        "المرجاني الزهراوي البستانكي القمري الريحاني الساحلي النجماوي الورداني الغيثاني الفجراوي",
    ),
)
_POOL = tuple(
    (language, tuple(first.split()), tuple(family.split()))
    for language, share, first, family in _CULTURES
    for _ in range(share)
)
_ROMAN = {
    "ja": ("yuki", "sora", "hana", "ren", "mei"),
    "ar": ("layla", "omar", "noor", "sami", "reem"),
}
_DOMAINS = ("mail.example", "post.example", "inbox.example", "home.example", "letters.example")
# fmt: off
_AREAS = (
    201, 206, 212, 213, 215, 217, 301, 303, 305, 306, 312, 313, 314, 315, 401, 402,
    403, 404, 405, 406, 410, 412, 413, 414, 415, 416, 418, 419, 502, 503, 504, 505,
    506, 507, 508, 509, 512, 513, 514, 515, 516, 517, 518, 519, 601, 602, 603, 604,
    605, 606, 607, 608, 609, 612, 613, 614, 615, 616, 617, 618, 701, 702, 703, 704,
    705, 706, 707, 708, 709, 712, 713, 714,
)
# fmt: on


def person(seed: int, kind: AddressKind, number: int) -> Person:
    """The person with this number; the same one on every channel with this kind of address."""
    dice = Random(f"person/{seed}/{kind}/{number}")
    language, firsts, families = dice.choice(_POOL)
    first, family = dice.choice(firsts), dice.choice(families)
    name = f"{family} {first}" if language == "ja" else f"{first} {family}"
    value = _value(kind, number, language, first, family, dice)
    return Person(number, name, first, language, Address(kind, value))


def stranger(address: Address, name: str) -> Person:
    """Somebody the business wrote to first. Speaks English."""
    return Person(-1, name or address.value, name.split()[0] if name.split() else "", "en", address)


def _value(
    kind: AddressKind, number: int, language: str, first: str, family: str, dice: Random
) -> str:
    match kind:
        case AddressKind.PHONE:
            return _phone(number, language)
        case AddressKind.EMAIL:
            return _mail(number, language, first, family, dice)
        case AddressKind.IGSID:
            return str(17_841_400_000_000_000 + 1_000_003 * number + 71)
        case AddressKind.TELEGRAM_CHAT:
            return str(5_000_000_000 + 7_919 * number + 13)
        case _:
            return f"customer-{number + 1}"


def _phone(number: int, language: str) -> str:
    """No two numbers give the same phone: each range is counted through on its own."""
    if language == "de" and number < 100:
        return f"+4917139200{number:02}"
    if language in ("fr", "ar") and number < 10_000:
        return f"+3363998{number * 4_567 % 10_000:04}"
    if language in ("es", "pt", "it", "ja") and number < 1_000:
        return f"+447700900{number * 377 % 1_000:03}"
    line, area = divmod(number, len(_AREAS))
    # 555-01xx is set aside for fiction; the rest of 555 comes into use beyond 7,000 people only.
    last = 100 + (line * 37 % 100 if line < 100 else line)
    return f"+1{_AREAS[area * 31 % len(_AREAS)]}555{last:04}"


def _mail(number: int, language: str, first: str, family: str, dice: Random) -> str:
    """The number at the end keeps namesakes apart."""
    a, b = (
        (_ascii(first), _ascii(family))
        if language not in _ROMAN
        else (dice.choice(_ROMAN[language]), "")
    )
    local = dice.choice((f"{a}.{b}", f"{a}{b[:1]}", f"{a[:1]}.{b}", a)).strip(".")
    return f"{local or a}{number + 1}@{dice.choice(_DOMAINS)}"


def _ascii(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text.lower()) if c.isascii() and not combining(c))
