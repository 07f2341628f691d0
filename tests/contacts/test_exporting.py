import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from contacts.exporting import book_as_json, book_as_vcards, contact_as_vcard
from contacts.importing import import_file
from contacts.interchange.card import Card, CardRelative, Detail
from contacts.interchange.vcard import read_cards
from contacts.models import Contact
from contacts.photos import set_photo
from crm.models import User
from followups.models import Promise
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_issue,
    make_job,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_tag,
    make_user,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def tom(keeper: User) -> Contact:
    """Somebody with everything, and with what must not go along."""
    keeper.time_zone = "America/New_York"
    keeper.save()
    tom = make_contact(
        keeper=keeper,
        name="Tom Beaumont",
        nickname="Bo",
        pronouns="he",
        company="Northline Freight",
        title="Operations",
        circle="inner",
        cadence_days=30,
        how_met="At the fair",
        customer_since=2019,
        uid="urn:uuid:1",
    )
    make_detail(tom, kind="email", value="tom@northline.example")
    make_detail(tom, kind="phone", value="+12022243441", label="personal")
    make_detail(tom, kind="address", value="1 Quay\nHarbour")
    make_detail(tom, kind="url", value="https://northline.example", label="other")
    make_detail(tom, kind="email", value="gone@northline.example").trash(NOW)
    make_life_event(tom, year=1974, month=11, day=18)
    emma = make_relative(tom, name="Emma", relation="daughter")
    make_life_event(tom, relative=emma, year=2004)
    make_life_event(tom, relative=emma, kind="graduation", year=2026, month=5)
    make_fact(tom, kind="team", text="Boston Red Sox")
    make_fact(tom, text="sailing")
    make_fact(tom, kind="do_not_mention", text="the Dallas depot")
    make_job(tom, company="Estes Express", to_year=2019)
    make_tag("golf", author=keeper, contacts=[tom])
    make_note(tom, text="Lunch.", feeling="good")
    make_note(tom, text="What I know.", channel="other", at=NOW + timedelta(hours=1))
    make_note(tom, text="Gone.").trash(NOW)
    promise = make_promise(tom, text="Send the quote", due_on=NOW.date())
    make_promise(tom, text="Call back", made_by=Promise.By.THEM).keep(by=keeper, at=NOW)
    assert promise.is_open
    teammate = make_user(name="Mia", team=keeper.member.team)
    make_note(tom, text="Mia’s secret", author=teammate)
    make_note(tom, text="Mia’s shared", author=teammate, private=False)
    make_promise(tom, text="Mia’s promise", owner=teammate)
    make_tag("Mia’s tag", author=teammate, contacts=[tom])
    return tom


def as_json(keeper: User) -> list[dict[str, object]]:
    book: list[dict[str, object]] = json.loads(b"".join(book_as_json(keeper)))
    return book


def as_cards(data: bytes) -> list[Card]:
    cards = list(read_cards(data))
    assert all(isinstance(card, Card) for card in cards)
    return [card for card in cards if isinstance(card, Card)]


def test_json_has_everything_in_the_agreed_shape(keeper: User, tom: Contact) -> None:
    assert as_json(keeper) == [
        {
            "name": "Tom Beaumont",
            "nickname": "Bo",
            "pronunciation": "",
            "pronouns": "he",
            "company": "Northline Freight",
            "title": "Operations",
            "emails": ["tom@northline.example"],
            "phones": ["+12022243441"],
            "addresses": ["1 Quay\nHarbour"],
            "urls": ["https://northline.example"],
            "birthday": {"year": 1974, "month": 11, "day": 18},
            "life_events": [
                {
                    "kind": "graduation",
                    "who": "Emma",
                    "title": "",
                    "when": {"year": 2026, "month": 5, "day": None},
                }
            ],
            "relatives": [
                {
                    "relation": "daughter",
                    "name": "Emma",
                    "about": "",
                    "born": {"year": 2004, "month": None, "day": None},
                }
            ],
            "teams": ["Boston Red Sox"],
            "facts": [
                {"kind": "do_not_mention", "text": "the Dallas depot", "noted_on": "2026-11-18"},
                {"kind": "interest", "text": "sailing", "noted_on": "2026-11-18"},
            ],
            "jobs": [{"company": "Estes Express", "title": "", "from_year": None, "to_year": 2019}],
            "how_met": "At the fair",
            "customer_since": 2019,
            "tags": ["golf"],
            "circle": "inner",
            "cadence_days": 30,
            "has_photo": False,
            "notes": [
                {
                    "at": "2026-11-18T10:00:00-05:00",
                    "channel": "meeting",
                    "began": "me",
                    "text": "Lunch.",
                    "feeling": "good",
                    "private": True,
                },
                {
                    "at": "2026-11-18T11:00:00-05:00",
                    "channel": "other",
                    "began": "me",
                    "text": "What I know.",
                    "feeling": "",
                    "private": True,
                },
            ],
            "promises": [
                {
                    "by": "me",
                    "text": "Send the quote",
                    "made_on": "2026-11-18",
                    "due_on": "2026-11-18",
                    "state": "open",
                    "ended_on": None,
                },
                {
                    "by": "them",
                    "text": "Call back",
                    "made_on": "2026-11-18",
                    "due_on": None,
                    "state": "kept",
                    "ended_on": "2026-11-18",
                },
            ],
            "issues": [],
            "is_company": False,
            "kept": True,
            "uid": "urn:uuid:1",
        }
    ]


