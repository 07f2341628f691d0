"""A word about a promise that slipped: context, an offer of help, and taking it over."""

from datetime import timedelta

import pytest

from crm.models import User
from crm.policy import Role
from followups import mending
from followups.models import Nudge, Promise, PromiseEvent
from followups.passing import PassingError, hand_promise
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_issue,
    make_note,
    make_nudge,
    make_promise,
    make_user,
)

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def manager(keeper) -> User:
    return make_user(team=keeper.member.team, name="Mona Manager", role=Role.MANAGER)


@pytest.fixture
def coach(manager):
    return client_of(manager)


@pytest.fixture
def teammate(keeper):
    return client_of(make_user(team=keeper.member.team, name="Tim Teammate"))


@pytest.fixture
def tom(keeper):
    return make_contact(keeper=keeper, name="Tom Beaumont")


@pytest.fixture
def late(tom) -> Promise:
    """A promise that is overdue."""
    return make_promise(tom, text="Send the quote", at=NOW - 9 * DAY, due_on=TODAY - 2 * DAY)


def url(what: str, promise: Promise) -> str:
    return f"/promises/{promise.pk}/{what}/"


def test_context_of_a_broken_promise_is_read_by_those_who_coach(
    keeper, keeper_client, coach, teammate, late
):
    late.share("team")
    late.break_(by=keeper, at=NOW, comment="between us")

    answer = keeper_client.post(url("context", late), {"text": "The plant stood still."})

    assert (answer.status_code, answer.url) == (303, late.get_absolute_url())
    pages = [client.get(late.get_absolute_url()).text for client in (keeper_client, coach)]
    assert all("Context added" in page and "The plant stood still." in page for page in pages)
    assert ("between us" in pages[0], "between us" in pages[1]) == (True, False)
    assert "The plant stood still." not in teammate.get(late.get_absolute_url()).text


def test_context_changes_no_figure_and_no_state(keeper_client, late):
    keeper_client.post(url("context", late), {"text": "Ill"})
    late.refresh_from_db()
    assert (late.state, late.told_due_on) == ("open", TODAY - 2 * DAY)


def test_what_was_not_missed_needs_no_context(keeper_client, tom):
    promise = make_promise(tom, due_on=TODAY + DAY)
    assert keeper_client.get(url("context", promise)).url == promise.get_absolute_url()
    keeper_client.post(url("context", promise), {"text": "Why not"})
    assert [event.kind for event in promise.events.all()] == ["made"]


def test_only_its_owner_gives_context(coach, teammate, late):
    for client in (coach, teammate, client_of(make_user(role=Role.OWNER))):
        assert client.post(url("context", late), {"text": "No"}).status_code == 404


def test_an_offer_of_help_shows_on_the_promise_and_on_today(
    keeper_client, coach, teammate, manager, late
):
    late.share("team")
    assert "Can I help?" in coach.get(late.get_absolute_url()).text

    coach.post(url("help", late), {"text": "Shall I call them?"})

    assert "Shall I call them?" in keeper_client.get(late.get_absolute_url()).text
    aside = keeper_client.get("/").text.partition("A hand, if you like")[2]
    assert "Mona Manager" in aside
    assert "Shall I call them?" in aside
    assert "Shall I call them?" not in teammate.get(late.get_absolute_url()).text
    assert "A hand, if you like" not in coach.get("/").text


@pytest.mark.parametrize(
    ("due_in", "ending", "words"),
    [
        (-2, None, ["Can I help?", "Take it over"]),
        (2, None, ["Take it over"]),
        (-2, "break_", ["Can I help?", "Take it over"]),
        (-2, "keep", ["Can I help?"]),
        (2, "keep", []),
        (2, "release", []),
    ],
    ids=["overdue", "open", "broken", "kept late", "kept", "released"],
)
def test_a_hand_is_offered_where_it_is_of_use(keeper, coach, manager, tom, due_in, ending, words):
    promise = make_promise(tom, at=NOW - 9 * DAY, due_on=TODAY + due_in * DAY)
    if ending:
        getattr(promise, ending)(by=keeper, at=NOW)

    page = coach.get(promise.get_absolute_url()).text
    assert [word for word in ("Can I help?", "Take it over") if word in page] == words
    there = promise.get_absolute_url()
    data = {"text": "Hello", "to": manager.member.pk}
    asked = [coach.get(url(what, promise)).status_code for what in ("help", "taking")]
    assert asked == [200 if word in words else 302 for word in ("Can I help?", "Take it over")]
    if "Can I help?" not in words:
        assert coach.post(url("help", promise), data).url == there
        with pytest.raises(ValueError, match="needs help"):
            promise.offer_help("Hello", by=manager, at=NOW)
    if "Take it over" not in words:
        assert coach.post(url("taking", promise), data).url == there
        promise.refresh_from_db()
        assert promise.owner == keeper


