"""The trash: thirty days in which things come back, then gone for good, files included."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from contacts import trash
from contacts.models import (
    Company,
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    Note,
    Photo,
    Relative,
    SearchEntry,
)
from contacts.photos import set_photo
from contacts.searching import index_contacts
from crm.models import User
from followups.models import Promise, PromiseEvent
from tests.factories import (
    NOW,
    client_of,
    make_company,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_note,
    make_nudge,
    make_promise,
    make_relative,
    make_user,
)

HTMX = {"HX-Request": "true"}
KINDS = sorted(trash.KINDS)


def make_photo(contact: Contact) -> Photo:
    stream = BytesIO()
    Image.new("RGB", (20, 20), "teal").save(stream, "PNG")
    return set_photo(contact, author=contact.keeper, data=stream.getvalue())


@pytest.fixture
def anna(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Anna Novak")


def thing_of(kind: str, anna: Contact) -> trash.Thing:
    make = {
        "companies": lambda: make_company(team=anna.team),
        "contacts": lambda: anna,
        "details": lambda: make_detail(anna),
        "facts": lambda: make_fact(anna),
        "jobs": lambda: make_job(anna),
        "life-events": lambda: make_life_event(anna),
        "notes": lambda: make_note(anna),
        "photos": lambda: make_photo(anna),
        "relatives": lambda: make_relative(anna),
    }
    return make[kind]()


@pytest.mark.parametrize("kind", KINDS)
def test_thing_goes_to_the_trash_and_comes_back(
    keeper_client: Client, anna: Contact, kind: str
) -> None:
    thing = thing_of(kind, anna)
    gone = keeper_client.post(f"/trash/{kind}/{thing.pk}/")
    thing.refresh_from_db()
    assert [gone.status_code, thing.trashed_at] == [303, NOW]
    page = keeper_client.get("/trash/").content.decode()
    assert f'action="/trash/{kind}/{thing.pk}/restoration/"' in page
    back = keeper_client.post(f"/trash/{kind}/{thing.pk}/restoration/")
    thing.refresh_from_db()
    assert [back.status_code, thing.trashed_at] == [303, None]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_removes_or_restores(
    keeper: User, stranger_client: Client, anna: Contact, kind: str
) -> None:
    thing = thing_of(kind, anna)
    teammate = client_of(make_user(team=keeper.member.team))
    # Companies are the team's.
    clients = [stranger_client] if kind == "companies" else [stranger_client, teammate]
    for client in clients:
        assert client.post(f"/trash/{kind}/{thing.pk}/").status_code == 404
    trash.remove(thing, at=NOW)
    for client in clients:
        assert client.post(f"/trash/{kind}/{thing.pk}/restoration/").status_code == 404
        assert "Nothing here" in client.get("/trash/").content.decode()


def test_note_of_a_colleague_on_ones_contact_is_theirs_to_remove(
    keeper: User, keeper_client: Client, anna: Contact
) -> None:
    colleague = make_user(team=keeper.member.team)
    note = make_note(anna, author=colleague, private=False)
    assert keeper_client.post(f"/trash/notes/{note.pk}/").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_trash_is_posted_to(keeper_client: Client, anna: Contact, kind: str) -> None:
    thing = thing_of(kind, anna)
    assert keeper_client.get(f"/trash/{kind}/{thing.pk}/").status_code == 405
    assert keeper_client.get(f"/trash/{kind}/{thing.pk}/restoration/").status_code == 405
    assert keeper_client.post("/trash/").status_code == 405


def test_twice_removed_or_restored_or_unknown_is_404(keeper_client: Client, anna: Contact) -> None:
    fact = make_fact(anna)
    assert keeper_client.post(f"/trash/facts/{fact.pk}/restoration/").status_code == 404
    keeper_client.post(f"/trash/facts/{fact.pk}/")
    assert keeper_client.post(f"/trash/facts/{fact.pk}/").status_code == 404
    assert keeper_client.post("/trash/users/1/").status_code == 404


def test_removed_in_place_leaves_nothing_but_a_toast_with_undo(
    keeper_client: Client, anna: Contact
) -> None:
    fact = make_fact(anna, text="sailing")
    response = keeper_client.post(f"/trash/facts/{fact.pk}/", headers=HTMX)
    assert [response.status_code, response.content] == [200, b""]
    assert "sailing is in the trash." in response.headers["HX-Trigger"]
    assert f"/trash/facts/{fact.pk}/restoration/" in response.headers["HX-Trigger"]


def test_page_of_the_trash_is_a_fragment_to_htmx(keeper_client: Client, anna: Contact) -> None:
    make_fact(anna).trash(NOW)
    fragment = keeper_client.get("/trash/", headers=HTMX).content.decode()
    assert ["<html" in fragment, "sailing" in fragment] == [False, True]


def test_pieces_of_a_removed_contact_come_back_with_the_contact_only(
    keeper_client: Client, anna: Contact
) -> None:
    fact = make_fact(anna)
    fact.trash(NOW)
    anna.trash(NOW)
    assert keeper_client.post(f"/trash/facts/{fact.pk}/restoration/").status_code == 404
    page = keeper_client.get("/trash/").content.decode()
    assert [f"/trash/facts/{fact.pk}/" in page, f"/trash/contacts/{anna.pk}/" in page] == [
        False,
        True,
    ]


def test_relative_takes_what_is_dated_in_their_life_along(anna: Contact) -> None:
    emma = make_relative(anna)
    before = make_life_event(anna, relative=emma, kind="trip", year=2020)
    before.trash(NOW - timedelta(days=1))
    birthday = make_life_event(anna, relative=emma, year=2004)
    trash.remove(emma, at=NOW)
    birthday.refresh_from_db()
    assert birthday.trashed_at == NOW
    trash.restore(Relative.objects.get())
    birthday.refresh_from_db()
    before.refresh_from_db()
    assert [birthday.is_trashed, before.is_trashed] == [False, True]


def test_life_events_removed_with_a_relative_are_not_listed_beside_them(
    keeper: User, anna: Contact
) -> None:
    emma = make_relative(anna)
    make_life_event(anna, relative=emma, year=2004)
    trash.remove(emma, at=NOW)
    assert [each.kind for each in trash.removed_by(keeper)] == ["relatives"]


def test_removed_note_takes_its_touch_back_and_restored_gives_it_again(anna: Contact) -> None:
    note = make_note(anna, at=NOW - timedelta(days=3))
    trash.remove(note, at=NOW)
    anna.refresh_from_db()
    assert anna.last_touch_at is None
    trash.restore(note)
    anna.refresh_from_db()
    assert anna.last_touch_at == NOW - timedelta(days=3)


def test_what_is_removed_is_not_found_until_it_is_back(anna: Contact) -> None:
    fact = make_fact(anna, text="falconry")
    index_contacts([anna])
    found = SearchEntry.objects.filter(text__contains="falconry")
    trash.remove(fact, at=NOW)
    assert found.count() == 0
    trash.restore(fact)
    assert found.count() == 1


def test_what_has_a_successor_does_not_come_back(keeper_client: Client, anna: Contact) -> None:
    old = make_life_event(anna)
    old.trash(NOW)
    make_life_event(anna, month=5, day=1)
    page = keeper_client.post(f"/trash/life-events/{old.pk}/restoration/", follow=True)
    assert "cannot come back" in page.content.decode()
    old.refresh_from_db()
    assert old.is_trashed


def test_restoring_from_the_trash_stays_there_and_from_a_toast_leads_to_the_person(
    keeper_client: Client, anna: Contact
) -> None:
    urls = []
    for data in ({"from": "trash"}, {}):
        fact = make_fact(anna, text=str(data))
        fact.trash(NOW)
        urls.append(keeper_client.post(f"/trash/facts/{fact.pk}/restoration/", data).url)
    assert urls == ["/trash/", anna.get_absolute_url()]


def test_trash_is_paged_and_loses_nothing_removed_at_one_instant(
    keeper: User, anna: Contact
) -> None:
    for number in range(70):
        make_fact(anna, text=f"fact {number}").trash(NOW)
        make_job(anna, company=f"job {number}").trash(NOW - timedelta(hours=number % 3))
    seen: list[trash.Removed] = []
    page = trash.removed_by(keeper)
    while page:
        seen += page
        page = trash.removed_by(keeper, after=page[-1].place)
    assert len({(each.kind, each.thing.pk) for each in seen}) == len(seen) == 140
    assert [each.removed_at for each in seen] == sorted(
        (each.removed_at for each in seen), reverse=True
    )


def test_show_more_of_the_trash(keeper_client: Client, anna: Contact) -> None:
    for number in range(51):
        make_fact(anna, text=f"fact {number}").trash(NOW)
    first = keeper_client.get("/trash/")
    more = keeper_client.get(f"/trash/?after={first.context['after']}", headers=HTMX)
    assert [len(first.context["removed"]), len(more.context["removed"])] == [50, 1]


@pytest.mark.parametrize(
    "after",
    [
        *("x", "2026-11-18_facts_1", "_", "2026-11-18T00:00:00+00:00_x_1"),
        "0001-01-01T00:00:00+23:59_facts_1",
        "9999-12-31T23:59:59-23:59_facts_1",
    ],
)
def test_trash_from_nowhere_starts_at_the_top(
    keeper_client: Client, anna: Contact, after: str
) -> None:
    make_fact(anna).trash(NOW)
    assert len(keeper_client.get("/trash/", {"after": after}).context["removed"]) == 1


@pytest.mark.parametrize("things", [1, 3])
def test_trash_asks_the_database_a_fixed_number_of_times(
    keeper_client: Client, anna: Contact, things: int
) -> None:
    for number in range(things):
        make_fact(anna, text=f"fact {number}").trash(NOW)
        make_note(anna).trash(NOW)
        make_contact(keeper=anna.keeper, name=f"Person {number}").trash(NOW)
    with CaptureQueriesContext(connection) as queries:
        keeper_client.get("/trash/")
    assert len(queries) == 7


# --- Emptying it -----------------------------------------------------------------------------

LONG_AGO = NOW - timedelta(days=31)
LATELY = NOW - timedelta(days=29)


@pytest.mark.parametrize("kind", KINDS)
def test_purge_takes_what_lay_thirty_days_and_nothing_younger(anna: Contact, kind: str) -> None:
    thing = thing_of(kind, anna)
    thing.trash(LATELY)
    assert sum(trash.purge(NOW).values()) == 0
    thing.trash(LONG_AGO)
    assert trash.purge(NOW)[kind] == 1
    assert type(thing).objects.filter(pk=thing.pk).exists() is False


def test_purge_leaves_what_was_never_removed(anna: Contact) -> None:
    make_fact(anna)
    make_note(anna)
    assert sum(trash.purge(NOW).values()) == 0
    assert [Contact.objects.count(), Fact.objects.count(), Note.objects.count()] == [1, 1, 1]


def test_purged_contact_takes_all_that_hangs_on_it_along(
    anna: Contact, django_capture_on_commit_callbacks: object
) -> None:
    ben = make_contact(keeper=anna.keeper, name="Ben Ode")
    make_relative(anna)
    make_life_event(anna)
    make_fact(anna)
    make_job(anna)
    make_detail(anna)
    make_nudge(anna)
    photo = make_photo(anna)
    names, storage = [photo.whole.name, photo.large.name, photo.small.name], photo.whole.storage
    make_note(anna, text="Only about Anna.")
    make_note(anna, ben, text="About both.")
    make_promise(anna, text="To Anna")
    make_promise(ben, text="To Ben")
    index_contacts([anna])
    anna.trash(LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        trash.purge(NOW)
    gone = (Relative, LifeEvent, Fact, Job, Detail, Photo, SearchEntry)
    assert [model.objects.count() for model in gone] == [0] * len(gone)
    assert [storage.exists(name) for name in names] == [False, False, False]
    assert Note.objects.get().text == "About both."
    assert [Promise.objects.get().text, PromiseEvent.objects.count()] == ["To Ben", 1]
    assert Contact.objects.get() == ben


def test_purged_photo_leaves_no_files(
    anna: Contact, django_capture_on_commit_callbacks: object
) -> None:
    photo = make_photo(anna)
    photo.trash(LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        trash.purge(NOW)
    assert photo.whole.storage.exists(photo.whole.name) is False
    assert Contact.objects.get() == anna


def test_purged_company_leaves_its_people(keeper: User) -> None:
    anna = make_contact(keeper=keeper, company="Harbour Bakery")
    Company.objects.get().trash(LONG_AGO)
    trash.purge(NOW)
    anna.refresh_from_db()
    assert anna.company is None


def test_purge_twice_is_purge_once(anna: Contact) -> None:
    anna.trash(LONG_AGO)
    first, second = trash.purge(NOW), trash.purge(NOW)
    assert [first["contacts"], sum(second.values())] == [1, 0]


def test_gone_at_is_thirty_days_after_removal(keeper: User, anna: Contact) -> None:
    anna.trash(NOW)
    expected: datetime = NOW + timedelta(days=30)
    assert [each.gone_at for each in trash.removed_by(keeper)] == [expected]
