"""Favourite teams: the project's own reference list, and how people call them.

The list is `data/teams.csv`; `data/README.md` says where its facts come from. A team is named by a
key that stays; people find it by name, city, nickname, abbreviation, former name or league.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contacts.folding import fold

_LIST = Path(__file__).parent / "data" / "teams.csv"


@dataclass(frozen=True, slots=True)
class Team:
    """`city` is where it plays, empty where the list does not know; `aliases` are other names."""

    key: str
    name: str
    league: str
    sport: str
    country: str
    city: str
    aliases: tuple[str, ...]


def team(key: str) -> Team | None:
    """The team of this key; None if the list has none (any more)."""
    return _by_key().get(key)


def find_teams(query: str, limit: int = 8) -> list[Team]:
    """Teams that may be meant, best first, without regard to case, accents and dots.

    A name in full comes before an alias in full, then a city, then what begins so, and last words
    from anywhere ("giants nfl", "milan football"). One name may be that of many teams ("Giants",
    "Sydney"): all are given, up to `limit`, in the order of the list.
    """
    words = _words(query)
    if not words:
        return []
    ranked = ((_rank(entry, words), place) for place, entry in enumerate(_entries()))
    best = sorted((rank, place) for rank, place in ranked if rank is not None)[:limit]
    return [_entries()[place].team for _, place in best]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A team with what it is found by, folded; `text` has a space before every word."""

    team: Team
    name: str
    aliases: tuple[str, ...]
    city: str
    text: str


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(map(_entry, _read()))


@cache
def _by_key() -> dict[str, Team]:
    return {entry.team.key: entry.team for entry in _entries()}


def _read() -> Iterator[Team]:
    with _LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            aliases = tuple(filter(None, row.pop("aliases").split("|")))
            yield Team(**row, aliases=aliases)


def _entry(team: Team) -> _Entry:
    name, city, *aliases = (
        " ".join(_words(text)) for text in (team.name, team.city, *team.aliases)
    )
    about = _words(f"{team.league} {team.sport} {team.country}")
    return _Entry(team, name, tuple(aliases), city, " ".join(["", name, city, *aliases, *about]))


def _words(text: str) -> list[str]:
    # "D.C. United" and "DC United", "St. Louis" and "St Louis" are one.
    return re.findall(r"\w+", fold(text).replace(".", ""))


def _rank(entry: _Entry, words: list[str]) -> int | None:
    """How well the words fit, 0 is best; None: not at all."""
    if not all(f" {word}" in entry.text for word in words):
        return None
    query = " ".join(words)
    fits = (
        entry.name == query,
        query in entry.aliases,
        entry.city == query,
        entry.name.startswith(query),
        any(alias.startswith(query) for alias in (*entry.aliases, entry.city)),
        True,
    )
    return fits.index(True)
