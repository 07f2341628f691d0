"""Mistakes of an installation are told before it serves anybody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

pytestmark = pytest.mark.django_db  # some of Django's own look into it

ROOT = Path(__file__).resolve().parent.parent.parent


def found() -> list[str]:
    return [problem.id for problem in run_checks() if problem.id.startswith("kept.")]


def test_installation_as_it_comes_has_no_mistake() -> None:
    assert found() == []


@pytest.mark.parametrize("secret", ["x", "a" * 60, "abcabc" * 20, "x7Kq" * 12])
def test_secret_that_can_be_guessed_is_told(settings: Settings, secret: str) -> None:
    settings.SECRET_KEY = secret
    assert found() == ["kept.E001"]


def test_any_host_let_in_is_told(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["kept.example", "*"]
    assert found() == ["kept.E002"]


@pytest.mark.parametrize(
    "url", ["", "kept.example", "ftp://kept.example", "https://", "https://kept.example/?a=b"]
)
def test_address_that_is_none_is_told(settings: Settings, url: str) -> None:
    settings.BASE_URL = url
    assert found() == ["kept.E003"]


def test_address_without_encryption_is_told(settings: Settings) -> None:
    settings.BASE_URL, settings.IS_LOCAL = "http://kept.example", False
    assert found() == ["kept.W004"]


def check_deploy(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=kept | {"KEPT_VAR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_deployment_under_its_address_is_clean(tmp_path: Path) -> None:
    checked = check_deploy(tmp_path, BASE_URL="https://kept.example")
    assert (checked.returncode, checked.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


def test_deployment_with_a_poor_secret_is_refused(tmp_path: Path) -> None:
    checked = check_deploy(tmp_path, BASE_URL="https://kept.example", SECRET_KEY="kept")
    assert checked.returncode == 1
    assert "kept.E001" in checked.stderr


def test_what_is_kept_is_out_of_sight_of_others_on_the_machine(tmp_path: Path) -> None:
    check_deploy(tmp_path / "var")
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
