"""Documents stay true: what README.md and the commands' help say is what there is."""

import re
import subprocess
from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
APPS = ("crm", "contacts", "followups")
COMMANDS = sorted((app, name) for name, app in get_commands().items() if app in APPS)
READS_ENVIRONMENT = re.compile(r"""(?:environ\.get\(|environ\[|getenv\(|_flag\()\s*["'](\w+)["']""")


def test_environment_variables_all_stand_in_the_readme() -> None:
    read = set(READS_ENVIRONMENT.findall((ROOT / "crm/settings.py").read_text()))
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert table == read


def test_environment_is_read_in_settings_alone() -> None:
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    readers = {
        str(path.relative_to(ROOT))
        for path in modules
        if READS_ENVIRONMENT.search(path.read_text())
    }
    assert readers == {"crm/settings.py"}


def test_readme_tree_names_every_top_level_name() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs the git repository to know what belongs to it")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {line.split("/")[0] for line in listed.stdout.splitlines()}
    expected = {name for name in names if not name.startswith(".") or name == ".ci"}
    tree = re.search(r"^```text\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert tree is not None
    assert {name.rstrip("/") for name in re.findall(r"^\S+", tree[1], re.MULTILINE)} == expected


@pytest.mark.parametrize(("app", "name"), COMMANDS, ids=[name for _, name in COMMANDS])
def test_command_has_help_for_itself_and_each_argument(app: str, name: str) -> None:
    command = load_command_class(app, name)
    parser = ArgumentParser()
    command.add_arguments(parser)
    speechless = [action.dest for action in parser._actions if not action.help]
    assert (command.help.strip() != "", speechless) == (True, [])
