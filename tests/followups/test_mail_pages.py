"""Where the links of a mail lead: they ask, they work once, and they tell nobody else anything."""

import random
import re
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.apps import apps
from django.core.signing import Signer
from django.db import connections
from django.test import Client

from contacts.models import Contact, Note
from crm.models import User
from followups import answering, delivering, digest, mail, mail_links, scheduling
from followups.models import Answer, Nudge, Press
from tests.factories import NOW, client_of, make_contact, make_promise, make_user
from tests.followups.test_digest import Reader

DAY = timedelta(days=1)
TODAY = NOW.date()
ACTS = ["done", "talked", "tomorrow"]


@pytest.fixture
def anna(keeper: User) -> Contact:
    """Somebody who waits for a word today."""
    contact = make_contact(keeper=keeper, name="Anna Berg", circle="inner")
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    return contact


def link(act: str, contact: Contact, on=TODAY) -> str:
    url = mail_links.act_url(Press.Act(act), user=contact.keeper, contact_id=contact.pk, on=on)
    return url.removeprefix("http://127.0.0.1:8000")


def off_link(user: User, on=TODAY) -> str:
    url = mail_links.unsubscribe_url(user=user, kind="digest", on=on)
    return url.removeprefix("http://127.0.0.1:8000")


def everything() -> dict[str, list[object]]:
    """Every row of every table, sessions aside."""
    models = [model for model in apps.get_models() if model._meta.label != "sessions.Session"]
    return {m._meta.label: list(m._base_manager.order_by("pk").values_list()) for m in models}


# --- The buttons -----------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_a_button_asks_and_then_does_it_signed_out(anna, act: str) -> None:
    browser, url = Client(), link(act, anna)
    asked = browser.get(url)
    assert (asked.status_code, Answer.objects.count()) == (200, 0)
    assert "Anna Berg" in asked.text

    done = browser.post(url)

    assert (done.status_code, done["Location"]) == (303, url)
    assert browser.get(url).status_code == 200
    answer = Answer.objects.get()
    assert answer.kind == {"tomorrow": "snoozed"}.get(act, "done")
    assert Press.objects.get().answer == answer
    assert Note.objects.filter(is_touch=True).count() == (act == "talked")


def test_tomorrow_is_the_day_after_the_press(anna) -> None:
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        Client().post(link("tomorrow", anna))
    assert Nudge.objects.get().show_on == TODAY + 3 * DAY


@pytest.mark.parametrize("act", ACTS)
def test_a_button_pressed_twice_says_kindly_that_it_was_done(anna, act: str) -> None:
    browser, url = Client(), link(act, anna)
    for _ in range(3):
        assert browser.post(url).status_code == 303
    page = browser.get(url)
    assert (Answer.objects.count(), Note.objects.count()) == (1, act == "talked")
    assert (page.status_code, "<form" in page.text) == (200, False)


def test_who_was_done_in_kept_meanwhile_is_done_already(anna) -> None:
    answering.done(keeper=anna.keeper, contact=anna, today=TODAY, at=NOW)
    browser = Client()
    assert "Anna Berg is done" in browser.get(link("done", anna)).text
    browser.post(link("done", anna))
    assert Answer.objects.count() == 1
    assert "Anna Berg can wait" in browser.get(link("tomorrow", anna)).text


def test_an_undone_answer_does_not_make_the_button_work_again(anna) -> None:
    browser, url = Client(), link("done", anna)
    browser.post(url)
    answering.undo(Answer.objects.get(), at=NOW)
    browser.post(url)
    assert Answer.objects.count() == 1


def test_what_was_promised_outlasts_done(anna) -> None:
    make_promise(anna, due_on=TODAY)
    scheduling.sweep_keeper(anna.keeper, today=TODAY, now=NOW)
    Client().post(link("done", anna))
    assert list(Nudge.objects.filter(state="open").values_list("kind", flat=True)) == ["promise"]


def test_the_page_says_a_name_and_a_question_and_nothing_else_of_the_book(anna) -> None:
    make_promise(anna, text="Send the secret quote", due_on=TODAY)
    anna.title = "Head of secrets"
    anna.save()
    page = Client().get(link("done", anna)).text
    assert ("Anna Berg" in page, "secret" in page.lower(), anna.keeper.name in page) == (
        True,
        False,
        False,
    )


def test_buttons_work_for_a_week(anna) -> None:
    url = link("done", anna)
    with time_machine.travel(NOW + 7 * DAY, tick=False):
        assert Client().get(url).status_code == 200
    with time_machine.travel(NOW + 8 * DAY, tick=False):
        answers = [Client().get(url), Client().post(url)]
    assert [(a.status_code, "Anna" in a.text) for a in answers] == [(410, False)] * 2
    assert Answer.objects.count() == 0


def tampered(url: str) -> list[str]:
    """`url` for another act, another contact, another user, another date, and cut off."""
    act, token = url.strip("/").split("/")[1:]
    said, signature = token.split(":")
    user, contact, on = said.split(".")
    return [
        f"/mail/{'talked' if act == 'done' else 'done'}/{token}/",
        f"/mail/{act}/{user}.{int(contact) + 1}.{on}:{signature}/",
        f"/mail/{act}/{int(user) + 1}.{contact}.{on}:{signature}/",
        f"/mail/{act}/{user}.{contact}.20991231:{signature}/",
        f"/mail/{act}/{said}:{signature[:-1]}/",
        f"/mail/{act}/{said}/",
        f"/mail/{act}/{Signer(sep=':', salt='mail.off').sign(said)}/",
        f"/mail/nothing/{token}/",
    ]


