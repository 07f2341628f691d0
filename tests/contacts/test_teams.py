"""Favourite teams: the list is whole, and people find what they mean."""

import csv
import time
from collections import Counter
from pathlib import Path

import pytest

from contacts.folding import clean_line, fold
from contacts.teams import Team, find_teams, team

LIST = Path(__file__).resolve().parents[2] / "contacts/data/teams.csv"
KEYS = [line.partition(",")[0] for line in LIST.read_text().splitlines()[1:]]
EVERY = [found for key in KEYS if (found := team(key))]


def names(query: str, limit: int = 8) -> list[str]:
    return [found.name for found in find_teams(query, limit)]


def test_list_is_whole():
    assert len(EVERY) == len(KEYS) == len(set(KEYS)) == 487
    assert Counter(one.league for one in EVERY) == {
        **{"NFL": 32, "MLB": 30, "NBA": 30, "NHL": 32, "WNBA": 15, "MLS": 30, "NCAA": 158},
        **{"Premier League": 20, "La Liga": 20, "Bundesliga": 18, "Serie A": 20, "Ligue 1": 18},
        **{"IPL": 10, "Big Bash League": 8, "AFL": 18, "NRL": 17, "Super Rugby": 11},
    }


def test_every_row_is_clean_and_found_by_its_names():
    for one in EVERY:
        texts = [one.name, one.league, one.sport, one.country, one.city, *one.aliases]
        assert [clean_line(text) for text in texts] == texts
        assert all([one.name, one.league, one.sport, one.country])
        folded = [fold(name) for name in (one.name, *one.aliases)]
        assert len(folded) == len(set(folded)), f"a name twice: {one}"
        assert find_teams(one.name)[0] == one
        assert all(one in find_teams(name, limit=20) for name in one.aliases), one


def test_team_is_known_by_its_key():
    red_sox = team("mlb-boston-red-sox")
    assert red_sox == Team(
        key="mlb-boston-red-sox",
        name="Boston Red Sox",
        league="MLB",
        sport="Baseball",
        country="United States",
        city="Boston",
        aliases=red_sox.aliases,
    )
    assert "BoSox" in red_sox.aliases
    assert team("no such team") is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("boston red sox", ["Boston Red Sox"]),
        ("BoSox", ["Boston Red Sox"]),
        ("Man Utd", ["Manchester United FC"]),
        ("man. city", ["Manchester City FC"]),
        ("DC United", ["D.C. United"]),
        ("st louis blues", ["St. Louis Blues"]),
        ("alaves", ["Deportivo Alavés"]),
        ("DEPORTIVO ALAVÉS", ["Deportivo Alavés"]),
        ("Niners", ["San Francisco 49ers"]),
        ("Montreal Expos", ["Washington Nationals"]),
        ("giants nfl", ["New York Giants"]),
        ("giants baseball", ["San Francisco Giants"]),
        ("Inter Milan", ["FC Internazionale Milano"]),
        ("san jose state", ["San José State Spartans"]),
        ("", []),
        ("  ", []),
        ("'.-", []),
        ("no such team", []),
    ],
)
def test_people_find_the_team_they_mean(query, found):
    assert names(query)[: max(1, len(found))] == found


def test_ambiguous_name_gives_all_it_may_mean():
    assert names("Giants") == [
        "New York Giants",
        "San Francisco Giants",
        "Greater Western Sydney Giants",
        "Lucknow Super Giants",
    ]
    assert names("Liverpool") == ["Liverpool FC", "Everton FC"]
    assert len(find_teams("Sydney", limit=50)) >= 12
    assert len(find_teams("Sydney")) == 8


def test_as_one_types_the_list_narrows():
    assert "Boston Red Sox" in names("bos")
    assert names("boston r")[0] == "Boston Red Sox"
    assert names("boston red s") == ["Boston Red Sox"]


def test_search_is_quick_enough_for_each_key():
    start = time.process_time()
    for query in ("b", "bo", "bos", "bost", "bosto", "boston", "x" * 1000, "a b c d e f g h" * 9):
        find_teams(query)
    assert time.process_time() - start < 0.2


@pytest.mark.shared
def test_every_known_team_is_found_by_its_unambiguous_names(shared):
    with (shared / "data/teams/teams.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    called: dict[str, set[str]] = {}
    for row in rows:
        market = "market" if row["market"] != row["city"] else "nickname"
        for column in (
            "name",
            market,
            "nickname",
            "abbr",
            "aliases",
            "aliases_hand",
            "former_names",
        ):
            for name in filter(None, row[column].split("|")):
                called.setdefault(fold(name.partition(" (")[0]), set()).add(row["name"])
    alone = {name: whose for name, whose in called.items() if len(whose) == 1 and len(name) > 1}
    assert len(rows) == 487
    assert len(alone) > 1000
    assert {name: whose for name, whose in alone.items() if names(name)[:1] != [*whose]} == {}


@pytest.mark.shared
def test_every_known_ambiguous_name_gives_all_its_teams(shared):
    with (shared / "data/teams/team-ambiguous-names.csv").open(newline="") as file:
        meant = {row["name"]: set(row["team_ids"].split("|")) for row in csv.DictReader(file)}
    assert len(meant) == 203
    missing = {name: meant[name] - {one.key for one in find_teams(name, 99)} for name in meant}
    assert {name: keys for name, keys in missing.items() if keys} == {}
