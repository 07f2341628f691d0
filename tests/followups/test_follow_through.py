"""Follow-through: what each figure counts, and that nobody can talk it up."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from contacts.models import Contact
from crm.models import User
from crm.policy import Role
from followups import answering, scheduling
from followups.follow_through import reviewing
from followups.follow_through.scope import STEPS, Period, Scope
from followups.follow_through.sums import Ratio
from followups.follow_through.word import own_word
from followups.models import Promise
from tests.factories import NOW, make_contact, make_promise, make_user

DAY = timedelta(days=1)
TODAY = NOW.date()
PERIOD = Period.until(TODAY)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour, 17), UTC)


def ago(days: int) -> date:
    return TODAY - days * DAY


pytestmark = pytest.mark.django_db


# --- What counts -----------------------------------------------------------------------------


@pytest.fixture
def rosa(db, now) -> User:
    return make_user(name="Rosa Vega", time_zone="UTC")


@pytest.fixture
def tom(rosa) -> Contact:
    return make_contact(keeper=rosa, name="Tom Beaumont")


def word_of(user: User, today: date = TODAY) -> tuple[int, int]:
    """Kept on time, and due, as everything that shows it has it."""
    own = own_word(user, today).now
    review = reviewing.review(Scope(user, today, user.pk), Period.until(today))
    assert review.total.word.now == own == sum((step.word for step in review.trend), Ratio())
    return own.part, own.whole


def promised(tom: Contact, made: int = 20, due: int | None = 5, text="Send it", **more) -> Promise:
    """Promised so many days ago, and due so many days ago."""
    due_on = None if due is None else ago(due)
    return make_promise(tom, text=text, at=at(ago(made)), due_on=due_on, **more)


def test_kept_by_the_day_they_were_told_is_on_time_and_after_it_is_late(rosa, tom):
    promised(tom, text="A").keep(by=rosa, at=at(ago(5), 23))
    promised(tom, text="B").keep(by=rosa, at=at(ago(4), 0))
    assert word_of(rosa) == (1, 2)


def test_open_counts_from_the_day_after_it_was_due(rosa, tom):
    promised(tom, due=0)
    assert (word_of(rosa), word_of(rosa, TODAY + DAY)) == ((0, 0), (0, 1))


def test_what_has_no_date_is_not_counted(rosa, tom):
    promised(tom, due=None).keep(by=rosa, at=NOW)
    assert word_of(rosa) == (0, 0)


def test_moved_without_telling_goes_by_the_old_date(rosa, tom):
    promise = promised(tom)
    promise.renegotiate(due_on=TODAY, told=False, by=rosa, at=at(ago(8)))
    promise.keep(by=rosa, at=at(ago(1)))
    assert (promise.state, word_of(rosa)) == ("kept_late", (0, 1))


def test_told_in_time_goes_by_the_new_date(rosa, tom):
    promise = promised(tom)
    promise.renegotiate(due_on=ago(1), told=True, by=rosa, at=at(ago(5)))
    promise.keep(by=rosa, at=at(ago(1)))
    assert word_of(rosa) == (1, 1)


def test_told_when_the_day_had_passed_goes_by_the_old_date(rosa, tom):
    promise = promised(tom)
    promise.renegotiate(due_on=ago(1), told=True, by=rosa, at=at(ago(4)))
    promise.keep(by=rosa, at=at(ago(1)))
    assert (promise.state, word_of(rosa)) == ("kept_late", (0, 1))
    review = reviewing.review(Scope(rosa, TODAY), PERIOD)
    assert review.total.moved.moved == 0


@pytest.mark.parametrize(("days_ago", "counted"), [(20, 0), (6, 0), (5, 0), (4, 1), (0, 1)])
def test_released_in_time_is_left_out_and_afterwards_was_not_kept(rosa, tom, days_ago, counted):
    promised(tom).release(by=rosa, at=at(ago(days_ago), 20))
    assert word_of(rosa) == (0, counted)


def test_what_is_in_the_trash_still_counts(rosa, tom):
    promised(tom)
    tom.trash(NOW)
    assert word_of(rosa) == (0, 1)


def test_what_they_promised_is_not_one_s_own_word(rosa, tom):
    promised(tom, made_by="them")
    assert word_of(rosa) == (0, 0)


def test_few_are_told_as_they_are(rosa, tom):
    for number in range(5):
        promised(tom, text=f"No {number}").keep(by=rosa, at=at(ago(6)))
        said = own_word(rosa, TODAY).now.said
        assert said == ("100%" if number == 4 else f"{number + 1} of {number + 1}")
    assert Ratio(0, 0).said == "–"


# --- Nobody can talk it up -------------------------------------------------------------------


@pytest.fixture
def record(rosa, tom) -> tuple[int, int]:
    """An honest seller's: three of six kept on time, and two more that are overdue."""
    for number in range(3):
        promised(tom, text=f"Kept {number}").keep(by=rosa, at=at(ago(6)))
        promised(tom, text=f"Late {number}").keep(by=rosa, at=at(ago(2)))
    for number in range(2):
        promised(tom, text=f"Overdue {number}")
    promised(tom, text="Due soon", due=-3)
    assert word_of(rosa) == (3, 8)
    return word_of(rosa)


