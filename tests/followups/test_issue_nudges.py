"""Whom an open issue reminds, when it comes back, and what stands back meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contacts.trash import remove
from crm.models import Member, User
from followups import answering, care, digest, fired, queue, ranking, scheduling
from followups.models import Issue, Nudge
from tests.factories import (
    NOW,
    make_company,
    make_contact,
    make_issue,
    make_life_event,
    make_note,
    make_promise,
    make_user,
)

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def colleague(keeper: User) -> User:
    return make_user(name="Cora Colleague", email="cora@example.com", team=keeper.member.team)


def queue_of(user: User, on: date = TODAY) -> queue.Queue:
    return queue.build(user, today=on, now=NOW + (on - TODAY))


def names(user: User, on: date = TODAY) -> list[str]:
    return [entry.contact.name for entry in queue_of(user, on).entries]


def said(user: User, on: date = TODAY) -> list[str]:
    return [reason.sentence for entry in queue_of(user, on).entries for reason in entry.reasons]


def nudges(issue: Issue) -> list[tuple[str, str, date, str]]:
    rows = issue.nudges.order_by("occurrence_on", "pk")
    return [(n.keeper.name, n.contact.name, n.occurrence_on, n.state) for n in rows]


# --- Making them -----------------------------------------------------------------------------


def test_issue_of_a_contact_nudges_its_keeper_whoever_opened_it(keeper, colleague) -> None:
    tom = make_contact(keeper=keeper, name="Tom Beaumont")
    issue = make_issue(tom, by=colleague)

    scheduling.sweep_keeper(colleague, today=TODAY, now=NOW)

    assert nudges(issue) == [("Karin Keeper", "Tom Beaumont", TODAY, "open")]
    assert names(keeper) == ["Tom Beaumont"]
    assert names(colleague) == []


def test_sweeping_twice_makes_nothing_twice(keeper) -> None:
    issue = make_issue(make_contact(keeper=keeper))

    first = scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    Issue.objects.update(wake_on=TODAY)
    second = scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    assert (first, second, issue.nudges.count()) == (1, 0, 1)


def test_issue_that_waited_while_nothing_ran_is_told_once_and_late(keeper) -> None:
    issue = make_issue(make_contact(keeper=keeper), at=NOW - 9 * DAY)

    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    [nudge] = issue.nudges.all()
    assert (nudge.occurrence_on, nudge.late) == (TODAY - 9 * DAY, True)


def test_issue_of_a_company_nudges_each_keeper_for_the_one_closest_to_them(
    keeper, colleague
) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    make_contact(keeper=keeper, name="Wide", company="Quay", circle="wide")
    long_ago = make_contact(keeper=keeper, name="Inner, long ago", company="Quay", circle="inner")
    make_note(long_ago, at=NOW - 90 * DAY)
    lately = make_contact(keeper=keeper, name="Inner, lately", company="Quay", circle="inner")
    make_note(lately, at=NOW - DAY)
    make_contact(keeper=colleague, name="Theirs", company="Quay")
    make_contact(keeper=colleague, name="Elsewhere", company="Pier")
    issue = make_issue(company=quay, by=keeper)

    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)

    assert nudges(issue) == [
        ("Karin Keeper", "Inner, lately", TODAY, "open"),
        ("Cora Colleague", "Theirs", TODAY, "open"),
    ]


def test_issue_of_a_company_is_the_first_reason_on_everybody_there(keeper) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    make_contact(keeper=keeper, name="Ann Inner", company="Quay", circle="inner")
    bob = make_contact(keeper=keeper, name="Bob Wide", company="Quay")
    make_promise(bob, text="Send the list", due_on=TODAY)
    make_issue(company=quay, by=keeper, text="The crane stood still.")

    [ann, bob] = queue_of(keeper).entries

    assert ann.reasons[0].sentence == (
        "Make it right first: the crane stood still, for Quay as a whole "
        "(serious, opened on 18 Nov)"
    )
    assert [reason.kind for reason in bob.reasons] == ["issue", "promise"]
    assert bob.can_be_done is False
    assert bob.first_promise is not None


def test_each_keeper_is_told_on_their_own_date(keeper) -> None:
    """At 15:00 UTC it is the 19th already in Auckland."""
    quay = make_company("Quay", team=keeper.member.team)
    kiwi = make_user(name="Kiri Kiwi", team=keeper.member.team, time_zone="Pacific/Auckland")
    make_contact(keeper=keeper, name="Ann", company="Quay")
    make_contact(keeper=kiwi, name="Tui", company="Quay")
    issue = make_issue(company=quay, by=kiwi)

    scheduling.sweep(NOW)

    assert nudges(issue) == [
        ("Karin Keeper", "Ann", TODAY, "open"),
        ("Kiri Kiwi", "Tui", TODAY + DAY, "open"),
    ]


def test_who_comes_to_the_company_later_is_told_the_next_day(keeper, colleague) -> None:
    make_issue(company=make_company("Quay", team=keeper.member.team), by=keeper)
    scheduling.sweep(NOW)
    make_contact(keeper=colleague, name="New there", company="Quay")

    assert names(colleague) == []
    assert names(colleague, TODAY + DAY) == ["New there"]


def test_when_the_one_who_stood_for_the_company_is_removed_another_does(keeper) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    ann = make_contact(keeper=keeper, name="Ann", company="Quay", circle="inner")
    make_contact(keeper=keeper, name="Bob", company="Quay")
    make_issue(company=quay, by=keeper)
    assert names(keeper) == ["Ann"]

    remove(ann, at=NOW)

    assert names(keeper, TODAY + DAY) == ["Bob"]


def test_issue_of_a_removed_company_is_silent_until_it_is_back(keeper) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    make_contact(keeper=keeper, name="Ann", company="Quay")
    make_issue(company=quay, by=keeper)
    assert names(keeper) == ["Ann"]

    remove(quay, at=NOW)
    assert names(keeper) == []
    quay.restore()
    assert names(keeper) == ["Ann"]


# --- Coming back -----------------------------------------------------------------------------


def test_done_it_comes_back_after_three_days_as_long_as_it_is_open(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    issue = make_issue(tom, at=NOW - DAY)
    assert names(keeper) == ["Tom"]
    answering.done(keeper=keeper, contact=tom, today=TODAY, at=NOW)

    assert [names(keeper, TODAY + n * DAY) for n in range(5)] == [[], [], [], ["Tom"], ["Tom"]]
    assert [(on, state) for _, _, on, state in nudges(issue)] == [
        (TODAY - DAY, "done"),
        (TODAY + 3 * DAY, "open"),
    ]


def test_done_late_it_comes_back_by_the_answer_and_not_by_when_it_was_due(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    make_issue(tom, at=NOW - 9 * DAY)
    queue_of(keeper)
    on = TODAY + 2 * DAY
    answering.done(keeper=keeper, contact=tom, today=on, at=NOW + 2 * DAY)

    assert names(keeper, on + 2 * DAY) == []
    assert names(keeper, on + 3 * DAY) == ["Tom"]


def test_snoozed_it_comes_back_when_it_was_asked_to_and_not_before(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    issue = make_issue(tom)
    queue_of(keeper)
    until = TODAY + 6 * DAY
    answering.snooze(keeper=keeper, contact=tom, until=until, today=TODAY, at=NOW)

    assert names(keeper, until - DAY) == []
    assert names(keeper, until) == ["Tom"]
    assert issue.nudges.count() == 1


def test_done_that_is_undone_shows_at_once_and_is_told_once(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    make_issue(tom)
    queue_of(keeper)
    answer = answering.done(keeper=keeper, contact=tom, today=TODAY, at=NOW)
    answering.undo(answer, at=NOW)

    assert names(keeper) == ["Tom"]
    assert len(said(keeper, TODAY + 4 * DAY)) == 1


def test_settled_its_nudges_are_done_and_reopened_they_are_back(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    issue = make_issue(tom)
    queue_of(keeper)

    issue.settle(by=keeper, at=NOW, feeling="good")
    assert names(keeper, TODAY + 30 * DAY) == []
    assert [state for *_, state in nudges(issue)] == ["done"]

    issue.reopen(by=keeper, at=NOW + DAY)
    assert names(keeper, TODAY + DAY) == ["Tom"]
    assert [state for *_, state in nudges(issue)] == ["open"]


def test_reopened_after_it_was_answered_it_comes_back_three_days_after_the_answer(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    issue = make_issue(tom)
    queue_of(keeper)
    answering.done(keeper=keeper, contact=tom, today=TODAY, at=NOW)
    issue.settle(by=keeper, at=NOW, feeling="bad")
    issue.reopen(by=keeper, at=NOW)

    assert names(keeper, TODAY + 2 * DAY) == []
    assert names(keeper, TODAY + 3 * DAY) == ["Tom"]


def test_settled_issues_cost_the_scheduler_nothing(keeper, django_assert_num_queries) -> None:
    tom = make_contact(keeper=keeper)
    for _ in range(4):
        make_issue(tom).settle(by=keeper, at=NOW, feeling="good")
    make_issue(tom)
    queue_of(keeper)

    assert not User.objects.filter(scheduling.has_woken(TODAY)).exists()
    with django_assert_num_queries(12):  # for each kind of nudge a look between two savepoints
        scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)


@pytest.mark.parametrize("issues", [1, 3])
def test_making_nudges_costs_the_same_for_one_and_for_many(
    keeper, issues, django_assert_num_queries
) -> None:
    for number in range(issues):
        make_issue(make_contact(keeper=keeper, name=f"Tom {number}"))

    with django_assert_num_queries(8):
        scheduling.make_issue_nudges(keeper, today=TODAY, now=NOW)


# --- Before anything else --------------------------------------------------------------------


def test_issue_comes_before_a_promise_and_always_shows(keeper) -> None:
    keeper.people_a_day = 1
    keeper.save()
    make_promise(make_contact(keeper=keeper, name="Promise"), due_on=TODAY - 9 * DAY)
    make_issue(make_contact(keeper=keeper, name="Newer"))
    make_issue(make_contact(keeper=keeper, name="Older"), at=NOW - 5 * DAY)

    assert names(keeper) == ["Older", "Newer", "Promise"]
    older, newer, promise = queue_of(keeper).entries
    assert ranking.explain(newer, promise, TODAY) == (
        "Something to make right goes before a promise of yours that is due."
    )
    assert ranking.explain(older, newer, TODAY) == (
        "What has waited longer to be made right comes first: 13 Nov for Older, 18 Nov for Newer."
    )


def test_cheerful_and_selling_nudges_stand_back_for_a_gentle_word(keeper) -> None:
    tom = make_contact(
        keeper=keeper, name="Tom Beaumont", circle="inner", created_at=NOW - 60 * DAY
    )
    make_life_event(tom, month=11, day=18)
    make_promise(tom, text="Send the revised quote", due_on=TODAY)
    make_issue(tom, severity="grave", text="Forty pallets came in wet.\nNobody called.")

    assert said(keeper) == [
        "Make it right first: forty pallets came in wet. Nobody called (grave, opened on 18 Nov)",
        "You promised Tom: send the revised quote, due today (promised on 18 Nov)",
        "Go gently with Tom: no good cheer and no business until this is right",
    ]


def test_settled_the_good_cheer_is_back(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom Beaumont", pronouns="he")
    make_life_event(tom, month=11, day=18)
    issue = make_issue(tom)
    queue_of(keeper)
    issue.settle(by=keeper, at=NOW, feeling="good")

    assert said(keeper) == ["His birthday is today (you noted on 18 Nov)"]


def test_after_a_sorrow_the_gentle_word_is_of_the_sorrow(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom Beaumont", circle="wide")
    make_life_event(tom, kind="bereavement", year=2026, month=11, day=9, noted_on=TODAY - 9 * DAY)
    tom.life_events.update(wake_on=None)
    make_issue(tom)

    assert said(keeper)[1].startswith("Go gently with Tom: nine days since")


def test_guard_of_a_company_holds_for_everybody_there(keeper) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    make_contact(keeper=keeper, name="Ann Inner", company="Quay", circle="inner")
    bob = make_contact(keeper=keeper, name="Bob", company="Quay")
    make_life_event(bob, month=11, day=18)
    make_issue(company=quay, by=keeper)

    [_, entry] = queue_of(keeper).entries

    assert [reason.kind for reason in entry.reasons] == ["issue", "gentle"]
    assert entry.can_be_done is True


def test_unsettled_of_a_contact_comes_gravest_first(keeper) -> None:
    quay = make_company("Quay", team=keeper.member.team)
    ann = make_contact(keeper=keeper, name="Ann", company="Quay")
    small = make_issue(ann, severity="annoyance", at=NOW - 9 * DAY)
    late = make_issue(ann, severity="serious")
    early = make_issue(ann, severity="serious", at=NOW - DAY)
    grave = make_issue(company=quay, by=keeper, severity="grave")
    make_issue(ann).settle(by=keeper, at=NOW)

    assert care.read_unsettled(keeper).of(ann) == [grave, early, late, small]


def test_stranger_s_team_knows_of_none(keeper, stranger) -> None:
    make_issue(make_contact(keeper=keeper))

    assert care.read_unsettled(stranger).issues == []


def test_member_who_left_keeps_no_sight_of_it(keeper) -> None:
    make_issue(make_contact(keeper=keeper))
    Member.objects.filter(user=keeper).delete()

    assert care.read_unsettled(User.objects.get(pk=keeper.pk)).issues == []


# --- The morning mail, and what fired --------------------------------------------------------


def build_digest(user: User, on: date = TODAY) -> digest.Digest:
    return digest.build(user, on=on, now=datetime(on.year, on.month, on.day, 7, tzinfo=UTC))


def test_digest_opens_with_what_is_to_be_made_right(keeper) -> None:
    make_promise(make_contact(keeper=keeper, name="Ann"), due_on=TODAY, at=NOW - 9 * DAY)
    make_issue(make_contact(keeper=keeper, name="Tom"), at=NOW - DAY)

    shown = [(s.title, [p.contact.name for p in s.people]) for s in build_digest(keeper).sections]

    assert shown == [("Make it right first", ["Tom"]), ("You promised", ["Ann"])]


def test_digest_tells_no_birthday_of_tomorrow_before_it_is_right(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom")
    make_life_event(tom, month=11, day=19)
    assert len(build_digest(keeper).after) == 1

    make_issue(tom, at=NOW - DAY)

    assert build_digest(keeper).after == []


def test_fired_says_what_stood_back_for_an_issue(keeper) -> None:
    tom = make_contact(keeper=keeper, name="Tom", pronouns="he")
    make_life_event(tom, month=11, day=18)
    issue = make_issue(tom)
    queue_of(keeper)
    issue.settle(by=keeper, at=NOW + DAY, feeling="good")

    day = fired.look(keeper, TODAY, today=TODAY + DAY)

    assert [(line.what.partition(" (")[0], line.became, line.why) for line in day.shown] == [
        ("Make it right first: the delivery came in broken", "done on 19 Nov", ""),
        (
            "His birthday is today",
            "waits for an answer",
            "While something was to be made right, a gentle word took its place.",
        ),
    ]


def test_nudge_of_an_issue_is_of_its_kind(keeper) -> None:
    issue = make_issue(make_contact(keeper=keeper))
    queue_of(keeper)

    nudge = Nudge.objects.get()

    assert (nudge.kind, nudge.source) == ("issue", f"issue:{issue.pk}")
