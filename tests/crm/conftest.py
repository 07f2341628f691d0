"""What tests of accounts share."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from pytest_django import Settings


class CountingHasher(MD5PasswordHasher):
    """Counts what takes the time when somebody logs in."""

    algorithm = "counting"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def hasher(db: None, settings: Settings) -> type[CountingHasher]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed = 0
    return CountingHasher
