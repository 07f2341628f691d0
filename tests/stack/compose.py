"""What docker-compose.yml and the Dockerfile say, for tests that do it without an engine."""

import json
import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@dataclass(frozen=True)
class Stage:
    """One `FROM` of the Dockerfile, with its instructions in order."""

    image: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for step, rest in self.steps if step == word]

    @property
    def environment(self) -> dict[str, str]:
        pairs = [pair for line in self.all("ENV") for pair in shlex.split(line)]
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def command(self) -> list[str]:
        return json.loads(self.all("CMD")[-1])


def dockerfile() -> list[Stage]:
    text = (ROOT / "Dockerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    stages: list[Stage] = []
    for line in filter(None, lines):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            stages.append(Stage(rest.split(" AS ")[0]))
        else:
            stages[-1].steps.append((word, rest))
    return stages


def services(**variables: str) -> dict[str, dict[str, Any]]:
    """The services with `${…}` filled in from `variables`, as from a .env; KeyError if one that
    must be set is not."""
    text = (ROOT / "docker-compose.yml").read_text()
    return yaml.safe_load(VARIABLE.sub(lambda found: fill_in(found, variables), text))["services"]


def fill_in(found: re.Match[str], variables: dict[str, str]) -> str:
    name, kind, rest = found.groups()
    if value := variables.get(name):
        return value
    if kind == "-":
        return rest
    raise KeyError(name)


def command_of(service: dict[str, Any]) -> list[str]:
    """What the service runs: its own command, else the image's."""
    command = service.get("command") or dockerfile()[-1].command
    return shlex.split(command) if isinstance(command, str) else command


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    """What the service's process finds in its environment: the image's, under its own."""
    # An engine reads the file before it fills in: what is empty then is no YAML null.
    values = service.get("environment", {}).items()
    own = {name: "" if value is None else str(value) for name, value in values}
    path = {"PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"}
    return dockerfile()[-1].environment | path | own
