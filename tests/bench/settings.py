"""Kept as it is in production, with one more address: the machine's floor."""

from pathlib import Path

from crm.settings import *  # noqa: F403
from crm.settings import TEMPLATES

ROOT_URLCONF = "tests.bench.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent)
