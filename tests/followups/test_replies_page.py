"""Replies that found nobody: their user says whom they are about, or leaves them out."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from contacts.models import Note
from crm.models import User
from followups.models import InboundMail
from tests.factories import NOW, make_contact

LIST = "/replies/"


def waiting(user: User, words: str = "Said yes!", number: int = 1) -> InboundMail:
    return InboundMail.objects.create(
        user=user,
        message_id=f"<{number}@example.com>",
        at=NOW,
        said_at=NOW,
        outcome=InboundMail.Outcome.NOBODY,
        words=words,
    )


@pytest.fixture
def mail(keeper: User) -> InboundMail:
    return waiting(keeper)


def told(**more: object) -> dict[str, object]:
    return {"text": "Said yes!", "channel": "other", "reader": "only-me", "when": "now"} | more


def test_replies_that_wait_are_shown(keeper: User, keeper_client: Client) -> None:
    waiting(keeper, "Said yes!", 1)
    done = waiting(keeper, "Long since noted.", 2)
    InboundMail.objects.filter(pk=done.pk).update(outcome="noted")
    page = keeper_client.get(LIST).content.decode()
    assert ("Said yes!" in page, "Long since noted." in page) == (True, False)


def test_no_replies_say_so(keeper_client: Client) -> None:
    assert "Nothing waits here" in keeper_client.get(LIST).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_any_number(
    keeper: User,
    keeper_client: Client,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        waiting(keeper, "Said yes!", number)
    with django_assert_num_queries(3):
        keeper_client.get(LIST)


def test_reply_becomes_a_note_on_whom_its_user_names(
    keeper: User, keeper_client: Client, mail: InboundMail
) -> None:
    tom = make_contact(keeper=keeper, name="Tom Baker")
    url = reverse("followups:reply", args=[mail.pk])
    assert "Said yes!" in keeper_client.get(url).content.decode()
    response = keeper_client.post(url, told(people=tom.pk))
    assert (response.status_code, response["Location"]) == (303, LIST)
    note = Note.objects.get()
    assert (note.text, list(note.contacts.all())) == ("Said yes!", [tom])
    mail.refresh_from_db()
    assert (mail.outcome, mail.words, list(mail.notes.all())) == ("noted", "", [note])


def test_reply_that_was_placed_leads_back(
    keeper: User, keeper_client: Client, mail: InboundMail
) -> None:
    url, sent = reverse("followups:reply", args=[mail.pk]), told(key=str(uuid4()))
    sent |= {"people": make_contact(keeper=keeper).pk}
    keeper_client.post(url, sent)
    for response in (keeper_client.get(url), keeper_client.post(url, sent)):
        assert (response.status_code, response["Location"]) == (303, LIST)
    assert Note.objects.count() == 1


@pytest.mark.parametrize("meanwhile", ["placed", "left out"])
def test_words_of_a_second_window_are_kept_and_can_become_a_note_of_their_own(
    keeper: User, keeper_client: Client, mail: InboundMail, meanwhile: str
) -> None:
    tom, url = make_contact(keeper=keeper), reverse("followups:reply", args=[mail.pk])
    second = told(text="Said yes, and more.", people=tom.pk, key=str(uuid4()))
    if meanwhile == "placed":
        keeper_client.post(url, told(people=tom.pk, key=str(uuid4())))
    else:
        keeper_client.post(reverse("followups:reply_removal", args=[mail.pk]))
    there = Note.objects.count()

    late = keeper_client.post(url, second)

    assert (late.status_code, Note.objects.count()) == (409, there)
    assert "dealt with in another window meanwhile" in late.text
    assert "Said yes, and more." in late.text
    assert 'action="/notes/new/"' in late.text
    assert keeper_client.post("/notes/new/", second).status_code == 303
    assert Note.objects.filter(text="Said yes, and more.").count() == 1


def test_reply_about_nobody_is_refused_and_kept(keeper_client: Client, mail: InboundMail) -> None:
    url = reverse("followups:reply", args=[mail.pk])
    response = keeper_client.post(url, told(text="Said yes, twice!"))
    assert response.status_code == 422
    assert "Said yes, twice!" in response.content.decode()
    assert InboundMail.objects.unplaced().count() == 1


def test_reply_is_left_out_and_brought_back(keeper_client: Client, mail: InboundMail) -> None:
    keeper_client.post(reverse("followups:reply_removal", args=[mail.pk]))
    assert "Said yes!" not in keeper_client.get(LIST).content.decode()
    keeper_client.post(reverse("followups:reply_return", args=[mail.pk]))
    assert "Said yes!" in keeper_client.get(LIST).content.decode()


def test_htmx_gets_the_list_alone(keeper_client: Client, mail: InboundMail) -> None:
    page = keeper_client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert ("Said yes!" in page, "<html" in page) == (True, False)


@pytest.mark.parametrize("name", ["reply", "reply_removal", "reply_return"])
def test_replies_of_others_do_not_exist(
    stranger_client: Client, mail: InboundMail, name: str
) -> None:
    response = stranger_client.post(reverse(f"followups:{name}", args=[mail.pk]), told())
    assert response.status_code == 404
    assert InboundMail.objects.unplaced().count() == 1
    assert "Said yes!" not in stranger_client.get(LIST).content.decode()


@pytest.mark.parametrize("name", ["reply_removal", "reply_return"])
def test_replies_are_not_moved_by_looking(
    keeper_client: Client, mail: InboundMail, name: str
) -> None:
    url = reverse(f"followups:{name}", args=[mail.pk])
    assert keeper_client.get(url).status_code == 405
    assert keeper_client.post(LIST).status_code == 405


def test_today_asks_about_replies_that_wait(
    keeper_client: Client, mail: InboundMail, settings: Settings
) -> None:
    assert "found nobody" not in keeper_client.get("/").content.decode()
    settings.REPLY_DOMAIN = "in.example.org"
    assert "1 reply of yours found nobody" in keeper_client.get("/").content.decode().replace(
        "<b>", ""
    ).replace("</b>", "")
