"""Issues: opening one, every way in which one can go, and who sees it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from contacts.models import Contact
from contacts.models.base import Conflict
from crm.models import User
from followups import issues, mending, wording
from followups.models import Issue, IssueEvent, Promise
from followups.models.issue import IssueSettled
from tests.factories import (
    NOW,
    client_of,
    make_company,
    make_contact,
    make_issue,
    make_promise,
    make_user,
)

TODAY = NOW.date()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def colleague(keeper: User) -> User:
    return make_user(name="Cora Colleague", email="cora@example.com", team=keeper.member.team)


@pytest.fixture
def tom(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Tom Beaumont", company="Quay")


@pytest.fixture
def issue(tom: Contact) -> Issue:
    return make_issue(tom, text="Forty pallets came in wet.", at=NOW - 3 * HOUR)


def kinds(issue: Issue) -> list[str]:
    return list(issue.events.values_list("kind", flat=True))


# --- The verbs -------------------------------------------------------------------------------


def test_issue_is_about_exactly_one(keeper, tom) -> None:
    for about in ({"contact": tom, "company": tom.company}, {}):
        with pytest.raises((IntegrityError, AssertionError)), transaction.atomic():
            Issue.open(by=keeper, at=NOW, text="Wet.", severity="grave", **about)
    assert Issue.objects.count() == 0


def test_issue_says_something_and_how_bad(keeper, tom) -> None:
    for wrong in ({"text": "", "severity": "grave"}, {"text": "Wet.", "severity": "awful"}):
        with pytest.raises(ValidationError):
            Issue.open(by=keeper, at=NOW, contact=tom, **wrong)


def test_first_answer_counts_and_no_later_one(keeper, issue) -> None:
    issue.answer(by=keeper, at=NOW)
    assert issue.answer(by=keeper, at=NOW + DAY) is None

    issue.refresh_from_db()
    assert issue.time_to_answer == 3 * HOUR
    assert kinds(issue) == ["opened", "answered"]


def test_handing_it_on_says_to_whom_and_the_same_again_is_nothing(keeper, colleague, issue) -> None:
    issue.assign(colleague, by=keeper, at=NOW)
    assert issue.assign(colleague, by=keeper, at=NOW) is None
    issue.assign(None, by=colleague, at=NOW)

    rows = issue.events.filter(kind="assigned").values_list("comment", "formerly__name")
    assert list(rows) == [("Cora Colleague", None), ("", "Cora Colleague")]


def test_rewording_keeps_what_stood_there(keeper, issue) -> None:
    issue.reword(text="Fifty.", severity="grave", seen=1, by=keeper, at=NOW)

    rows = issue.events.values_list("kind", "comment")
    assert list(rows) == [
        ("opened", ""),
        ("reworded", "Forty pallets came in wet."),
        ("severity", "Serious"),
    ]


def test_rewording_what_somebody_has_changed_meanwhile_changes_nothing(keeper, issue) -> None:
    other = Issue.objects.get(pk=issue.pk)
    issue.reword(text="Fifty.", severity="serious", seen=1, by=keeper, at=NOW)

    with pytest.raises(Conflict):
        other.reword(text="Sixty.", severity="serious", seen=1, by=keeper, at=NOW)

    assert Issue.objects.get().text == "Fifty."


def test_settling_keeps_how_they_feel_and_how_long_it_took(keeper, colleague, issue) -> None:
    issue.settle(by=colleague, at=NOW + 2 * DAY, feeling="neutral", comment="New pallets.")

    issue.refresh_from_db()
    assert (issue.is_open, issue.settled_by, issue.feeling) == (False, colleague, "neutral")
    assert issue.time_to_settle == 2 * DAY + 3 * HOUR
    assert issue.events.last().comment == "New pallets."


def test_settled_it_is_neither_settled_again_nor_handed_on(keeper, colleague, issue) -> None:
    other = Issue.objects.get(pk=issue.pk)
    issue.settle(by=keeper, at=NOW, feeling="good")

    with pytest.raises(IssueSettled):
        other.settle(by=colleague, at=NOW, feeling="bad")
    with pytest.raises(IssueSettled):
        issue.assign(colleague, by=keeper, at=NOW)
    assert issue.answer(by=keeper, at=NOW) is None
    assert Issue.objects.get().feeling == "good"


def test_reopened_it_is_as_if_never_settled(keeper, issue) -> None:
    issue.settle(by=keeper, at=NOW, feeling="good")
    issue.reopen(by=keeper, at=NOW + DAY)
    issue.reopen(by=keeper, at=NOW + DAY)

    issue.refresh_from_db()
    assert (issue.settled_at, issue.settled_by, issue.feeling) == (None, None, "")
    assert kinds(issue) == ["opened", "settled", "reopened"]


def test_last_thing_can_be_taken_back_by_who_did_it(keeper, colleague, issue) -> None:
    answered = issue.answer(by=keeper, at=NOW)
    assigned = issue.assign(colleague, by=keeper, at=NOW)

    assert issue.take_back(answered, by=keeper) is False  # something has happened since
    assert issue.take_back(assigned, by=colleague) is False  # somebody else did it
    assert issue.take_back(assigned, by=keeper) is True
    assert issue.take_back(answered, by=keeper) is True

    issue.refresh_from_db()
    assert (issue.assignee, issue.first_answered_at, kinds(issue)) == (None, None, ["opened"])


def test_rewording_is_taken_back_with_how_bad_it_was(keeper, colleague, issue) -> None:
    """Both were changed by one press: one press takes both back, and no more than that."""
    issue.reword(text="Fifty pallets.", severity="serious", seen=1, by=keeper, at=NOW)
    changed = issue.reword(text="Fifty.", severity="grave", seen=2, by=keeper, at=NOW + HOUR)

    assert issue.take_back(changed, by=colleague) is False
    assert issue.take_back(changed, by=keeper) is True

    stored = Issue.objects.get()
    assert (stored.text, stored.severity, stored.version) == ("Fifty pallets.", "serious", 5)
    assert list(Issue.objects.search("fifty pallets")) == [issue]
    assert kinds(issue) == ["opened", "reworded"]
    assert issue.take_back(issue.events.last(), by=keeper) is True
    assert Issue.objects.get().text == "Forty pallets came in wet."


def test_weighing_alone_is_taken_back_alone(keeper, issue) -> None:
    issue.reword(text="Fifty.", severity="serious", seen=1, by=keeper, at=NOW)
    weighed = issue.reword(text="Fifty.", severity="annoyance", seen=2, by=keeper, at=NOW + HOUR)

    assert issue.take_back(weighed, by=keeper) is True

    stored = Issue.objects.get()
    assert (stored.text, stored.severity) == ("Fifty.", "serious")
    assert kinds(issue) == ["opened", "reworded"]


def test_rewording_to_the_same_is_no_event(keeper, issue) -> None:
    again = issue.reword(text=issue.text, severity="serious", seen=1, by=keeper, at=NOW)

    assert (again, kinds(issue)) == (None, ["opened"])


def test_opening_can_be_taken_back_unless_something_was_promised(keeper, tom, issue) -> None:
    promise = make_promise(tom, issue=issue)
    opening = issue.events.get()
    assert issue.take_back(opening, by=keeper) is False

    Promise.objects.filter(pk=promise.pk).update(issue=None)
    assert issue.take_back(opening, by=keeper) is True
    assert Issue.objects.count() == 0


def test_gist_is_one_line_and_not_too_long(tom) -> None:
    assert make_issue(tom, text="Wet.\n\nAll of it.").gist == "Wet. All of it"
    long = make_issue(tom, text="word " * 100).gist
    assert long.endswith("word …")
    assert len(long) <= 142


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=40), "at once"),
        (timedelta(minutes=40), "40 minutes"),
        (timedelta(minutes=61), "one hour"),
        (3 * HOUR, "three hours"),
        (26 * HOUR, "26 hours"),
        (6 * DAY, "six days"),
        (40 * DAY, "six weeks"),
    ],
)
def test_stretch_of_time_is_said_as_people_say_it(time, words) -> None:
    assert wording.stretch(time) == words


# --- Making it right -------------------------------------------------------------------------


def plan(*names: str) -> list[mending.Planned]:
    return [
        mending.Planned(step, step.text, TODAY + DAY)
        for step in mending.STEPS
        if step.name in names
    ]


def test_each_step_becomes_a_promise_of_who_is_on_it(keeper, colleague, tom, issue) -> None:
    mending.promise_steps(issue, plan("apology", "card"), to=tom, by=colleague, at=NOW)

    rows = issue.promises.values_list("owner__name", "contact__name", "text", "sharing")
    assert list(rows) == [
        ("Cora Colleague", "Tom Beaumont", "Apologise in person", "team"),
        ("Cora Colleague", "Tom Beaumont", "Write a note by hand", "team"),
    ]
    issue.refresh_from_db()
    assert issue.assignee == colleague
    assert [step.name for step in mending.steps_left(issue)] == ["remedy", "check-in"]


def test_steps_that_are_sent_twice_are_promised_once(keeper, tom, issue) -> None:
    for _ in range(2):
        mending.promise_steps(issue, plan("apology"), to=tom, by=keeper, at=NOW)

    assert Promise.objects.count() == 1
    assert kinds(issue) == ["opened", "assigned"]


def test_people_of_a_company_come_with_ones_own_first(keeper, colleague) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    make_contact(keeper=colleague, name="Ann", company="Quay")
    make_contact(keeper=keeper, name="Zoe", company="Quay")
    issue = make_issue(company=quay, by=keeper)

    assert [contact.name for contact in mending.people_of(issue, keeper)] == ["Zoe", "Ann"]


# --- The list --------------------------------------------------------------------------------


def test_open_ones_come_gravest_and_oldest_first(keeper, tom) -> None:
    for text, severity, days in (("c", "serious", 1), ("a", "grave", 1), ("b", "serious", 5)):
        make_issue(tom, text=text, severity=severity, at=NOW - days * DAY)
    make_issue(tom, text="settled").settle(by=keeper, at=NOW)

    page = issues.open_page(issues.seen_by(keeper), "")

    assert ([each.text for each in page.issues], page.rest) == (["a", "b", "c"], "")


@pytest.mark.parametrize("show", ["open", "settled"])
def test_pages_follow_each_other_without_gap_or_double(keeper, tom, show, monkeypatch) -> None:
    monkeypatch.setattr(issues, "PAGE", 2)
    for number in range(5):
        severity = ["grave", "annoyance"][number % 2]
        each = make_issue(tom, text=str(number), severity=severity, at=NOW - number * DAY)
        if show == "settled":
            each.settle(by=keeper, at=NOW + (number // 2) * DAY)
    page_of = {"open": issues.open_page, "settled": issues.settled_page}[show]
    seen, after = [], ""
    for _ in range(3):
        page = page_of(issues.seen_by(keeper), after.replace("%3A", ":").replace("%2B", "+"))
        seen += [each.text for each in page.issues]
        after = page.rest

    assert after == ""
    assert seen == {"open": ["4", "2", "0", "3", "1"], "settled": ["4", "3", "2", "1", "0"]}[show]


@pytest.mark.parametrize("show", ["open", "mine", "settled"])
@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_and_for_many(
    keeper, keeper_client, show, rows, django_assert_num_queries
) -> None:
    for number in range(rows):
        contact = make_contact(keeper=keeper, name=f"Tom {number}", company=f"Quay {number}")
        issue = make_issue(contact, assignee=keeper)
        if show == "settled":
            issue.settle(by=keeper, at=NOW)

    with django_assert_num_queries(5):
        assert keeper_client.get("/issues/", {"show": show}).status_code == 200


def test_list_shows_what_was_asked_for(keeper, keeper_client, tom, colleague) -> None:
    make_issue(tom, text="Mine", assignee=keeper)
    make_issue(tom, text="Theirs", assignee=colleague)
    make_issue(tom, text="Over").settle(by=keeper, at=NOW, feeling="good")

    def shown(show: str) -> set[str]:
        page = keeper_client.get("/issues/", {"show": show}).content.decode()
        return {word for word in ("Mine", "Theirs", "Over") if f">{word}<" in page}

    assert [shown(show) for show in ("open", "mine", "settled", "nonsense")] == [
        {"Mine", "Theirs"},
        {"Mine"},
        {"Over"},
        {"Mine", "Theirs"},
    ]


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("open", "Nothing is wrong"),
        ("mine", "You are on nothing"),
        ("settled", "Nothing has been settled yet"),
    ],
)
def test_empty_list_says_what_belongs_there(keeper_client, show, words) -> None:
    assert words in keeper_client.get("/issues/", {"show": show}).content.decode()


def test_list_answers_htmx_with_rows_alone(keeper_client, issue) -> None:
    page = keeper_client.get("/issues/", {"after": "x"}, headers=HTMX).content.decode()
    assert page.strip().startswith('<ul class="folds">')


# --- Opening one -----------------------------------------------------------------------------


def form(**more: object) -> dict[str, object]:
    return {"text": "Forty pallets wet.", "severity": "grave", "assignee": ""} | more


def test_opening_one_from_the_person_leads_back_there(keeper, keeper_client, tom) -> None:
    url = f"/issues/new/?contact={tom.pk}&next=/contacts/{tom.pk}/"
    assert keeper_client.get(url).status_code == 200

    response = keeper_client.post(url, form(assignee=keeper.pk))

    assert (response.status_code, response["Location"]) == (303, f"/contacts/{tom.pk}/")
    issue = Issue.objects.get()
    assert (issue.contact, issue.company, issue.assignee) == (tom, None, keeper)
    assert (issue.text, issue.severity, issue.opened_by) == ("Forty pallets wet.", "grave", keeper)
    assert response.cookies["draft_saved"].value == f"issue:contact:{tom.pk}"
    page = keeper_client.get(response["Location"]).content.decode()
    assert "Make it right first." in page
    assert "Forty pallets wet" in page


def test_it_may_concern_all_of_their_company(keeper_client, tom) -> None:
    keeper_client.post(f"/issues/new/?contact={tom.pk}", form(about="company"))

    issue = Issue.objects.get()
    assert (issue.contact, issue.company) == (None, tom.company)


def test_colleague_opens_one_on_the_card_of_another_s_contact(colleague, tom) -> None:
    client = client_of(colleague)
    assert "Something went wrong" in client.get(f"/contacts/{tom.pk}/").content.decode()

    client.post(f"/issues/new/?contact={tom.pk}", form(about="contact"))

    assert Issue.objects.get().opened_by == colleague
    assert "Make it right first." in client.get(f"/contacts/{tom.pk}/").content.decode()


def test_opening_one_from_the_company_s_page(keeper_client, tom) -> None:
    url = f"/companies/{tom.company_id}/"
    keeper_client.post(f"/issues/new/?company={tom.company_id}&next={url}", form())

    assert Issue.objects.get().company == tom.company
    for page in (url, f"/contacts/{tom.pk}/", f"/contacts/{tom.pk}/brief/"):
        assert "Make it right first." in keeper_client.get(page).content.decode()


def test_opening_one_from_the_list_asks_whom_it_happened_to(keeper_client, tom) -> None:
    assert keeper_client.post("/issues/new/", form()).status_code == 422
    both = form(contact=tom.pk, company="Quay")
    assert keeper_client.post("/issues/new/", both).status_code == 422
    assert keeper_client.post("/issues/new/", form(company="Pier")).status_code == 422

    keeper_client.post("/issues/new/", form(contact=tom.pk))
    keeper_client.post("/issues/new/", form(company="quay"))

    found = Issue.objects.order_by("pk").values_list("contact__name", "company__name")
    assert list(found) == [("Tom Beaumont", None), (None, "Quay")]


def test_form_that_is_sent_twice_opens_one(keeper_client, tom) -> None:
    key = str(uuid4())
    for _ in range(2):
        keeper_client.post(f"/issues/new/?contact={tom.pk}", form(about="contact", key=key))

    assert Issue.objects.count() == 1


def test_form_that_was_gone_back_to_opens_another_for_other_words(keeper_client, tom) -> None:
    key = str(uuid4())
    for text in ("Wet.", "Late."):
        data = {"text": text, "severity": "serious", "assignee": "", "key": key}
        keeper_client.post(f"/issues/new/?contact={tom.pk}", data)

    assert sorted(Issue.objects.values_list("text", flat=True)) == ["Late.", "Wet."]


def test_refused_form_keeps_what_was_typed(keeper_client, tom) -> None:
    url = f"/issues/new/?contact={tom.pk}"
    response = keeper_client.post(url, form(severity="awful"), headers=HTMX)

    assert response.status_code == 422
    page = response.content.decode()
    assert page.strip().startswith("<form")
    assert "Forty pallets wet." in page
    assert Issue.objects.count() == 0


def test_htmx_gets_the_form_alone_and_is_sent_on(keeper_client, tom) -> None:
    url = f"/issues/new/?contact={tom.pk}&next=/"
    assert keeper_client.get(url, headers=HTMX).content.decode().strip().startswith("<form")

    response = keeper_client.post(url, form(about="contact"), headers=HTMX)

    assert response["HX-Redirect"] == "/"


def test_nobody_of_another_team_can_be_on_it(keeper_client, tom, stranger) -> None:
    url = f"/issues/new/?contact={tom.pk}"
    response = keeper_client.post(url, form(about="contact", assignee=stranger.pk))

    assert response.status_code == 422


def test_opening_is_undone_by_its_toast(keeper_client, tom) -> None:
    keeper_client.post(f"/issues/new/?contact={tom.pk}", form(about="contact"))
    event = IssueEvent.objects.get()

    response = keeper_client.post(f"/issues/events/{event.pk}/undoing/?next=/contacts/{tom.pk}/")

    assert (response.status_code, response["Location"]) == (303, f"/contacts/{tom.pk}/")
    assert Issue.objects.count() == 0


# --- One of them -----------------------------------------------------------------------------


def test_page_shows_all_of_it_to_the_whole_team(colleague, issue) -> None:
    page = client_of(colleague).get(f"/issues/{issue.pk}/").content.decode()

    assert "Forty pallets came in wet" in page
    assert "nobody has spoken with them yet" in page


@pytest.mark.parametrize("promises", [1, 3])
def test_page_costs_the_same_for_one_and_for_many(
    keeper, keeper_client, tom, issue, promises, django_assert_num_queries
) -> None:
    for number in range(promises):
        make_promise(tom, text=f"Promise {number}", issue=issue)

    with django_assert_num_queries(7):
        keeper_client.get(f"/issues/{issue.pk}/")


def test_spoken_with_them_is_written_down_and_undone(keeper_client, issue) -> None:
    response = keeper_client.post(f"/issues/{issue.pk}/answer/")
    assert (response.status_code, response["Location"]) == (303, f"/issues/{issue.pk}/")
    assert "after three hours" in keeper_client.get(f"/issues/{issue.pk}/").content.decode()

    keeper_client.post(f"/issues/events/{issue.events.last().pk}/undoing/")
    issue.refresh_from_db()
    assert issue.first_answered_at is None


def test_handing_it_on(keeper_client, colleague, issue) -> None:
    keeper_client.post(f"/issues/{issue.pk}/assignee/", {"assignee": colleague.pk})

    issue.refresh_from_db()
    assert issue.assignee == colleague
    assert "Cora Colleague is on it" in keeper_client.get("/issues/").content.decode()


def test_handing_it_to_somebody_of_another_team_changes_nothing(
    keeper_client, stranger, issue
) -> None:
    response = keeper_client.post(f"/issues/{issue.pk}/assignee/", {"assignee": stranger.pk})

    issue.refresh_from_db()
    assert (response.status_code, issue.assignee) == (303, None)


def test_changing_the_words(keeper_client, issue) -> None:
    url = f"/issues/{issue.pk}/change/"
    assert keeper_client.get(url).status_code == 200
    data = {"text": "Fifty pallets.", "severity": "grave", "version": 1}

    assert keeper_client.post(url, data | {"text": ""}).status_code == 422
    assert keeper_client.post(url, data).status_code == 303

    issue.refresh_from_db()
    assert (issue.text, issue.severity) == ("Fifty pallets.", "grave")
    conflict = keeper_client.post(url, data | {"text": "Sixty pallets."})
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Fifty pallets." in page
    assert "Sixty pallets." in page
    assert keeper_client.post(url, data | {"text": "Sixty.", "version": 2}).status_code == 303


def test_who_changed_it_meanwhile_and_when_is_said(keeper, keeper_client, colleague, issue) -> None:
    issue.reword(text="Fifty.", severity="grave", seen=1, by=colleague, at=NOW - 3 * HOUR)
    data = {"text": "Sixty.", "severity": "grave", "version": 1}

    theirs = keeper_client.post(f"/issues/{issue.pk}/change/", data).text
    own = client_of(colleague).post(f"/issues/{issue.pk}/change/", data).text

    assert f"Changed by {colleague} <time" in theirs
    assert "3 hours ago</time>." in theirs
    assert "Changed in another window <time" in own


def test_rewording_is_undone_by_its_toast(keeper_client, issue) -> None:
    data = {"text": "Fifty pallets.", "severity": "grave", "version": 1}
    keeper_client.post(f"/issues/{issue.pk}/change/", data)
    [said] = keeper_client.get(f"/issues/{issue.pk}/").context["messages"]
    before = keeper_client.get(f"/issues/{issue.pk}/").text
    assert "before: “Forty pallets came in wet.”" in before

    page = keeper_client.post(said.extra_tags, follow=True).text

    assert ("Taken back." in page, "Fifty pallets" in page) == (True, False)
    issue.refresh_from_db()
    assert (issue.text, issue.severity) == ("Forty pallets came in wet.", "serious")


def steps(*ticked: str, **more: object) -> dict[str, object]:
    data: dict[str, object] = {}
    for step in mending.STEPS:
        data |= {f"{step.name}-text": step.text, f"{step.name}-due_on": step.due}
    return data | {f"{name}-ticked": "on" for name in ticked} | more


def test_ticked_steps_become_promises_with_dates(keeper, keeper_client, issue) -> None:
    url = f"/issues/{issue.pk}/mending/"
    assert keeper_client.get(url).status_code == 200
    words = {"remedy-text": "Bring dry pallets", "remedy-due_on": "Friday"}

    response = keeper_client.post(url, steps("apology", "remedy", "check-in", **words))

    assert response.status_code == 303
    rows = issue.promises.order_by("due_on").values_list("text", "due_on")
    assert list(rows) == [
        ("Apologise in person", TODAY + DAY),
        ("Bring dry pallets", TODAY + 2 * DAY),
        ("Ask how things are now", TODAY + 14 * DAY),
    ]
    page = keeper_client.get(url).content.decode()
    assert "card-text" in page
    assert "apology-text" not in page


@pytest.mark.parametrize(
    "wrong",
    [{}, {"card-text": "", "card-ticked": "on"}, {"card-due_on": "yesterday", "card-ticked": "on"}],
)
def test_refused_steps_keep_what_was_typed(keeper_client, issue, wrong) -> None:
    words = {"remedy-text": "Bring dry pallets"}
    data = steps(**words) | wrong
    response = keeper_client.post(f"/issues/{issue.pk}/mending/", data, headers=HTMX)

    assert response.status_code == 422
    assert "Bring dry pallets" in response.content.decode()
    assert Promise.objects.count() == 0


def test_step_of_a_company_s_issue_is_promised_to_who_is_chosen(keeper, keeper_client, tom) -> None:
    zoe = make_contact(keeper=keeper, name="Zoe", company="Quay")
    issue = make_issue(company=tom.company, by=keeper)
    url = f"/issues/{issue.pk}/mending/"

    assert keeper_client.post(url, steps("apology", to=9999)).status_code == 422
    keeper_client.post(url, steps("apology", to=zoe.pk))

    assert issue.promises.get().contact == zoe


def test_settling_asks_how_they_feel_and_offers_the_check_in(keeper_client, issue) -> None:
    url = f"/issues/{issue.pk}/settling/"
    assert "Check in" in keeper_client.get(url).content.decode()
    refused = keeper_client.post(url, {"comment": "New pallets."})
    assert refused.status_code == 422
    assert "New pallets." in refused.content.decode()

    keeper_client.post(url, steps("check-in", feeling="good", comment="New pallets."))

    issue.refresh_from_db()
    assert (issue.is_open, issue.feeling) == (False, "good")
    assert issue.promises.get().due_on == TODAY + 14 * DAY
    page = keeper_client.get(f"/issues/{issue.pk}/").content.decode()
    assert "after three hours" in page
    assert "New pallets." in page


def test_settled_without_a_promise_it_says_so(keeper, keeper_client, issue) -> None:
    url = f"/issues/{issue.pk}/"
    assert "Nothing has been promised yet." in keeper_client.get(url).text
    issue.settle(by=keeper, at=NOW, feeling="good")
    page = keeper_client.get(url).text
    assert ("Nothing has been promised yet." in page, "without a promise" in page) == (False, True)


def test_settling_offers_no_check_in_that_was_promised(keeper, keeper_client, tom, issue) -> None:
    mending.promise_steps(issue, plan("check-in"), to=tom, by=keeper, at=NOW)

    assert "Check in" not in keeper_client.get(f"/issues/{issue.pk}/settling/").content.decode()


def test_settled_by_somebody_else_meanwhile(keeper, keeper_client, issue) -> None:
    issue.settle(by=keeper, at=NOW, feeling="bad")

    for act, data in (("settling", {"feeling": "good"}), ("mending", steps("apology"))):
        response = keeper_client.post(f"/issues/{issue.pk}/{act}/", data)
        assert (response.status_code, response["Location"]) == (303, f"/issues/{issue.pk}/")
    assert Issue.objects.get().feeling == "bad"
    assert Promise.objects.count() == 0


def test_opening_it_again(keeper, keeper_client, issue) -> None:
    issue.settle(by=keeper, at=NOW, feeling="bad")
    keeper_client.post(f"/issues/{issue.pk}/reopening/")

    issue.refresh_from_db()
    assert issue.is_open


PAGES = ["", "change/", "mending/", "settling/"]
ACTS = ["answer/", "assignee/", "reopening/"]


@pytest.mark.parametrize("where", [*PAGES, *ACTS])
def test_stranger_gets_404(stranger_client: Client, issue, where) -> None:
    send = stranger_client.post if where in ACTS else stranger_client.get
    assert send(f"/issues/{issue.pk}/{where}").status_code == 404
    event = issue.events.get()
    assert stranger_client.post(f"/issues/events/{event.pk}/undoing/").status_code == 404


def test_wrong_method_is_refused(keeper_client: Client, issue) -> None:
    event = issue.events.get()
    for act in ACTS:
        assert keeper_client.get(f"/issues/{issue.pk}/{act}").status_code == 405
    assert keeper_client.get(f"/issues/events/{event.pk}/undoing/").status_code == 405
    for page in ("/issues/", f"/issues/{issue.pk}/"):
        assert keeper_client.post(page).status_code == 405
    for page in ("/issues/new/", *(f"/issues/{issue.pk}/{page}" for page in PAGES[1:])):
        assert keeper_client.put(page).status_code == 405


def test_issue_of_who_is_in_the_trash_is_not_there(keeper_client, tom, issue) -> None:
    tom.trash(at=NOW)
    assert keeper_client.get(f"/issues/{issue.pk}/").status_code == 404
    assert "pallets" not in keeper_client.get("/issues/").content.decode()


def test_today_says_what_one_is_on(keeper, colleague, issue) -> None:
    issue.assign(colleague, by=keeper, at=NOW)
    page = client_of(colleague).get("/").content.decode()

    assert "You make it right" in page
    assert "Forty pallets came in wet" in page


def test_today_s_card_leads_to_making_it_right(keeper_client, tom, issue) -> None:
    make_promise(tom, text="Send the quote", due_on=TODAY)
    page = keeper_client.get("/").content.decode()

    assert f'href="/issues/{issue.pk}/"' in page
    assert "Send the quote" in page or "send the quote" in page


def test_promise_says_what_it_is_to_make_right(keeper_client, tom, issue) -> None:
    promise = make_promise(tom, issue=issue)
    page = keeper_client.get(promise.get_absolute_url()).content.decode()
    assert f'href="/issues/{issue.pk}/"' in page