@pytest.mark.parametrize("what", ["help", "taking"])
def test_only_those_who_coach_help_and_not_with_their_own(
    keeper_client, coach, teammate, manager, late, what
):
    own = make_promise(make_contact(keeper=manager), text="Mine", due_on=TODAY)
    data = {"text": "Hello", "to": manager.member.pk}
    late.share("team")
    assert keeper_client.post(url(what, late), data).status_code == 404
    assert teammate.post(url(what, late), data).status_code == 404
    assert coach.post(url(what, own), data).status_code == 404
    assert client_of(make_user(role=Role.OWNER)).get(url(what, late)).status_code == 404
    late.share("private")
    assert coach.get(url(what, late)).status_code == 404
    assert coach.put(url(what, late)).status_code == 405


def test_a_manager_takes_a_promise_over(keeper, keeper_client, coach, manager, tom, late):
    note = make_note(tom)
    Promise.objects.filter(pk=late.pk).update(note=note)
    nudge = make_nudge(tom, kind="promise", promise=late, source=f"promise:{late.pk}")

    coach.post(url("taking", late), {"to": manager.member.pk, "comment": "I know them"})

    late.refresh_from_db()
    assert (late.owner, late.note, late.wake_on) == (manager, None, late.asked_on)
    assert [(each, each.state) for each in Nudge.objects.filter(promise=late)] == [
        (nudge, "skipped")
    ]
    event = PromiseEvent.objects.get(promise=late, kind="handed")
    said = "from Karin Keeper to Mona Manager: I know them"
    assert (event.by, event.comment) == (manager, said)
    assert keeper_client.get(late.get_absolute_url()).status_code == 404
    assert said in coach.get(late.get_absolute_url()).text


def test_what_the_former_owner_said_stays_theirs(keeper, coach, manager, late):
    late.renegotiate(due_on=TODAY, told=False, by=keeper, at=NOW, comment="my back hurts")
    late.reword("Send the list", by=keeper, at=NOW)

    hand_promise(late, to=manager, by=manager, at=NOW)

    page = coach.get(late.get_absolute_url()).text
    assert ("my back hurts" in page, "Send the quote" in page) == (False, False)


def test_it_can_be_given_to_a_teammate_but_to_nobody_else(keeper, coach, stranger, late):
    other = make_user(team=keeper.member.team, name="Olga Other")
    for wrong in (stranger.member.pk, keeper.member.pk, "x", ""):
        assert coach.post(url("taking", late), {"to": wrong}).status_code == 422
    coach.post(url("taking", late), {"to": other.member.pk})
    assert Promise.objects.get().owner == other


def test_what_ended_meanwhile_wakes_nobody(manager, late):
    seen = Promise.objects.select_related("owner").get(pk=late.pk)
    late.break_(by=late.owner, at=NOW)
    hand_promise(seen, to=manager, by=manager, at=NOW)
    assert Promise.objects.get(pk=late.pk).wake_on is None


def test_a_step_that_was_taken_over_is_not_offered_again(keeper, manager, tom):
    issue = make_issue(tom)
    planned = mending.Planned(mending.STEPS[0], "Say sorry", NOW.date())
    [step] = mending.promise_steps(issue, [planned], to=tom, by=keeper, at=NOW)
    hand_promise(step, to=manager, by=manager, at=NOW)
    assert mending.STEPS[0] not in mending.steps_left(issue)


def test_what_slipped_is_not_hidden_from_the_figures(keeper_client, tom, late):
    page = f"/promises/{late.pk}/wording/"
    refused = keeper_client.post(page, {"text": "Said too much", "sharing": "private"})
    assert refused.status_code == 422
    assert "that stays known" in refused.text
    late.release(by=late.owner, at=NOW)
    assert keeper_client.post(page, {"text": "Let go", "sharing": "private"}).status_code == 422
    open_one = make_promise(tom, due_on=NOW.date())
    page = f"/promises/{open_one.pk}/wording/"
    keeper_client.post(page, {"text": "For me", "sharing": "private"})
    open_one.refresh_from_db()
    assert open_one.sharing == "private"


def test_a_promise_stays_in_its_team(manager, stranger, late):
    with pytest.raises(PassingError, match="stays in its team"):
        hand_promise(late, to=stranger, by=manager, at=NOW)


@pytest.mark.parametrize("what", ["context", "help"])
def test_no_words_are_refused_and_htmx_gets_only_the_form(keeper_client, coach, late, what):
    client = keeper_client if what == "context" else coach
    answer = client.post(url(what, late), {"text": " "}, headers={"HX-Request": "true"})
    assert (answer.status_code, "<html" in answer.text) == (422, False)
    assert "Write a few words." in answer.text
