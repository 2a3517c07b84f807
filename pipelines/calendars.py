"""Names of months, weekdays and time zones as newsrooms print them, folded (see `dates_fold.fold_line`).

Keys are lower case, without accents; Arabic without hamza and vowel marks. Sources: CLDR 46 for the full
names; the Maghreb writes months its own way (Algeria, Tunisia: جانفي, جويلية; Morocco: غشت, دجنبر), the
Levant with the Syriac names. Abbreviations are those seen on press pages.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTH_NAMES: dict[int, str] = {
    1: "janvier janv jan january januar januari enero gennaio يناير جانفي ينايير كانون_الثاني",
    2: "fevrier fevr fev february feb februar februari febrero febbraio فبراير فيفري شباط",
    3: "mars mar march marz marzo maart مارس مارش اذار",
    4: "avril avr april apr abril aprile ابريل افريل نيسان",
    5: "mai may mayo maggio mei مايو ماي ايار",
    6: "juin jun june juni junio giugno يونيو يونيه جوان حزيران",
    7: "juillet juil juill jul july juli julio luglio يوليو يوليوز يوليه جويلية تموز",
    8: "aout aou august aug agosto augustus غشت اغسطس اوت اب",
    9: "septembre septemb sept sep september septiembre settembre سبتمبر شتنبر ايلول",
    10: "octobre octob oct october oktober octubre ottobre okt اكتوبر تشرين_الاول",
    11: "novembre novemb nov november noviembre نوفمبر نونبر نونمبر تشرين_الثاني",
    12: "decembre decemb dec december dezember diciembre dicembre ديسمبر دجنبر دسمبر كانون_الاول",
}
MONTHS: MappingProxyType[str, int] = MappingProxyType(
    {name.replace("_", " "): number for number, names in _MONTH_NAMES.items() for name in names.split()}
)
"""Folded name -> number of the month."""

_WEEKDAY_NAMES: dict[int, str] = {
    0: "lundi lun monday mon الاثنين",
    1: "mardi mar tuesday tue tues الثلاثاء",
    2: "mercredi mer wednesday wed الاربعاء",
    3: "jeudi jeu thursday thu thurs thur الخميس",
    4: "vendredi ven friday fri الجمعة",
    5: "samedi sam saturday sat السبت",
    6: "dimanche dim sunday sun الاحد",
}
WEEKDAYS: MappingProxyType[str, int] = MappingProxyType(
    {name: number for number, names in _WEEKDAY_NAMES.items() for name in names.split()}
)
"""Folded name -> Monday = 0 ... Sunday = 6, as datetime.date.weekday()."""

NUMBER_WORDS: MappingProxyType[str, int] = MappingProxyType(
    {
        "un": 1,
        "une": 1,
        "deux": 2,
        "trois": 3,
        "quatre": 4,
        "cinq": 5,
        "six": 6,
        "sept": 7,
        "huit": 8,
        "neuf": 9,
        "dix": 10,
        "onze": 11,
        "douze": 12,
        "quinze": 15,
        "vingt": 20,
        "trente": 30,
        "a": 1,
        "an": 1,
        "one": 1,
        "two": 2,
        "three": 3,
    }
)

# Islamic months in the spellings of the Maghrebi press; a Hijri day is never converted (the month begins
# when the moon is seen, a day apart between countries), it only has to be known for what it is.
HIJRI = (
    r"m[ou]u?harr?[ae]m|safar|rab[ie]+a?|d?jou?mad[ae]|jumad[ae]|rad?j[ae]b|redjeb|ch?a+'?b[ae]ne?|sha'?ban"
    r"|ramad(?:h?an)e?|ch[ae]?o?u?[aw]+[ae]l|shaww?al|[dz]h?[ou]u?l?|محرم|صفر|ربيع|جمادى|جمادي|رجب|شعبان"
    r"|رمضان|شوال|ذو|ذي"
)

# Offsets in minutes. Abbreviations in French follow the Canadian usage (HAE = heure avancée de l'Est).
OFFSETS: MappingProxyType[str, int] = MappingProxyType(
    {
        "utc": 0,
        "gmt": 0,
        "tu": 0,
        "z": 0,
        "wet": 0,
        "west": 60,
        "wat": 60,
        "bst": 60,
        "cet": 60,
        "hec": 60,
        "cest": 120,
        "cat": 120,
        "eet": 120,
        "eat": 180,
        "eest": 180,
        "hnt": -210,
        "hat": -150,
        "hna": -240,
        "haa": -180,
        "hne": -300,
        "hae": -240,
        "est": -300,
        "edt": -240,
        "hnc": -360,
        "hac": -300,
        "cst": -360,
        "cdt": -300,
        "hnr": -420,
        "har": -360,
        "hnp": -480,
        "hap": -420,
        "pst": -480,
        "pdt": -420,
    }
)
# "heure de Paris": a printed place names a zone with its history
PLACES: MappingProxyType[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("paris", "france", "francaise"), "Europe/Paris"),
        **dict.fromkeys(("bruxelles", "belgique", "belge"), "Europe/Brussels"),
        **dict.fromkeys(("geneve", "berne", "suisse"), "Europe/Zurich"),
        **dict.fromkeys(("rabat", "casablanca", "maroc", "marocaine"), "Africa/Casablanca"),
        **dict.fromkeys(("alger", "algerie", "algerienne"), "Africa/Algiers"),
        **dict.fromkeys(("tunis", "tunisie", "tunisienne"), "Africa/Tunis"),
        **dict.fromkeys(("dakar", "senegal"), "Africa/Dakar"),
        **dict.fromkeys(("abidjan",), "Africa/Abidjan"),
        **dict.fromkeys(("bamako",), "Africa/Bamako"),
        **dict.fromkeys(("kinshasa",), "Africa/Kinshasa"),
        **dict.fromkeys(("montreal", "quebec", "ottawa", "est"), "America/Toronto"),
        **dict.fromkeys(("londres",), "Europe/London"),
    }
)
_DAMAGED = {"f": 2, "a": 8, "d": 12}  # the three French months with an accent


def month_number(name: str) -> int | None:
    """The month of a folded name; letters lost in février, août and décembre are forgiven."""
    number = MONTHS.get(name)
    return number if number is not None else _DAMAGED.get(name[:1])


def alternatives(names: MappingProxyType[str, int]) -> str:
    """A regular expression's branches, the longest first, so that "janv" does not stop at "jan"."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone from the tzdata distribution, not from the machine's table, which may be older.

    Raises:
        ZoneInfoNotFoundError: (a KeyError) there is no such zone.
    """
    parts = name.split("/")
    if not all(re.fullmatch(r"[A-Za-z0-9_+-]+", part) for part in parts):
        raise ZoneInfoNotFoundError(f"no time zone is called {name!r}")
    try:
        with files("tzdata").joinpath("zoneinfo", *parts).open("rb") as table:
            return ZoneInfo.from_file(table, key=name)
    except (OSError, ModuleNotFoundError, ValueError):
        return ZoneInfo(name)


def local(moment: datetime, tz: ZoneInfo) -> datetime:
    """The naive clock time of an aware moment at a place."""
    return moment.astimezone(tz).replace(tzinfo=None)