def share(user: User, today: date = TODAY) -> float:
    kept, due = word_of(user, today)
    return kept / due


def overdue(user: User) -> list[Promise]:
    return list(Promise.objects.filter(owner=user, text__startswith="Overdue"))


def press_done_on_all(rosa: User, tom: Contact) -> None:
    scheduling.sweep_keeper(rosa, today=TODAY, now=NOW)
    for contact in Contact.objects.kept_by(rosa):
        answering.done(keeper=rosa, contact=contact, today=TODAY, at=NOW)


def push_the_dates(rosa: User, tom: Contact) -> None:
    for promise in Promise.objects.filter(owner=rosa, state="open"):
        promise.renegotiate(due_on=TODAY + 9 * DAY, told=False, by=rosa, at=NOW)


def say_afterwards_that_they_know(rosa: User, tom: Contact) -> None:
    for promise in overdue(rosa):
        promise.renegotiate(due_on=TODAY + DAY, told=True, by=rosa, at=NOW)
        promise.keep(by=rosa, at=NOW + DAY)


def release_what_is_overdue(rosa: User, tom: Contact) -> None:
    for promise in overdue(rosa):
        promise.release(by=rosa, at=NOW)


def delete_and_make_anew(rosa: User, tom: Contact) -> None:
    for promise in overdue(rosa):
        promise.release(by=rosa, at=NOW)
        again = make_promise(tom, text=f" {promise.text.upper()}", due_on=TODAY + DAY)
        again.keep(by=rosa, at=NOW + DAY)


def make_anew_and_delete(rosa: User, tom: Contact) -> None:
    for promise in overdue(rosa):
        again = make_promise(tom, text=promise.text, due_on=TODAY + DAY)
        again.keep(by=rosa, at=NOW + DAY)
        promise.break_(by=rosa, at=NOW + DAY)


def delete_in_time_and_make_anew(rosa: User, tom: Contact) -> None:
    soon = Promise.objects.get(owner=rosa, text="Due soon")
    soon.release(by=rosa, at=NOW)
    again = make_promise(tom, text="due soon", due_on=TODAY + 9 * DAY)
    again.keep(by=rosa, at=NOW + 5 * DAY)


def make_trivial_ones(rosa: User, tom: Contact) -> None:
    for number in range(30):
        promise = make_promise(tom, text=f"Say hello, {number}", due_on=TODAY + number % 2 * DAY)
        promise.keep(by=rosa, at=NOW + timedelta(minutes=number))


def write_down_what_was_done(rosa: User, tom: Contact) -> None:
    for number in range(30):
        promise = make_promise(
            tom, text=f"Said hello, {number}", made_on=ago(10), due_on=TODAY - number % 2 * DAY
        )
        promise.keep(by=rosa, at=NOW)


def put_the_person_into_the_trash(rosa: User, tom: Contact) -> None:
    tom.trash(NOW)


TRICKS = [
    press_done_on_all,
    push_the_dates,
    say_afterwards_that_they_know,
    release_what_is_overdue,
    delete_and_make_anew,
    make_anew_and_delete,
    delete_in_time_and_make_anew,
    make_trivial_ones,
    write_down_what_was_done,
    put_the_person_into_the_trash,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_raises_the_share(rosa, tom, record, trick):
    before = [share(rosa, TODAY + days * DAY) for days in (0, 1, 2, 10)]
    trick(rosa, tom)
    after = [share(rosa, TODAY + days * DAY) for days in (0, 1, 2, 10)]
    assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)