def test_issues_that_one_had_to_do_with_go_along_with_all_that_was_said(
    keeper: User, tom: Contact
) -> None:
    mia = User.objects.get(name="Mia")
    issue = make_issue(tom, text="Forty pallets came in wet.", assignee=mia)
    issue.answer(by=keeper, at=NOW + HOUR)
    issue.reword(text="Fifty came in wet.", severity="grave", seen=1, by=mia, at=NOW + 2 * HOUR)
    issue.settle(by=mia, at=NOW + 3 * HOUR, feeling="good", comment="New pallets.")
    make_issue(tom, text="Mia’s alone", by=mia)

    (shape,) = as_json(keeper)

    assert shape["issues"] == [
        {
            "text": "Fifty came in wet.",
            "severity": "grave",
            "opened_at": "2026-11-18T10:00:00-05:00",
            "by": "me",
            "on_it": "Mia",
            "answered_at": "2026-11-18T11:00:00-05:00",
            "settled_at": "2026-11-18T13:00:00-05:00",
            "feeling": "good",
            "events": [
                said("10", "opened", "me"),
                said("11", "answered", "me"),
                said("12", "reworded", "Mia", "Forty pallets came in wet."),
                said("12", "severity", "Mia", "Serious"),
                said("13", "settled", "Mia", "New pallets."),
            ],
        }
    ]


def said(hour: str, what: str, by: str, text: str = "") -> dict[str, str]:
    return {"at": f"2026-11-18T{hour}:00:00-05:00", "what": what, "by": by, "text": text}


def test_issue_about_a_colleague_s_contact_goes_along_under_their_card(
    keeper: User, tom: Contact
) -> None:
    mia = User.objects.get(name="Mia")
    bo = make_contact(keeper=mia, name="Bo", how_met="secretly")
    for by, assignee in ((keeper, None), (mia, keeper)):
        make_issue(bo, by=by, assignee=assignee, text=f"Opened by {by}")
    make_issue(bo, by=mia, text="Mia’s alone")

    theirs = as_json(keeper)[1]

    assert [issue["text"] for issue in theirs["issues"]] == [
        "Opened by Karin Keeper",
        "Opened by Mia",
    ]
    assert (theirs["name"], theirs["kept"], theirs["how_met"]) == ("Bo", False, "")


def test_issue_of_a_company_goes_along_under_the_company(
    keeper: User, stranger: User, tom: Contact
) -> None:
    mia = User.objects.get(name="Mia")
    make_issue(company=tom.company, by=keeper, text="No lorry came.")
    make_issue(company=make_contact(keeper=mia, company="Quay").company, by=mia, text="Not mine")

    ours, company = as_json(keeper)

    assert (company["name"], company["company"]) == ("Northline Freight", "Northline Freight")
    assert (company["is_company"], company["kept"], company["uid"]) == (True, False, "")
    assert [issue["text"] for issue in company["issues"]] == ["No lorry came."]
    assert (ours["is_company"], ours["issues"], company.keys()) == (False, [], ours.keys())
    assert as_json(stranger) == []


@pytest.mark.parametrize("number", [1, 3])
def test_book_takes_as_many_queries_for_many(
    keeper: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        contact = make_contact(keeper=keeper, name=f"Person {n}")
        make_issue(contact).answer(by=keeper, at=NOW)
        make_promise(contact)

    with django_assert_num_queries(16):
        assert len(as_json(keeper)) == number


def test_json_of_an_empty_book_is_an_empty_list(keeper: User) -> None:
    assert as_json(keeper) == []


def test_book_holds_ones_own_people_alone(keeper: User, stranger: User, tom: Contact) -> None:
    make_contact(keeper=keeper, name="Gone").trash(NOW)
    make_contact(keeper=make_user(team=keeper.member.team), name="Bo")

    assert [shape["name"] for shape in as_json(keeper)] == ["Tom Beaumont"]
    assert as_json(stranger) == []


def test_vcard_has_what_address_books_know(keeper: User, tom: Contact) -> None:
    (card,) = as_cards(b"".join(book_as_vcards(keeper)))

    assert (card.name, card.nickname, card.company, card.title, card.uid) == (
        "Tom Beaumont",
        "Bo",
        "Northline Freight",
        "Operations",
        "urn:uuid:1",
    )
    assert card.emails == (Detail("tom@northline.example", "work"),)
    assert card.phones == (Detail("+12022243441", "personal"),)
    assert card.addresses[0].value == "1 Quay\nHarbour"
    assert str(card.birthday) == "18 November 1974"
    assert card.relatives == (CardRelative("daughter", "Emma"),)
    assert (card.tags, card.interests) == (("golf",), ("sailing",))
    assert card.note == "What I know."
    assert "secret" not in repr(card)


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_vcards_come_back_as_the_same_people(
    keeper: User, stranger: User, tom: Contact, version: str
) -> None:
    set_photo(tom, author=keeper, data=picture())
    data = b"".join(book_as_vcards(keeper, version))

    once = import_file(keeper=stranger, data=data, file_name="a.vcf", at=NOW)
    twice = import_file(keeper=stranger, data=data, file_name="a.vcf", at=NOW)
    back = import_file(keeper=keeper, data=data, file_name="a.vcf", at=NOW)

    assert (once.new, twice.same, back.same) == (1, 1, 1)
    (theirs,) = as_json(stranger)
    (ours,) = as_json(keeper)
    kept = ("name", "nickname", "company", "emails", "phones", "addresses", "urls", "birthday")
    assert [theirs[key] for key in kept] == [ours[key] for key in kept]
    assert theirs["has_photo"]


def picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 40), "red").save(stream, "PNG")
    return stream.getvalue()


