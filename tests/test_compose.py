"""The container files say what the project is: checked by reading, as no engine runs here."""

import re
import subprocess
from itertools import pairwise

import pytest
import yaml

from tests.stack.compose import ROOT, command_of, dockerfile, services

SECRETS = {"SECRET_KEY": "x" * 60, "POSTGRES_PASSWORD": "secret", "EMAIL_URL": "smtp://mail"}
# Folders are the image's, hosts follow from BASE_URL, the rest is for developers and drills.
NOT_IN_CONTAINERS = {
    "ALLOWED_HOSTS",
    "DEBUG",
    "KEPT_FAIL_AT",
    "KEPT_VAR",
    "MAIL_LEASE_SECONDS",
    "MAIL_RETRY_SECONDS",
    "MEDIA_ROOT",
    "TICK_SECONDS",
    "VISIBILITY_SECONDS",
}
OURS = {"migrate", "web", "worker", "beat"}
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+[\w.-]*$")


def test_every_image_is_pinned_to_a_version():
    images = [stage.image for stage in dockerfile()]
    images += [each["image"] for name, each in services(**SECRETS).items() if name not in OURS]
    assert [image for image in images if not PINNED.match(image)] == []


def test_the_image_has_the_python_that_is_developed_with():
    version = (ROOT / ".python-version").read_text().strip()
    assert {stage.image.split(":")[1].startswith(f"{version}.") for stage in dockerfile()} == {True}


def test_the_final_stage_runs_as_nobody_and_compiles_nothing():
    final = dockerfile()[-1]
    assert [word for word, _ in final.steps].index("USER") < len(final.steps) - 1
    assert final.all("USER") == ["kept"]
    said = " ".join(rest for _, rest in final.steps)
    assert re.findall(r"apt-get|gcc|build-essential|pip install", said) == []


def test_only_what_is_locked_is_installed():
    [install] = [run for run in dockerfile()[0].all("RUN") if "uv pip install" in run]
    for option in ("--require-hashes", "--only-binary :all:", "--constraints requirements.lock"):
        assert option in install


def test_the_image_holds_each_folder_of_the_program_and_no_other():
    copied = [line.split()[:-1] for line in dockerfile()[-1].all("COPY") if "--from" not in line]
    names = {name for line in copied for name in line}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("needs the git repository to know what belongs to it")
    folders = {line.split("/")[0] for line in listed.stdout.splitlines() if "/" in line}
    assert names == (folders - {"docs", "tests", ".ci"}) | {"manage.py", "LICENSE"}


def test_what_is_copied_is_not_ignored():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copies = [line for stage in dockerfile() for line in stage.all("COPY") if "--from" not in line]
    assert lines[0] == "*"
    assert let_in == {name for line in copies for name in line.split()[:-1]}


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_nothing_starts_without_its_secrets(name):
    with pytest.raises(KeyError, match=name):
        services(**{key: value for key, value in SECRETS.items() if key != name})


def test_the_example_names_every_variable_and_holds_no_secret():
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert named == asked
    secrets = re.findall(r"^([A-Z_]*(?:SECRET|PASSWORD)[A-Z_]*)=(.*)$", example, re.MULTILINE)
    assert secrets == [("SECRET_KEY", ""), ("POSTGRES_PASSWORD", "")]


def test_what_can_be_set_is_what_the_readme_lists():
    readme = (ROOT / "README.md").read_text()
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE))
    for name in OURS:
        assert set(services(**SECRETS)[name]["environment"]) == listed - NOT_IN_CONTAINERS


def test_every_service_comes_back_and_tells_how_it_is():
    all_services = services(**SECRETS)
    assert {each["restart"] for name, each in all_services.items()} == {
        "unless-stopped",
        "on-failure",
    }
    checked = {name for name, each in all_services.items() if "test" in each.get("healthcheck", {})}
    # The web's health check is the image's; migrate ends, and the catcher brings its own.
    assert checked == set(all_services) - {"web", "migrate", "mailpit"}
    assert len(dockerfile()[-1].all("HEALTHCHECK")) == 1


def test_nothing_of_ours_starts_before_the_database_is_migrated():
    for name in OURS - {"migrate"}:
        waits = services(**SECRETS)[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}


def test_our_services_may_write_nothing_but_photos():
    for name in OURS:
        service = services(**SECRETS)[name]
        assert (service["read_only"], service["tmpfs"], service["volumes"]) == (
            True,
            ["/tmp"],
            ["media:/data/media"],
        )


def test_the_queue_is_kept_on_disk_and_never_evicted():
    command = command_of(services(**SECRETS)["redis"])
    assert command[0] == "redis-server"
    assert ("--appendonly", "yes") in pairwise(command)
    assert ("--maxmemory-policy", "noeviction") in pairwise(command)


def test_every_volume_is_declared():
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    used = {
        volume.split(":")[0]
        for each in document["services"].values()
        for volume in each.get("volumes", [])
    }
    assert set(document["volumes"]) == used
