"""Dates as vCards write them, and as programs write them into vCards."""

import re
from collections.abc import Mapping

from contacts.partial_dates import PartialDate, PartialDateError

# Apple's year for none; it is in files of others without the parameter that says so.
_NO_YEAR = 1604
# Names the year of a date that would else be taken for one without, or for none at all.
_MEANT = "X-KEPT-YEAR"
# What stands for no date at all: nothing, zeros, and the defaults of gammu, .NET and Outlook.
_NO_DATE = re.compile(r"(?:[-0/ ]+(?:T.*)?)?|(?:1000|0001|4501)-?01-?01(?:[T ].*)?")
_LOOSE = re.compile(r"([0-9]{4}|-)([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\.?")
_YEAR_ZERO = re.compile(r"0000-?([0-9]{2})")


def read_date(text: str, params: Mapping[str, str]) -> PartialDate | None:
    """The date that `text` means; None where it stands for an unknown one.

    Takes ISO 8601 in all the forms of vCard 3 and 4, single digits, slashes and points for
    dashes, and 26.3.1974. A time of day never moves the day. Raises `PartialDateError`.
    """
    text = text.strip()
    is_meant = _MEANT in params
    if _NO_DATE.fullmatch(text[:40]) and not is_meant:
        return None
    if params.get("CALSCALE", "gregorian").lower() != "gregorian":
        raise PartialDateError(f"It counts in the {params['CALSCALE'][:20]} calendar.")
    omitted = params.get("X-APPLE-OMIT-YEAR", "")
    no_year = int(omitted) if re.fullmatch("[0-9]{4}", omitted) else _NO_YEAR
    return PartialDate.parse_iso(_tidied(text), omit_year=None if is_meant else no_year)


def write_date(date: PartialDate, *, version: str) -> tuple[dict[str, str], str] | None:
    """Parameters and value for `date`; None where vCard 3.0 has no way to write it.

    4.0 cuts a date short; for 3.0, which knows whole dates only, Apple's omitted year is used.
    """
    if version == "4.0":
        return _meant(date), _basic(date)
    if date.is_complete:
        return _meant(date), date.iso
    if date.day is None:
        return None
    whole = f"{_NO_YEAR}{date.iso.removeprefix('-')}"
    return {"X-APPLE-OMIT-YEAR": str(_NO_YEAR)}, whole


def _meant(date: PartialDate) -> dict[str, str]:
    is_odd = date.year == _NO_YEAR or _NO_DATE.fullmatch(date.iso)
    return {_MEANT: str(date.year)} if is_odd else {}


def _basic(date: PartialDate) -> str:
    """RFC 6350 4.3.1: no dashes but those that stand for what is left out."""
    if date.day is None:
        return date.iso
    return date.iso.replace("-", "") if date.year else f"--{date.iso[2:].replace('-', '')}"


def _tidied(text: str) -> str:
    """`text` with the date in it as ISO 8601 has it, if it can be told."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    if found := _YEAR_ZERO.match(text):
        text = f"--{text[found.start(1) :]}"
    if found := _LOOSE.match(text):
        year, _, month, day = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}{text[found.end() :]}"
    return text