def test_all_tricks_together_do_not_raise_it(rosa, tom, record):
    before = share(rosa, TODAY + 10 * DAY)
    for trick in (press_done_on_all, make_trivial_ones, delete_and_make_anew, push_the_dates):
        trick(rosa, tom)
    assert share(rosa, TODAY + 10 * DAY) <= before


def test_done_without_a_touch_is_no_touch(rosa):
    person = make_contact(keeper=rosa, name="Mei", circle="inner", created_at=at(ago(400)))
    Contact.objects.filter(pk=person.pk).update(
        last_touch_at=at(ago(300)), customer_since=2010, wake_on=TODAY, due_on=TODAY
    )
    review = reviewing.review(Scope(rosa, TODAY), PERIOD).total
    press_done_on_all(rosa, person)
    person.refresh_from_db()
    assert person.answered_on == TODAY
    again = reviewing.review(Scope(rosa, TODAY), PERIOD).total
    assert (again.cadence, again.loyal) == (review.cadence, review.loyal)
    assert (again.cadence.now.part, again.loyal.unheard) == (0, 1)


def test_an_honest_mistake_costs_nothing(rosa, tom):
    """Written down with the wrong date, taken back at once, and written down again."""
    promised(tom, text="Send it").release(by=rosa, at=at(ago(20), 10))
    promised(tom, text="Send it", made=20, due=3).keep(by=rosa, at=at(ago(4)))
    assert word_of(rosa) == (1, 1)


# --- Who sees what, and what it costs --------------------------------------------------------


def test_private_promises_count_for_nobody_else(rosa, tom):
    manager = make_user(team=rosa.member.team, role=Role.MANAGER, time_zone="UTC")
    promised(tom, text="A", sharing="private").keep(by=rosa, at=at(ago(6)))
    promised(tom, text="B", sharing="private").break_(by=rosa, at=at(ago(6)))
    promised(tom, text="C", sharing="private", due=-9)
    moved = promised(tom, text="D", sharing="private", due=-9)
    moved.renegotiate(due_on=TODAY, told=True, by=rosa, at=NOW)

    theirs = reviewing.review(Scope(manager, TODAY), PERIOD)
    own = reviewing.review(Scope(rosa, TODAY), PERIOD)

    assert theirs.total.word.due == theirs.total.open.whole == theirs.total.broken.broken == 0
    assert (theirs.total.moved.moved, theirs.oldest) == (0, [])
    assert (own.total.word.due, own.total.open.whole, own.total.moved.moved) == (2, 2, 1)


def test_a_seller_s_scope_is_their_own_even_for_the_team(rosa, tom):
    colleague = make_user(team=rosa.member.team, time_zone="UTC")
    promised(tom, sharing="team")
    review = reviewing.review(Scope(colleague, TODAY), PERIOD)
    assert [line.user for line in review.lines] == [colleague]
    assert review.total.is_empty


def test_who_has_left_is_counted_without_a_name(rosa, tom):
    owner = make_user(team=rosa.member.team, role=Role.OWNER, time_zone="UTC")
    promised(tom)
    rosa.member.delete()
    review = reviewing.review(Scope(owner, TODAY), PERIOD)
    assert [(line.user, line.figures.word.due) for line in review.lines] == [(owner, 0), (None, 1)]


@pytest.mark.parametrize("sellers", [1, 3])
def test_a_review_costs_the_same_for_every_team(rosa, tom, sellers, django_assert_num_queries):
    manager = make_user(team=rosa.member.team, role=Role.MANAGER, time_zone="UTC")
    for number in range(sellers):
        seller = make_user(team=rosa.member.team, time_zone="UTC")
        other = make_contact(keeper=seller, name=f"Person {number}", circle="wide")
        promised(other)
        promised(other, text="Book it").break_(by=seller, at=at(ago(8)))
    with django_assert_num_queries(13):
        reviewing.review(Scope(manager, TODAY), PERIOD)


def test_own_word_is_one_query(rosa, tom, django_assert_num_queries):
    promised(tom)
    with django_assert_num_queries(1):
        own_word(rosa, TODAY)


@pytest.mark.parametrize("days", [1, 5, 7, 30, 61, 90, 365, 3660])
def test_steps_fill_the_period_and_do_not_overlap(days):
    period = Period.until(TODAY, days * DAY)
    steps = period.steps()
    assert len(steps) <= STEPS
    assert (steps[0].first, steps[-1].last) == period.range
    assert all(later.first == step.last + DAY for step, later in pairwise(steps))
