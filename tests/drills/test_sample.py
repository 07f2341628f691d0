"""A sample of the drills: one round of the quicker faults, on the set-up whose turn it is.

On SQLite the small installation, on PostgreSQL the one for a team; `make drills` plays them all.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.drills import days
from tests.drills.checking import Verdict
from tests.drills.claiming import claim_many
from tests.drills.covered import COVERED
from tests.drills.doubling import every_message_twice, off_for, poison, two_of_them
from tests.drills.faults import FAULTS
from tests.drills.killing import POINTS, crash_at, deploy, kill_all_at_work, kill_one_at_work
from tests.drills.mailing import server_is
from tests.drills.playing import Act, play_one
from tests.drills.rig import Cluster, Shelf

SEED = "make test"
SELLERS = 10
ROOT = Path(settings.ROOT)

# Each is a process or two less than `make drills` starts: nobody works in Kept meanwhile.
ON_SQLITE: list[Act] = [
    kill_all_at_work,
    *map(crash_at, POINTS),
    *map(server_is, ("421", "452", "vanish", "late", "550")),
    off_for(3 * days.DAY),
]
ON_POSTGRES: list[Act] = [
    kill_one_at_work,
    crash_at("after_smtp"),
    deploy,
    two_of_them,
    every_message_twice,
    poison,
]


def is_postgres() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Where rounds get their databases from."""
    at, cluster = settings.DATABASES["default"], None
    if is_postgres():
        if shutil.which("redis-server") is None:
            pytest.skip("needs redis-server, which `make test` installs where it may")
        cluster = Cluster(Path(at["HOST"]), at["USER"])
    with Shelf(tmp_path_factory.mktemp("drills"), cluster, SEED, SELLERS) as filled:
        yield filled


def assert_held(verdict: Verdict) -> None:
    assert (verdict.wrong, verdict.twice, verdict.lost) == ([], 0, 0)


def name_of(act: Act) -> str:
    return act.__name__


@pytest.mark.long
@pytest.mark.parametrize("act", ON_SQLITE, ids=name_of)
def test_a_round_on_the_small_installation(shelf: Shelf, act: Act) -> None:
    if is_postgres():
        pytest.skip("the small installation is tested in the first half of `make test`")
    folder = shelf.folder / act.__name__
    assert_held(play_one(act, f"{SEED}/{act.__name__}", shelf, folder, load=False))


@pytest.mark.long
@pytest.mark.postgresql
@pytest.mark.parametrize("act", ON_POSTGRES, ids=name_of)
def test_a_round_on_the_installation_for_a_team(shelf: Shelf, act: Act) -> None:
    if not is_postgres():
        pytest.skip("needs PostgreSQL: runs in the second half of `make test`")
    folder = shelf.folder / act.__name__
    assert_held(play_one(act, f"{SEED}/{act.__name__}", shelf, folder, load=act is deploy))


@pytest.mark.long
@pytest.mark.postgresql
def test_of_four_who_start_the_same_users_each_gets_others(shelf: Shelf, tmp_path: Path) -> None:
    assert_held(claim_many(SEED, 0, shelf, tmp_path, users=50, days=2))


@pytest.mark.long
def test_days_of_a_few_zones_have_one_mail_each_at_its_hour(tmp_path: Path) -> None:
    """As many as reliability.md 3.10 asks for with each commit, in the oddest zones."""
    assert_held(days.every_day_of_a_year(SEED, 0, None, tmp_path, zones=4, days=60))


@pytest.mark.long
def test_moves_and_late_ticks_send_nothing_twice(tmp_path: Path) -> None:
    assert_held(days.moves(SEED, 0, None, tmp_path, pairs=20))
    assert_held(days.late_ticks(SEED, 0, None, tmp_path, users=20))


def test_every_round_that_reliability_md_names_is_there() -> None:
    wanted = [f"F{number}" for number in (*range(1, 13), 15, 16, 17)]
    wanted += [f"T{number}" for number in range(1, 7)] + [f"M{number}" for number in range(1, 6)]
    assert {fault.name for fault in FAULTS} == set(wanted)


def test_the_tests_that_hold_a_round_are_there() -> None:
    for _, tests in COVERED.values():
        for test in tests:
            path, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).exists()
