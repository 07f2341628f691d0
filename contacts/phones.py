"""Telephone numbers: one form for keeping and dialling, another for reading.

A number is kept as E.164 ("+442079460000"). One with an extension is kept as RFC 3966 writes it
behind a `tel:` ("+16175550142;ext=45"), because E.164 alone would lose it.
"""

import re
from functools import cache
from importlib.resources import files

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult


def normal_phone(text: str, region: str | None) -> str | None:
    """The number that a person wrote, as it is kept; None where it cannot be understood for sure.

    `region` is the country (ISO 3166, "GB") in which a number without "+" or "00" was written.
    Two numbers in one text are not understood, since one of them would be lost.
    """
    text = text.strip()
    if len(text) > _MAX_LENGTH or _SEVERAL.search(text):
        return None
    text = _WORDS_IN_PARENTHESES.sub(" ", text).strip()
    number = _read(text, region)
    if number is None and text.startswith("00"):
        # The sign for "abroad" nearly everywhere, whatever it is where this was written.
        number = _read(f"+{text[2:]}", region)
    if number is None:
        return None
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def shown_phone(phone: str, region: str | None = None) -> str:
    """A kept number as people read it: as dialled within `region`, else with its country code.

    What was kept as given, because it was not understood, is shown as it is.
    """
    if not _KEPT.fullmatch(phone):
        return phone
    try:
        number = phonenumbers.parse(phone)
    except NumberParseException:
        return phone
    is_home = region and phonenumbers.country_code_for_region(region) == number.country_code
    style = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def region_of_zone(zone: str) -> str | None:
    """The country whose people keep this time zone ("Europe/Paris": "FR").

    None for zones of no country ("UTC", "Etc/GMT+5", "CET") and for unknown ones.
    """
    if _ABBREVIATION.fullmatch(zone):
        return None
    regions = _regions()
    return regions.get(zone) or regions.get(_present_names().get(zone, ""))


_MAX_LENGTH = 100
# "(mobile)" and "(office)" would be read as the letters of a vanity number.
_WORDS_IN_PARENTHESES = re.compile(r"\([^()\d]*\)")
_SEVERAL = re.compile(r"\d\s*(?:\b(?:or|and|ou|et|oder|und|o|y|e)\b|&|/\s*x)", re.IGNORECASE)
_KEPT = re.compile(r"\+[0-9]+(?:;ext=[0-9]+)?")
_ABBREVIATION = re.compile(r"[A-Z]{3}(?:\d[A-Z]{3})?")


def _read(text: str, region: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return number
    # Countries open ranges faster than libraries learn of them.
    possible = phonenumbers.is_possible_number_with_reason(number)
    is_whole = text.startswith("+") and possible == ValidationResult.IS_POSSIBLE
    return number if is_whole else None


@cache
def _regions() -> dict[str, str]:
    """Time zone to country, from the tz database's own table (the first country of several)."""
    rows = (line.split("\t") for line in _tz_lines("zone.tab") if not line.startswith("#"))
    return {zone.strip(): region for region, _, zone, *_ in rows}


@cache
def _present_names() -> dict[str, str]:
    """Former names of zones ("Asia/Calcutta") to present ones, from the tz database's links."""
    rows = (line.split() for line in _tz_lines("tzdata.zi") if line.startswith("L "))
    return {former: present for _, present, former in rows}


def _tz_lines(name: str) -> list[str]:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()