def test_links_that_kept_did_not_write_lead_nowhere(anna) -> None:
    browser = Client()
    urls = tampered(link("done", anna))
    answers = [browser.get(url) for url in urls] + [browser.post(url) for url in urls]
    assert [(a.status_code, "Anna" in a.text) for a in answers] == [(404, False)] * 2 * len(urls)
    assert Answer.objects.count() == 0


def test_somebody_else_who_is_logged_in_sees_nothing_and_does_nothing(
    anna, stranger_client
) -> None:
    answers = [stranger_client.get(link("done", anna)), stranger_client.post(link("done", anna))]
    assert [(a.status_code, "Anna" in a.text) for a in answers] == [(404, False)] * 2
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("how", ["trashed", "given away", "deactivated"])
def test_a_contact_that_is_no_longer_one_s_own_is_not_to_be_acted_on(anna, stranger, how) -> None:
    url = link("done", anna)
    if how == "trashed":
        anna.trash(NOW)
    elif how == "given away":
        Contact.objects.filter(pk=anna.pk).update(keeper=stranger, team=stranger.member.team)
    else:
        User.objects.filter(pk=anna.keeper.pk).update(is_active=False)
    assert [Client().get(url).status_code, Client().post(url).status_code] == [404, 404]
    assert Answer.objects.count() == 0


def test_pages_of_mail_are_kept_by_nobody_and_tell_no_other_site(anna) -> None:
    answer = Client().get(link("done", anna))
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == (
        "same-origin",
        "private, no-store",
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
def test_of_twenty_presses_at_once_one_does_it(now, act: str) -> None:
    contact = make_contact(keeper=make_user(), circle="inner")
    scheduling.sweep_keeper(contact.keeper, today=TODAY, now=NOW)
    url, barrier = link(act, contact), Barrier(20)

    def press(_: int) -> int:
        try:
            barrier.wait()
            return Client().post(url).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(press, range(20))) == {303}
    assert (Answer.objects.count(), Press.objects.count()) == (1, 1)
    assert Note.objects.count() == (act == "talked")


# --- What machines do with links -------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "keeper", "stranger"])
def test_a_scanner_that_follows_every_link_changes_nothing(anna, stranger, who: str) -> None:
    """GET, HEAD and OPTIONS, three times each, with whatever cookies; no link logs in."""
    keeper = anna.keeper
    Client().get(link("done", anna))
    letter = mail.compose(digest.build(keeper, on=TODAY, now=NOW), message_id="<1@kept.example>")
    links = {url for url in Reader(letter.alternatives[0].content).links if "127.0.0.1" in url}
    links |= set(re.findall(r"http://127\.0\.0\.1\S+(?=>)", str(letter.extra_headers)))
    browser = {"nobody": Client, "keeper": lambda: client_of(keeper)}.get(
        who, lambda: client_of(stranger)
    )()
    before = everything()

    for url in sorted(links) * 3:
        for method in (browser.get, browser.head, browser.options):
            assert method(url.removeprefix("http://127.0.0.1:8000")).status_code < 500

    assert len(links) == 7
    assert everything() == before
    assert (who != "nobody") == ("_auth_user_id" in browser.session)


# --- Unsubscribing ---------------------------------------------------------------------------


def test_one_click_ends_the_mail_without_cookie_token_or_log_in(keeper) -> None:
    browser = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = browser.post(off_link(keeper), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        keeper.refresh_from_db()
        assert keeper.digest_wanted is False
    assert browser.cookies.keys() <= {"csrftoken"}
    keeper.digest_on, keeper.digest_due_at = TODAY, NOW
    keeper.save()
    assert delivering.sweep(NOW) == {}


def test_unsubscribing_asks_whoever_opens_it_and_says_when_it_is_done(keeper) -> None:
    browser = Client()
    assert "Stop the morning mail?" in browser.get(off_link(keeper)).text
    assert "No more morning mail" in browser.post(off_link(keeper)).text
    assert "No more morning mail" in browser.get(off_link(keeper)).text


def test_wrong_and_old_unsubscribe_links_are_not_found_and_change_nothing(keeper) -> None:
    url = off_link(keeper)
    old = off_link(keeper, TODAY - 61 * DAY)
    user, kind, on = url.split("/")[-2].split(":")[0].split(".")
    signature = url.split(":")[-1]
    wrong = [
        old,
        url[:-3] + "/",
        f"/mail/off/{int(user) + 1}.{kind}.{on}:{signature}",
        f"/mail/off/{Signer(sep=':', salt='mail.off').sign(f'{user}.weather.{on}')}/",
        f"/mail/off/{Signer(sep=':', salt='mail.act.done').sign(f'{user}.{kind}.{on}')}/",
    ]
    assert [Client().post(url).status_code for url in wrong] == [404] * len(wrong)
    keeper.refresh_from_db()
    assert keeper.digest_wanted is True


def test_a_thousand_guessed_tokens_hit_nobody(keeper) -> None:
    rng, browser = random.Random(20261118), Client()
    letters = string.ascii_letters + string.digits + "-_"
    for _ in range(1000):
        guess = "".join(rng.choices(letters, k=43))
        answer = browser.post(f"/mail/off/{keeper.pk}.digest.{TODAY:%Y%m%d}:{guess}/")
        assert answer.status_code == 404
    keeper.refresh_from_db()
    assert keeper.digest_wanted is True


def test_links_written_for_a_date_are_the_same_each_time(anna) -> None:
    urls = {link("done", anna) for _ in range(3)}
    assert len(urls) == 1
    assert datetime.now(UTC) == NOW
