"""Every template compiles, and names only files that are there."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*"))


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_static_files_of_template_exist(name: str) -> None:
    named = re.findall(r"""{% static ["']([^"']+)["'] %}""", (TEMPLATES / name).read_text())
    assert [path for path in named if finders.find(path) is None] == []
