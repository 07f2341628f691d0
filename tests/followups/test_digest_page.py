"""The morning mail on its page: a preview, a switch, and one right now."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from contacts.models import Contact
from contacts.photos import set_photo
from crm.models import User
from followups.models import Delivery
from tests.factories import NOW, client_of, make_contact, make_promise, make_user
from tests.followups.test_digest import Reader, delivered, picture

TODAY = NOW.date()
PAGE = "/digest/"


@pytest.fixture(autouse=True)
def no_limits_used_up(db: None) -> None:
    cache.clear()


@pytest.fixture
def anna(keeper: User) -> Contact:
    contact = make_contact(keeper=keeper, name="Anna Berg", circle="inner")
    make_promise(contact, text="Send the brochure", due_on=TODAY)
    return contact


def test_page_shows_what_today_s_mail_says(keeper_client, anna) -> None:
    page = keeper_client.get(PAGE)
    assert "Subject: 1 person today, 1 promise due (Wed 18 Nov)" in page.text
    assert "You promised Anna: send the brochure, due today" in page.text


def test_page_shows_nothing_of_a_stranger_s_book(stranger_client, anna) -> None:
    assert "Anna" not in stranger_client.get(PAGE).text
    assert "Anna" not in stranger_client.get(reverse("followups:digest_html")).text


def test_html_is_the_mail_with_styles_and_faces_of_this_host(keeper_client, anna) -> None:
    set_photo(anna, author=anna.keeper, data=picture())
    answer = keeper_client.get(reverse("followups:digest_html"))
    page = Reader(answer.text)
    assert page.pictures == [Contact.objects.with_face(anna.keeper).get().face_url("small")]
    assert ("style=" in answer.text, "<style" in answer.text) == (False, False)
    assert "You promised Anna: send the brochure, due today" in page.text
    policy = answer["Content-Security-Policy"]
    assert policy == keeper_client.get(PAGE)["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("digest", "post"),
        ("digest_html", "post"),
        ("digest_settings", "get"),
        ("digest_sending", "get"),
        ("digest_resumption", "get"),
        ("fired", "post"),
    ],
)
def test_wrong_methods_are_refused(keeper_client, name: str, method: str) -> None:
    assert getattr(keeper_client, method)(reverse(f"followups:{name}")).status_code == 405


def test_switch_turns_the_mail_off_and_on(keeper_client, keeper) -> None:
    url = reverse("followups:digest_settings")
    assert keeper_client.post(url, {})["Location"] == PAGE
    keeper.refresh_from_db()
    assert (keeper.digest_wanted, keeper.digest_when_empty) == (False, False)
    keeper_client.post(url, {"digest_wanted": "on", "digest_when_empty": "on"})
    keeper.refresh_from_db()
    assert (keeper.digest_wanted, keeper.digest_when_empty) == (True, True)


def test_send_one_now_says_what_the_mail_server_said(keeper_client, anna, sink) -> None:
    page = keeper_client.post(reverse("followups:digest_sending"), follow=True)
    said = "Sent to keeper@example.com. The mail server said: “250 2.0.0 Ok: queued as 1”"
    assert said in page.text
    assert (len(sink.taken), Delivery.objects.count()) == (1, 0)


def test_send_one_now_says_what_went_wrong(keeper_client, anna, sink) -> None:
    sink.mode = "550"
    page = keeper_client.post(reverse("followups:digest_sending"), follow=True)
    said = "It did not go out. The mail server said: “550 5.1.1 Nobody here by that name”"
    assert said in page.text


def test_send_one_now_is_enough_after_ten(keeper_client, anna, sink) -> None:
    for _ in range(11):
        page = keeper_client.post(reverse("followups:digest_sending"), follow=True)
    assert ("That is enough mail for an hour." in page.text, len(sink.taken)) == (True, 10)


def test_a_stopped_address_says_why_and_can_be_said_to_work_again(keeper_client, keeper) -> None:
    keeper.mail_stopped_at, keeper.mail_stopped_because = NOW, "It came back. 550 No such user"
    keeper.save()
    for url in ("/", PAGE):
        assert "550 No such user" in keeper_client.get(url).text
    keeper_client.post(reverse("followups:digest_resumption"))
    keeper.refresh_from_db()
    assert (keeper.mail_stopped_at, keeper.mail_stopped_because) == (None, "")
    assert "550" not in keeper_client.get("/").text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Delivery.State.UNKNOWN, "may not have reached you."),
        (Delivery.State.REFUSED, "could not be delivered."),
    ],
)
def test_today_says_that_this_morning_s_mail_may_be_lost(
    keeper_client, keeper, anna, state, words
) -> None:
    delivered(keeper, TODAY, state, answer="the server’s words")
    page = keeper_client.get("/").text
    assert ("This morning’s mail" in page, words in page, "the server’s words" in page) == (
        True,
        True,
        True,
    )
    assert "You promised Anna:" in page


def test_today_is_silent_about_a_mail_that_arrived(keeper_client, keeper) -> None:
    delivered(keeper, TODAY - timedelta(days=1), Delivery.State.UNKNOWN)
    delivered(keeper, TODAY)
    assert "mail" not in keeper_client.get("/").text.split("<main")[1].split("</main")[0].lower()


def test_owners_are_told_that_no_mail_goes_out(db, now) -> None:
    owner, seller = make_user(role="owner"), make_user(role="seller")
    waiting = delivered(seller, TODAY)
    Delivery.objects.filter(pk=waiting.pk).update(
        halts_until=NOW + timedelta(minutes=9), answer="535 Wrong password"
    )
    told = ["535 Wrong password" in client_of(user).get("/").text for user in (owner, seller)]
    assert told == [True, False]
