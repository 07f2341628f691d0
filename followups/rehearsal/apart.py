"""A rehearsal's own database and mailer, so that the installation's book is never touched."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from followups.rehearsal.trouble import Mailer, PostOffice

# PostgreSQL takes names of 63 letters.
MOST_OF_NAME = 40


class NoDatabase(Exception):
    """A database of its own could not be had; says why in a sentence."""


@contextmanager
def own_database() -> Iterator[None]:
    """An empty one beside the installation's, on the same server; gone afterwards."""
    with TemporaryDirectory(prefix="kept-rehearsal-") as folder:
        at = connection.settings_dict
        before, was_for_tests = at["NAME"], at["TEST"]["NAME"]
        name = f"{Path(before).stem[:MOST_OF_NAME]}_rehearsal_{secrets.token_hex(6)}"
        if connection.vendor == "sqlite":
            name = str(Path(folder) / f"{name}.sqlite3")
        at["TEST"]["NAME"] = name
        try:
            _create(name, before)
        except BaseException:  # stopped, too, while it was being made
            with suppress(DatabaseError, OSError):
                _destroy(name, before)
            raise
        try:
            yield
        finally:
            _destroy(name, before)
            at["TEST"]["NAME"] = was_for_tests


def _create(name: str, before: str) -> None:
    """By what Django makes databases for tests with: it makes, connects and migrates."""
    try:
        with redirect_stdout(StringIO()):
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
    except (SystemExit, DatabaseError, OSError) as problem:
        raise NoDatabase(
            "A rehearsal needs a database of its own beside this one, and could not make it."
        ) from problem
    if connection.settings_dict["NAME"] != name or name == before:
        raise NoDatabase("A rehearsal runs in a database of its own, and this is not it.")


def _destroy(name: str, before: str) -> None:
    connection.settings_dict["NAME"] = name
    try:
        connection.creation.destroy_test_db(before, verbosity=0)
    finally:
        connection.settings_dict["NAME"] = before


@contextmanager
def own_settings(office: PostOffice) -> Iterator[None]:
    """Mail goes to `office`, and none is fetched."""
    mailer = {"BACKEND": f"{Mailer.__module__}.{Mailer.__name__}", "OPTIONS": {"office": office}}
    mine: dict[str, Any] = {"MAILERS": {"default": mailer}, "IMAP_URL": "", "FAIL_AT": ""}
    before = {name: getattr(settings, name) for name in mine}
    _set(mine)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
