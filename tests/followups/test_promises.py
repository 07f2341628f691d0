"""Promises: the list, one with its history, and every way in which one can go."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from crm.policy import Role
from followups import ledger
from followups.models import Promise, PromiseEvent
from followups.models.promise import PromiseEnded
from tests.factories import NOW, client_of, make_contact, make_promise, make_user

TODAY = NOW.date()
HTMX = {"HX-Request": "true"}
INDEX = "/promises/"
NEW = "/promises/new/"
# Session, user; the promises and whose they are; how many there are; how they were kept.
QUERIES = 6


def url(name, promise):
    return reverse(f"followups:promise{'_' if name else ''}{name}", args=[promise.pk])


def titles(response):
    return [(g.title, [p.text for p in g.promises]) for g in response.context["page"].groups]


@pytest.fixture
def tom(keeper):
    return make_contact(keeper=keeper, name="Tom Beaumont", company="Northline Freight")


# --- The list --------------------------------------------------------------------------------


def test_promises_are_grouped_by_when_they_are_due(keeper_client, tom):
    for text, days in [("later", 9), ("late", -1), ("soon", 2), ("now", 0)]:
        make_promise(tom, text=text, due_on=TODAY + timedelta(days=days))
    make_promise(tom, text="some day")

    assert titles(keeper_client.get(INDEX)) == [
        ("Overdue", ["late"]),
        ("Today", ["now"]),
        ("This week", ["soon"]),
        ("Later", ["later"]),
        ("No date", ["some day"]),
    ]


def test_promises_of_theirs_and_ended_ones_have_their_own_lists(keeper, keeper_client, tom):
    make_promise(tom, text="mine")
    make_promise(tom, text="theirs", made_by="them")
    for text in ("first", "second"):
        make_promise(tom, text=text).keep(by=keeper, at=NOW)

    assert titles(keeper_client.get(f"{INDEX}?show=theirs")) == [("No date", ["theirs"])]
    ended = keeper_client.get(f"{INDEX}?show=ended")
    assert titles(ended) == [("", ["second", "first"])]
    assert b"kept <time" in ended.content
    assert keeper_client.get(INDEX).context["counts"] == {"mine": 1, "theirs": 1}


@pytest.mark.parametrize("show", ["mine", "theirs", "ended"])
def test_empty_list_teaches(keeper_client, show):
    assert b'class="empty"' in keeper_client.get(f"{INDEX}?show={show}").content


@pytest.mark.parametrize("ended", [False, True])
def test_long_list_goes_on_where_it_stopped(keeper, keeper_client, tom, monkeypatch, ended):
    monkeypatch.setattr(ledger, "PAGE", 2)
    days = [1, 1, 2, None, None]
    for number, ahead in enumerate(days):
        due_on = TODAY + timedelta(days=ahead) if ahead else None
        promise = make_promise(tom, text=f"promise {number}", due_on=due_on)
        if ended:
            promise.keep(by=keeper, at=NOW)
    show = "ended" if ended else "mine"
    seen, after = [], ""
    for _ in range(3):
        response = keeper_client.get(f"{INDEX}?show={show}&after={after}")
        seen += [text for _, texts in titles(response) for text in texts]
        after = response.context["page"].rest_link

    expected = [f"promise {number}" for number in range(5)]
    assert (seen, after) == (expected[::-1] if ended else expected, "")


def test_next_page_to_htmx_is_rows_and_says_no_heading_twice(keeper_client, tom, monkeypatch):
    monkeypatch.setattr(ledger, "PAGE", 1)
    first, _ = (make_promise(tom, text=text, due_on=TODAY) for text in ("one", "two"))

    page = keeper_client.get(f"{INDEX}?after={TODAY}_{first.pk}", headers=HTMX)

    assert titles(page) == [("", ["two"])]
    assert page.content.decode().lstrip().startswith('<ul class="folds">')


@pytest.mark.parametrize("after", ["x", "_", "2026-13-01_3", "2026-11-18_", "_" + "9" * 30])
def test_list_shrugs_at_a_place_that_is_none(keeper_client, tom, after):
    make_promise(tom, text="one")

    assert titles(keeper_client.get(f"{INDEX}?after={after}")) == [("No date", ["one"])]


def test_list_is_one_s_own(stranger_client, keeper, tom):
    make_promise(tom, sharing="team")
    teammate = client_of(make_user(team=keeper.member.team, role=Role.MANAGER))

    assert titles(stranger_client.get(INDEX)) == []
    assert titles(teammate.get(INDEX)) == []
    assert teammate.post(INDEX).status_code == 405


def test_list_to_htmx_is_the_list_alone(keeper_client):
    page = keeper_client.get(INDEX, headers=HTMX).content.decode()

    assert page.lstrip().startswith('<div id="promises">')


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_list_asks_the_database_as_often_for_one_as_for_many(
    keeper, keeper_client, rows, django_assert_num_queries
):
    for number in range(rows):
        contact = make_contact(keeper=keeper, name=f"P{number}", company=f"C{number}")
        make_promise(contact, due_on=TODAY)

    with django_assert_num_queries(QUERIES):
        keeper_client.get(INDEX)


# --- One -------------------------------------------------------------------------------------


def test_promise_tells_what_happened_to_it(keeper, keeper_client, tom):
    promise = make_promise(tom, text="Send the list", due_on=TODAY)
    promise.renegotiate(
        due_on=TODAY + timedelta(days=2), told=False, by=keeper, at=NOW, comment="Ill"
    )

    page = keeper_client.get(url("", promise)).content.decode()

    assert "Karin Keeper promised" in page
    assert "they were not told: Ill" in page
    assert "told <time" in page


@pytest.mark.parametrize(
    ("sharing", "role", "status"),
    [
        ("private", Role.MANAGER, 404),
        ("managers", Role.MANAGER, 200),
        ("managers", Role.SELLER, 404),
        ("team", Role.SELLER, 200),
    ],
)
def test_promise_is_seen_by_those_it_is_shared_with(
    keeper, stranger_client, tom, sharing, role, status
):
    promise = make_promise(tom, sharing=sharing)
    teammate = client_of(make_user(team=keeper.member.team, role=role))

    assert teammate.get(url("", promise)).status_code == status
    assert stranger_client.get(url("", promise)).status_code == 404


def test_earlier_wording_is_its_owner_s_alone(keeper, keeper_client, tom):
    promise = make_promise(tom, text="Keep quiet about the merger", sharing="private")
    keeper_client.post(url("wording", promise), {"text": "Call them", "sharing": "team"})
    teammate = client_of(make_user(team=keeper.member.team))

    assert b"merger" in keeper_client.get(url("", promise)).content
    assert b"merger" not in teammate.get(url("", promise)).content


@pytest.mark.parametrize("name", ["", "wording", "moving", "ending", "keeping", "reopening"])
def test_promise_of_somebody_else_cannot_be_changed(keeper, stranger_client, tom, name):
    promise = make_promise(tom, sharing="team")
    teammate = client_of(make_user(team=keeper.member.team, role=Role.OWNER))
    method = "get" if name == "" else "post"

    assert getattr(stranger_client, method)(url(name, promise)).status_code == 404
    if name:
        assert teammate.post(url(name, promise)).status_code == 404
        assert teammate.delete(url(name, promise)).status_code == 405
    assert Promise.objects.get().is_open


# --- Writing one down ------------------------------------------------------------------------


def new(contact, **more):
    plain = {"made_by": "me", "text": "Send the list", "sharing": "managers", "due_on": "Friday"}
    return {"contact": contact.pk} | plain | more


def test_promise_is_written_down_in_words(keeper, keeper_client, tom):
    response = keeper_client.post(NEW, new(tom, next=INDEX))

    promise = Promise.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, INDEX)
    assert (promise.text, promise.due_on, promise.owner) == (
        "Send the list",
        TODAY + timedelta(days=2),
        keeper,
    )


@pytest.mark.parametrize(
    ("day_first", "due_on"), [(True, (2027, 8, 3)), (False, (2027, 3, 8))], ids=["3 Aug", "8 Mar"]
)
def test_due_is_read_in_the_user_s_order(keeper, keeper_client, tom, day_first, due_on):
    keeper.day_first = day_first
    keeper.save()

    keeper_client.post(NEW, new(tom, due_on="3/8/2027"))

    assert Promise.objects.get().due_on.timetuple()[:3] == due_on


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"contact": ""}, "Whom is this about?"),
        ({"text": " "}, "What was promised?"),
        ({"text": "x" * 501}, "This is 501 characters long; 500 fit."),
        ({"due_on": "31 February"}, "February"),
        ({"due_on": "last week"}, "errors"),
        ({"made_by": "nobody"}, "errors"),
        ({"sharing": "the world"}, "errors"),
    ],
)
def test_refused_promise_keeps_what_was_typed(keeper_client, tom, more, complaint):
    response = keeper_client.post(NEW, new(tom, comment="x") | more, headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 422
    assert complaint in page
    assert page.lstrip().startswith("<form")
    assert more.get("due_on", "Friday") in page
    assert Promise.objects.count() == 0


def test_form_that_was_gone_back_to_makes_another_for_other_words(keeper_client, tom):
    key = uuid4()
    for text in ("Send the quote", "Call back"):
        keeper_client.post(NEW, new(tom, key=key, text=text))

    assert sorted(Promise.objects.values_list("text", flat=True)) == ["Call back", "Send the quote"]


def test_promise_sent_twice_is_made_once(keeper_client, tom):
    key = uuid4()
    for _ in range(2):
        keeper_client.post(NEW, new(tom, key=key))
    keeper_client.post(NEW, new(tom, key=uuid4()))

    assert Promise.objects.count() == 2


# --- How it goes on --------------------------------------------------------------------------


def test_kept_can_be_undone_and_leads_back(keeper_client, tom):
    promise = make_promise(tom, due_on=TODAY)

    response = keeper_client.post(url("keeping", promise), {"next": INDEX})

    assert response.headers["Location"] == INDEX
    [message] = keeper_client.get(INDEX).context["messages"]
    assert str(message) == "Kept: Send the brochure"
    undone = keeper_client.post(message.extra_tags)
    assert undone.headers["Location"] == INDEX
    assert Promise.objects.get().is_open


def test_kept_after_its_day_is_kept_late(keeper_client, tom):
    promise = make_promise(tom, due_on=TODAY - timedelta(days=1))

    keeper_client.post(url("keeping", promise))

    assert Promise.objects.get().state == "kept_late"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("keeping", {}),
        ("moving", {"due_on": "Friday", "told": "yes"}),
        ("ending", {"how": "broken"}),
    ],
)
def test_what_has_ended_in_another_tab_is_left_as_it_is(keeper, keeper_client, tom, name, data):
    promise = make_promise(tom)
    promise.release(by=keeper, at=NOW)

    response = keeper_client.post(url(name, promise), data)

    assert response.status_code == 303
    assert Promise.objects.get().state == "released"
    [message] = keeper_client.get(INDEX).context["messages"]
    assert str(message) == "This has ended already: Send the brochure"


@pytest.mark.parametrize(("told", "expects"), [("yes", 7), ("no", 0)])
def test_moving_asks_whether_they_were_told(keeper_client, tom, told, expects):
    promise = make_promise(tom, due_on=TODAY)

    keeper_client.post(url("moving", promise), {"due_on": "in a week", "told": told})

    promise.refresh_from_db()
    assert promise.due_on == TODAY + timedelta(days=7)
    assert promise.told_due_on == TODAY + timedelta(days=expects)


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("moving", {"due_on": "Friday"}, "Do they know of the new date?"),
        ("moving", {"told": "yes"}, "Which day?"),
        ("moving", {"told": "yes", "due_on": "31/2"}, "errors"),
        ("ending", {"comment": "He changed his mind"}, "Which of the two is it?"),
        ("wording", {"text": "", "sharing": "team"}, "What was promised?"),
    ],
)
def test_refused_change_is_said_next_to_where_it_was_typed(
    keeper_client, tom, name, data, complaint
):
    promise = make_promise(tom, text="Send it")

    response = keeper_client.post(url(name, promise), data, headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 422
    assert complaint in page
    assert all(value in page for value in data.values())
    assert list(PromiseEvent.objects.values_list("kind", flat=True)) == ["made"]


@pytest.mark.parametrize(("how", "state"), [("released", "released"), ("broken", "broken")])
def test_ending_says_how_and_why(keeper_client, tom, how, state):
    promise = make_promise(tom)

    keeper_client.post(url("ending", promise), {"how": how, "comment": "She moved"})

    assert Promise.objects.get().state == state
    event = PromiseEvent.objects.last()
    assert (event.kind, event.comment) == (state, "She moved")


def test_wording_is_mended_with_its_history(keeper, keeper_client, tom):
    promise = make_promise(tom, text="Send teh list")

    keeper_client.post(url("wording", promise), {"text": "Send the list", "sharing": "private"})

    promise.refresh_from_db()
    assert (promise.text, promise.sharing) == ("Send the list", "private")
    event = PromiseEvent.objects.last()
    assert (event.kind, event.comment, event.by) == ("reworded", "Send teh list", keeper)


def test_wording_that_stays_is_no_event(keeper_client, tom):
    promise = make_promise(tom, text="Send it")

    keeper_client.post(url("wording", promise), {"text": "Send it", "sharing": "team"})

    assert Promise.objects.get().sharing == "team"
    assert PromiseEvent.objects.count() == 1


def test_person_s_page_holds_open_and_ended_ones(keeper, keeper_client, tom):
    make_promise(tom, text="Open one", due_on=TODAY)
    make_promise(tom, text="Kept one", made_by="them").keep(by=keeper, at=NOW)

    page = keeper_client.get(tom.get_absolute_url()).content.decode()

    assert "you promised Tom" in page
    assert "1 promise that has ended" in page
    assert "Kept one" in page
    assert f'name="next" value="{tom.get_absolute_url()}"' in page


# --- Two tabs --------------------------------------------------------------------------------


def test_promise_that_another_tab_has_ended_is_not_moved(keeper, tom):
    promise = make_promise(tom, due_on=TODAY)
    Promise.objects.get().keep(by=keeper, at=NOW)

    with pytest.raises(PromiseEnded):
        promise.renegotiate(due_on=TODAY + timedelta(days=9), told=True, by=keeper, at=NOW)

    kept = Promise.objects.get()
    assert (kept.state, kept.due_on, kept.wake_on) == ("kept", TODAY, None)
    assert [event.kind for event in kept.events.all()] == ["made", "kept"]


def test_promise_that_another_tab_has_reopened_is_not_reopened_again(keeper, tom):
    promise = make_promise(tom, due_on=TODAY)
    promise.keep(by=keeper, at=NOW)
    Promise.objects.get().reopen(by=keeper, at=NOW)

    promise.reopen(by=keeper, at=NOW)

    assert [event.kind for event in promise.events.all()] == ["made", "kept", "reopened"]
