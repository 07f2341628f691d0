"""What commands write for a keeper is theirs and nobody else's."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from contacts.interchange.card import Card, Detail
from contacts.interchange.vcard import write_cards
from contacts.models import Contact
from contacts.models import Detail as ContactDetail
from tests.visibility.belongings import changed_of_others, stored, stray_links
from tests.visibility.canaries import Audience, Canary
from tests.visibility.world import KEEPERS, World

pytestmark = pytest.mark.once

# What is not in a book: what is about its keeper, their team and files; what is in the trash; what
# they wrote about colleagues' contacts; what promises and notes said before.
ELSEWHERE = {"user", "team", "invitation", "import", "photo", "trashed", "trashednote"}
ELSEWHERE |= {"trashedfact"}
ELSEWHERE |= {"reply", "delivery"}
# What went wrong is the team’s, and stays with it.
ELSEWHERE |= {"issue", "companyissue", "settledissue", "trashedissue"}
CARDS = {"contact", "company", "handed"} | {
    f"{label}{kind}" for label in ("work", "other") for kind in ContactDetail.Kind
}
NOT_WRITTEN = {
    *("company-about", "company-website", "endedpromise-comment"),
    *("brokenpromise-comment", "brokenpromise-context", "brokenpromise-help"),
    *("unveilednote-text", "rewrittennote-text"),
}


def exported(world: World, who: str, format: str, folder: Path) -> str:
    path = folder / f"{who}.{format}"
    email = world.users[who].email
    call_command("export_book", keeper=email, format=format, output=str(path), stdout=StringIO())
    return path.read_text()


def heard(world: World, text: str) -> set[Canary]:
    return {canary for song in world.aviary.songs_in(text) for canary in song}


@pytest.mark.parametrize("format", ["json", "vcard"])
@pytest.mark.parametrize("who", KEEPERS)
def test_exported_book_is_the_keepers_alone(
    who: str, format: str, world: World, tmp_path: Path
) -> None:
    found = heard(world, exported(world, who, format, tmp_path))

    # Of whom a colleague keeps, the card stands over what one wrote oneself.
    cards = {canary for canary in found if canary.who != who}
    assert format == "json" or cards == set()
    assert {canary.thing for canary in cards if canary.thing not in CARDS} == set()
    assert {canary.audience for canary in cards} <= {Audience.TEAM}
    assert any(canary.who == who for canary in found)
    assert {canary for canary in found if canary.audience is Audience.NOBODY} == set()


def test_exported_json_has_all_that_the_keeper_wrote(world: World, tmp_path: Path) -> None:
    found = heard(world, exported(world, "keeper", "json", tmp_path))

    written = {canary for canary in world.aviary if canary.who == "keeper"}
    of_the_book = {canary for canary in written if canary.thing not in ELSEWHERE}
    lost = {f"{canary.thing}-{canary.field}" for canary in of_the_book - found}
    assert lost - {each for each in lost if each.endswith(("use", "before", "movingcomment"))} == (
        NOT_WRITTEN
    )


@pytest.mark.parametrize("form", [{}, {"json": True}])
@pytest.mark.parametrize("who", KEEPERS)
def test_shown_queue_is_of_the_keepers_book_and_word_alone(
    who: str, form: dict[str, bool], world: World
) -> None:
    out, before = StringIO(), stored()

    call_command("show_queue", keeper=world.users[who].email, stdout=out, **form)

    found = heard(world, out.getvalue())
    # Whom a colleague keeps is there by name, where one has promised them something, and with what
    # went wrong for them.
    shared = CARDS | {"issue", "companyissue"}
    assert {canary for canary in found if canary.who != who and canary.thing not in shared} == set()
    assert {canary for canary in found if not canary.may_be_seen_by(who)} == set()
    assert world.aviary.by_text[f"cnry-{who}-managerspromise-text"] in found
    assert stored() == before


@pytest.mark.parametrize("whose", ["teammate", "manager", "stranger"])
def test_imported_card_with_the_uid_of_somebody_elses_contact_touches_nobody_elses(
    whose: str, world: World, tmp_path: Path
) -> None:
    theirs: Contact = world.things[whose]["contact"]
    email = world.things[whose]["personal_email"].value
    card = Card(name=theirs.name, uid=theirs.uid, emails=(Detail(email, "personal"),))
    path = tmp_path / "cards.vcf"
    path.write_bytes(b"".join(write_cards([card], version="4.0")))
    before, out = stored(), StringIO()

    call_command(
        "import_book", str(path), keeper=world.users["keeper"].email, json=True, stdout=out
    )

    assert json.loads(out.getvalue())["new"] == 1
    assert changed_of_others(before, stored(), world.users["keeper"].pk) == set()
    assert stray_links() == []
    assert heard(world, out.getvalue()) == set()


@pytest.mark.parametrize("command", ["schedule", "check_pulse"])
def test_sweeping_command_tells_of_nobody(command: str, world: World) -> None:
    out = StringIO()

    call_command(command, stdout=out, stderr=out)

    assert heard(world, out.getvalue()) == set()
