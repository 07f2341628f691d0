"""A form that is sent twice, as happens without JavaScript, adds one; and nothing typed is lost."""

import pytest
from django.test import Client

from contacts.models import Contact, Job, Relative
from contacts.trash import remove
from crm.models import User
from tests.factories import NOW, make_contact

KEY = "0b9ad2b6-5d7e-4f0e-9c39-6c1f6b1d2f11"
RELATIVE = {"relation": "daughter", "name": "Emma", "born": "3 May 2004", "key": KEY}
JOB = {"company": "Estes Express", "title": "Dispatcher", "key": KEY}
PIECES = [("relatives", RELATIVE, Relative, "name"), ("jobs", JOB, Job, "title")]
each_piece = pytest.mark.parametrize(("slug", "sent", "model", "field"), PIECES)


@pytest.fixture
def tom(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Tom Beaumont")


def test_somebody_new_is_added_once(keeper_client: Client) -> None:
    sent = {"name": "Anna Berg", "email": "anna@example.com", "tags": "golf", "key": KEY}

    first, second = (keeper_client.post("/contacts/new/", sent) for _ in range(2))

    anna = Contact.objects.get()
    assert first["Location"] == second["Location"].partition("?")[0] == anna.get_absolute_url()
    assert [anna.details.count(), anna.tags.count()] == [1, 1]
    assert "may be the same" not in keeper_client.get(second["Location"]).text


def test_what_was_typed_into_the_form_after_going_back_is_somebody_new(
    keeper_client: Client,
) -> None:
    for name in ("Anna Berg", "Ben Carr"):
        keeper_client.post("/contacts/new/", {"name": name, "key": KEY})

    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Anna Berg", "Ben Carr"]


def test_who_was_removed_meanwhile_is_back(keeper_client: Client) -> None:
    sent = {"name": "Anna Berg", "key": KEY}
    keeper_client.post("/contacts/new/", sent)
    remove(Contact.objects.get(), at=NOW)

    keeper_client.post("/contacts/new/", sent)

    assert [contact.is_trashed for contact in Contact.objects.all()] == [False]


def test_same_name_without_a_key_is_added_as_ever(keeper_client: Client) -> None:
    for key in ("", "nonsense"):
        keeper_client.post("/contacts/new/", {"name": "Anna Berg", "key": key})

    assert Contact.objects.count() == 2


def test_two_keepers_may_send_the_same(keeper_client: Client, stranger_client: Client) -> None:
    for client in (keeper_client, stranger_client):
        assert client.post("/contacts/new/", {"name": "Anna", "key": KEY}).status_code == 303

    assert Contact.objects.count() == 2


@each_piece
def test_piece_is_added_once(keeper_client: Client, tom, slug, sent, model, field) -> None:
    url = f"/contacts/{tom.pk}/{slug}/new/"

    first, second = (keeper_client.post(url, sent) for _ in range(2))

    assert (first.status_code, first["Location"]) == (303, second["Location"])
    assert model.objects.count() == 1
    assert tom.life_events.count() == (model is Relative)
    fragment = keeper_client.post(url, sent, headers={"HX-Request": "true"})
    assert (fragment.status_code, str(sent[field]) in fragment.text) == (200, True)


@each_piece
def test_another_piece_from_the_same_form_is_added(
    keeper_client: Client, tom, slug, sent, model, field
) -> None:
    url = f"/contacts/{tom.pk}/{slug}/new/"
    for value in ("One", "Other"):
        keeper_client.post(url, sent | {field: value})

    assert sorted(model.objects.values_list(field, flat=True)) == ["One", "Other"]


@each_piece
def test_piece_that_was_removed_meanwhile_is_back(
    keeper_client: Client, tom, slug, sent, model, field
) -> None:
    url = f"/contacts/{tom.pk}/{slug}/new/"
    keeper_client.post(url, sent)
    remove(model.objects.get(), at=NOW)

    keeper_client.post(url, sent)

    assert [piece.is_trashed for piece in model.objects.all()] == [False]


@each_piece
def test_changing_a_piece_leaves_its_key(
    keeper_client: Client, tom, slug, sent, model, field
) -> None:
    keeper_client.post(f"/contacts/{tom.pk}/{slug}/new/", sent)
    piece = model.objects.get()
    change = sent | {field: "Changed", "version": piece.version}

    keeper_client.post(f"/contacts/{tom.pk}/{slug}/{piece.pk}/", change)

    again = model.objects.get()
    assert (getattr(again, field), again.key) == ("Changed", piece.key)


@pytest.mark.parametrize("page", ["/contacts/new/", "relatives", "jobs"])
def test_form_brings_a_key(keeper_client: Client, tom: Contact, page: str) -> None:
    url = page if page.startswith("/") else f"/contacts/{tom.pk}/{page}/new/"

    assert '<input type="hidden" name="key" value="' in keeper_client.get(url).text