def test_contact_to_pass_on_has_no_notes(keeper: User, tom: Contact) -> None:
    (card,) = as_cards(contact_as_vcard(tom, keeper))

    assert (card.name, card.note) == ("Tom Beaumont", "")
    assert str(card.birthday) == "18 November 1974"


def test_photo_whose_file_is_lost_is_left_out(keeper: User, tom: Contact) -> None:
    photo = set_photo(tom, author=keeper, data=picture())
    Path(photo.whole.path).unlink()

    (card,) = as_cards(contact_as_vcard(tom, keeper))

    assert card.photo is None


# --- Pages -----------------------------------------------------------------------------------


def test_page_offers_the_files(keeper_client: Client, tom: Contact) -> None:
    page = keeper_client.get("/export/").content.decode()

    for name in ("kept.json", "kept.vcf", "kept-3.vcf"):
        assert f'href="/export/{name}"' in page


@pytest.mark.parametrize(
    ("name", "content_type", "dated"),
    [
        ("kept.json", "application/json", "kept-2026-11-18.json"),
        ("kept.vcf", "text/vcard; charset=utf-8", "kept-2026-11-18.vcf"),
        ("kept-3.vcf", "text/vcard; charset=utf-8", "kept-3-2026-11-18.vcf"),
    ],
)
def test_file_is_sent_as_a_download(
    keeper_client: Client, tom: Contact, name: str, content_type: str, dated: str
) -> None:
    response = keeper_client.get(f"/export/{name}")

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="{dated}"'
    assert response["Cache-Control"] == "private, no-store"
    assert b"Tom Beaumont" in b"".join(response.streaming_content)


def test_versions_of_vcard_differ(keeper_client: Client, tom: Contact) -> None:
    old, new = (
        b"".join(keeper_client.get(f"/export/{name}").streaming_content)
        for name in ("kept-3.vcf", "kept.vcf")
    )

    assert b"VERSION:3.0" in old
    assert b"VERSION:4.0" in new


def test_stranger_and_teammate_export_nothing_of_it(
    stranger_client: Client, keeper: User, tom: Contact
) -> None:
    teammate = client_of(make_user(team=keeper.member.team))

    for client in (stranger_client, teammate):
        assert json.loads(b"".join(client.get("/export/kept.json").streaming_content)) == []
        assert b"".join(client.get("/export/kept.vcf").streaming_content) == b""


def test_unknown_file_and_other_methods(keeper_client: Client, tom: Contact) -> None:
    assert keeper_client.get("/export/kept.exe").status_code == 404
    for url in ("/export/", "/export/kept.json", f"/contacts/{tom.pk}/vcard/"):
        assert keeper_client.post(url).status_code == 405


def test_own_card_is_downloaded_under_their_name(keeper_client: Client, tom: Contact) -> None:
    tom.rename("Søren / Ø")
    tom.save()

    response = keeper_client.get(f"/contacts/{tom.pk}/vcard/")

    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''S%C3%B8ren%20-%20%C3%98.vcf"
    )
    assert b"tom@northline.example" in response.content


def test_teammates_card_has_business_details_alone(keeper: User, tom: Contact) -> None:
    teammate = client_of(make_user(team=keeper.member.team))

    (card,) = as_cards(teammate.get(f"/contacts/{tom.pk}/vcard/").content)

    assert card.emails == (Detail("tom@northline.example", "work"),)
    assert (card.phones, card.birthday, card.relatives, card.tags, card.note) == (
        (),
        None,
        (),
        (),
        "",
    )


def test_strangers_get_no_card(stranger_client: Client, tom: Contact) -> None:
    assert stranger_client.get(f"/contacts/{tom.pk}/vcard/").status_code == 404
