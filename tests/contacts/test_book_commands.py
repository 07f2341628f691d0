import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Contact, ImportRecord
from crm.models import User
from tests.factories import make_contact

CARDS = (
    "BEGIN:VCARD\nVERSION:3.0\nUID:1\nFN:Ana Lind\nBDAY:1974-03-26\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.vcf"
    path.write_text(CARDS)
    return path


def imported(file: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    call_command("import_book", file, "--keeper", "KEEPER@example.com", "--json", *options)
    shape: dict[str, object] = json.loads(capsys.readouterr().out)
    return shape


def test_import_prints_the_agreed_shape(
    keeper: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = imported(file, capsys)

    assert first == {
        "import_id": ImportRecord.objects.get().pk,
        "format": "vcard",
        "read": 2,
        "new": 1,
        "updated": 0,
        "same": 0,
        "failed": 1,
        "problems": [{"at": 7, "what": "This card is empty, so it was left out."}],
    }
    assert ImportRecord.objects.get().file_name == "people.vcf"
    second = imported(file, capsys)
    assert (second["new"], second["same"], second["failed"]) == (0, 1, 1)


def test_dry_run_writes_nothing(
    keeper: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape = imported(file, capsys, "--dry-run")

    assert (shape["import_id"], shape["new"]) == (None, 1)
    assert Contact.objects.count() == ImportRecord.objects.count() == 0


def test_import_says_in_words_what_it_did(
    keeper: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_book", file, keeper="keeper@example.com")

    assert capsys.readouterr().out == (
        "2 read, 1 new, 0 updated, 0 same, 1 failed.\n"
        "Line 7: This card is empty, so it was left out.\n"
    )


@pytest.mark.parametrize(
    ("content", "keeper_email", "said"),
    [
        (b"no card", "keeper@example.com", "This is not a vCard file"),
        (b"x" * 11 * 2**20, "keeper@example.com", "up to 10 MB"),
        (CARDS.encode(), "nobody@example.com", "Nobody with the address nobody@example.com"),
        (None, "keeper@example.com", "cannot be read: No such file or directory."),
    ],
)
def test_bad_input_is_said_in_a_sentence(
    keeper: User, tmp_path: Path, content: bytes | None, keeper_email: str, said: str
) -> None:
    path = tmp_path / "a.vcf"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        call_command("import_book", path, keeper=keeper_email)


def test_import_happens_at_the_instant_that_is_named(keeper: User, file: Path) -> None:
    call_command("import_book", file, keeper="keeper@example.com", at="2020-01-02")

    assert ImportRecord.objects.get().at.isoformat() == "2020-01-02T00:00:00+00:00"
    with pytest.raises(CommandError, match="There is no such time"):
        call_command("import_book", file, keeper="keeper@example.com", at="2020-02-31")


@pytest.mark.parametrize(("format", "start"), [("json", "[\n{"), ("vcard", "BEGIN:VCARD")])
def test_export_writes_the_book(
    keeper: User, tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str, start: str
) -> None:
    make_contact(keeper=keeper, name="Ana Lind")
    path = tmp_path / "out"

    call_command("export_book", keeper="keeper@example.com", format=format, output=str(path))

    assert path.read_text().startswith(start)
    assert capsys.readouterr().out == f"1 person written to {path}.\n"


def test_export_says_where_it_cannot_write(keeper: User, tmp_path: Path) -> None:
    path = tmp_path / "none" / "out"

    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("export_book", keeper="keeper@example.com", format="json", output=str(path))
