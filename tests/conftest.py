"""What every test may ask for: two people, a frozen clock, real data beside the project."""

import gc
import os
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings

from crm.models import User
from crm.policy import Role
from tests.factories import NOW, client_of, make_user

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says nothing on a machine that runs other things beside it.
hypothesis.settings.register_profile("kept", deadline=None)
hypothesis.settings.load_profile("kept")


# A test that asks for one of these meets the database, and so does one that is marked.
_DATABASE = {"db", "transactional_db", "django_db_setup"}
_MARKS = ("django_db", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        _leave_out_the_pure(config, items)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = _with_the_long_first(items, workers)


def _leave_out_the_pure(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What meets no database is not asked on PostgreSQL: the half on SQLite has said all of it."""
    pure = [item for item in items if not _meets_the_database(item)]
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if _meets_the_database(item)]


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what lives as long as the run: thousands of tests.

    Gone through again and again for what is never garbage, they took a fifth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _meets_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    is_marked = any(item.get_closest_marker(name) for name in _MARKS)
    return is_marked or not _DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def _with_the_long_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker begins with its share of the long tests, so that none ends alone with one.

    Those of a file stay together: they share what they stand on, and drills that mostly wait leave
    the processor to the others. xdist deals a quarter of all tests in equal parts to begin with,
    and the rest to whoever is free; were it to deal otherwise, that would cost time, nothing else.
    """
    long_ones: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("long"):
            long_ones.setdefault(item.nodeid.partition("::")[0], []).append(item)
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for of_a_file in sorted(long_ones.values(), key=len, reverse=True):
        min(hands, key=len).extend(of_a_file)
    short = iter([item for item in items if not item.get_closest_marker("long")])
    dealt = max(len(items) // workers // 4, 2)
    first = [hand + list(islice(short, max(dealt - len(hand), 0))) for hand in hands]
    return [*chain.from_iterable(first), *short]


@pytest.fixture(scope="session", autouse=True)
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files go to a folder of the run's own, static files keep plain names, log-in is fast."""
    static_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        STORAGES=settings.STORAGES | {"staticfiles": static_files},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite is tested in a file, as it is used: in memory, threads would share one connection."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture
def now() -> Iterator[datetime]:
    """The instant at which the test happens, for everything that reads the clock."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def today(now: datetime) -> date:
    """The date of `now`, for people in UTC as the two below are."""
    return now.date()


@pytest.fixture
def keeper(db: None, now: datetime) -> User:
    """The one who keeps: a seller in a team of theirs."""
    return make_user(email="keeper@example.com", name="Karin Keeper", role=Role.SELLER)


@pytest.fixture
def stranger(db: None, now: datetime) -> User:
    """The one who must see nothing of it, however much they may in their own team."""
    return make_user(email="stranger@example.com", name="Stan Stranger", role=Role.OWNER)


@pytest.fixture
def keeper_client(keeper: User) -> Client:
    return client_of(keeper)


@pytest.fixture
def stranger_client(stranger: User) -> Client:
    return client_of(stranger)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project, which a clone alone does not have."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder of real data beside the project: ../shared")
    return folder
