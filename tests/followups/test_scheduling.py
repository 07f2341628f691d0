"""What the scheduler makes, and that making it again makes nothing more."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import pieces, trash
from contacts.models import LifeEvent
from crm.models import User
from followups import queue
from followups.models import Nudge, Promise
from followups.scheduling import has_woken, sweep, sweep_keeper
from tests.factories import (
    NOW,
    make_contact,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_user,
)

TODAY = NOW.date()


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def kinds(keeper, **filters) -> list[tuple[str, date, str]]:
    rows = Nudge.objects.filter(keeper=keeper, **filters).order_by("occurrence_on", "pk")
    return list(rows.values_list("kind", "occurrence_on", "state"))


def test_sweep_makes_each_nudge_once(keeper):
    contact = make_contact(keeper=keeper, circle="close")
    make_life_event(contact, month=11, day=18)
    make_promise(contact, due_on=TODAY)

    first, second = sweep(NOW), sweep(NOW)

    assert (first.made, second.made) == (3, 0)
    assert Nudge.objects.count() == 3


def test_sweep_leaves_nothing_awake_and_says_so(keeper):
    make_life_event(make_contact(keeper=keeper, circle="wide"), month=11, day=18)
    assert User.objects.filter(has_woken(TODAY)).get() == keeper

    sweep(NOW)

    assert not User.objects.filter(has_woken(TODAY)).exists()


def test_sweep_after_an_outage_catches_up_once_and_marks_it_late(keeper):
    make_life_event(make_contact(keeper=keeper), month=11, day=20)
    sweep(NOW)

    sweep(at(date(2026, 11, 23)))

    [nudge] = Nudge.objects.all()
    assert (nudge.occurrence_on, nudge.late, nudge.state) == (date(2026, 11, 20), True, "open")


def test_sweep_after_a_long_outage_writes_down_what_was_missed(keeper):
    make_life_event(make_contact(keeper=keeper), month=11, day=20)
    sweep(NOW)

    sweep(at(date(2027, 2, 1)))

    assert kinds(keeper) == [("occasion", date(2026, 11, 20), "expired")]
    assert LifeEvent.objects.get().wake_on == date(2027, 11, 20)


def test_nobody_answering_an_occasion_for_a_week_makes_it_missed(keeper):
    make_life_event(make_contact(keeper=keeper), month=11, day=18)
    sweep(NOW)

    sweep(at(TODAY + timedelta(days=7)))
    assert kinds(keeper) == [("occasion", TODAY, "open")]
    sweep(at(TODAY + timedelta(days=8)))

    assert kinds(keeper) == [("occasion", TODAY, "expired")]


def test_correcting_a_date_takes_the_wrong_nudge_back(keeper):
    event = make_life_event(make_contact(keeper=keeper), month=11, day=18)
    sweep(NOW)

    event.day = 20
    event.plan(TODAY)
    event.save()
    sweep(NOW)

    assert kinds(keeper) == []
    assert LifeEvent.objects.get().wake_on == date(2026, 11, 20)


def test_the_dead_have_no_birthdays_and_no_cadence(keeper):
    contact = make_contact(keeper=keeper, circle="inner")
    make_life_event(contact, month=11, day=18)
    make_life_event(contact, kind="death", year=2026, month=10, day=1)

    sweep(NOW)

    assert kinds(keeper) == []


def test_a_relative_who_died_has_no_birthday(keeper):
    contact = make_contact(keeper=keeper)
    mother = make_relative(contact, relation="mother", name="Ruth")
    make_life_event(contact, month=11, day=18, relative=mother)
    make_life_event(contact, kind="bereavement", year=2026, month=6, day=1, relative=mother)

    sweep(NOW)

    assert kinds(keeper) == []


def test_a_death_written_down_by_mistake_and_removed_costs_no_birthday(keeper):
    contact = make_contact(keeper=keeper, circle="close")
    make_life_event(contact, month=11, day=20)
    death = make_life_event(contact, kind="death", year=2026, month=11, day=17)
    sweep(NOW)
    sweep(at(date(2026, 11, 21)))
    assert kinds(keeper) == []

    trash.remove(death, at=at(date(2027, 11, 20)))
    sweep(at(date(2027, 11, 20)))

    assert kinds(keeper) == [
        ("cadence", date(2026, 11, 18), "open"),
        ("occasion", date(2027, 11, 20), "open"),
    ]


def test_a_loss_corrected_into_something_else_costs_no_birthday(keeper):
    contact = make_contact(keeper=keeper)
    make_life_event(contact, month=11, day=20)
    death = make_life_event(contact, kind="death", year=2026, month=11, day=17)
    sweep(at(date(2026, 11, 21)))

    death.kind = "illness"
    pieces.save_event(death, seen=death.version, today=date(2027, 11, 20))
    sweep(at(date(2027, 11, 20)))

    assert ("occasion", date(2027, 11, 20), "open") in kinds(keeper)


def test_each_keeper_has_their_own_day(db, now):
    early = make_user(email="early@example.com", time_zone="Pacific/Kiritimati")
    late = make_user(email="late@example.com", time_zone="Pacific/Pago_Pago")
    for user in (early, late):
        make_life_event(make_contact(keeper=user), month=11, day=19, noted_on=TODAY)

    sweep(datetime(2026, 11, 18, 12, tzinfo=UTC))

    assert kinds(early) == [("occasion", date(2026, 11, 19), "open")]
    assert kinds(late) == []


def test_a_promise_nudges_from_its_day_until_it_is_kept(keeper):
    promise = make_promise(make_contact(keeper=keeper), due_on=TODAY + timedelta(days=1))
    sweep(NOW)
    assert kinds(keeper) == []

    sweep(at(TODAY + timedelta(days=1)))
    promise.keep(by=keeper, at=at(TODAY + timedelta(days=1)))

    assert kinds(keeper) == [("promise", TODAY + timedelta(days=1), "done")]


def test_a_moved_promise_nudges_again_on_its_new_day(keeper):
    promise = make_promise(make_contact(keeper=keeper), due_on=TODAY)
    sweep(NOW)

    promise.renegotiate(due_on=TODAY + timedelta(days=5), told=True, by=keeper, at=NOW)
    sweep(at(TODAY + timedelta(days=5)))

    assert kinds(keeper) == [
        ("promise", TODAY, "done"),
        ("promise", TODAY + timedelta(days=5), "open"),
    ]


def test_a_promise_moved_and_moved_back_on_its_day_waits_again(keeper):
    promise = make_promise(make_contact(keeper=keeper), due_on=TODAY)
    sweep(NOW)

    for due_on in (date(2026, 11, 25), TODAY):
        promise.renegotiate(due_on=due_on, told=True, by=keeper, at=NOW)
    sweep(NOW)

    assert kinds(keeper) == [("promise", TODAY, "open")]


def test_a_reopened_promise_is_back_in_the_queue(keeper):
    promise = make_promise(make_contact(keeper=keeper), due_on=TODAY)
    sweep(NOW)
    promise.keep(by=keeper, at=NOW)

    Promise.objects.get().reopen(by=keeper, at=NOW)

    assert [len(e.reasons) for e in queue.build(keeper, today=TODAY, now=NOW).entries] == [1]


def test_a_promise_without_a_date_is_asked_about_after_a_week(keeper):
    make_promise(make_contact(keeper=keeper))

    sweep(at(TODAY + timedelta(days=6)))
    assert kinds(keeper) == []
    sweep(at(TODAY + timedelta(days=7)))

    assert kinds(keeper) == [("promise", TODAY + timedelta(days=7), "open")]


def test_a_touch_answers_the_cadence_and_moves_it(keeper):
    contact = make_contact(keeper=keeper, circle="inner")
    sweep(NOW)

    make_note(contact, at=NOW)
    sweep(NOW)

    assert kinds(keeper) == [("cadence", TODAY, "done")]
    contact.refresh_from_db()
    assert contact.due_on == TODAY + timedelta(days=21)


def test_a_loyal_customer_left_alone_surfaces(keeper):
    contact = make_contact(keeper=keeper, customer_since=2015)
    make_note(contact, at=NOW - timedelta(days=200))

    sweep(NOW)

    assert kinds(keeper) == [("loyal", TODAY - timedelta(days=20), "open")]


def test_sweeping_costs_the_same_whatever_the_size_of_the_book(keeper, django_assert_num_queries):
    for number in range(40):
        make_contact(keeper=keeper, name=f"Person {number}")

    with django_assert_num_queries(4):
        sweep(NOW)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(gaps=st.lists(st.integers(0, 40), min_size=1, max_size=25))
def test_whatever_the_gaps_between_sweeps_every_birthday_is_nudged_once(db, now, gaps):
    keeper = make_user()
    people = {(1, 1), (2, 28), (2, 29), (3, 1), (6, 15), (11, 18), (12, 31)}
    for month, day in people:
        make_life_event(make_contact(keeper=keeper), month=month, day=day)
    day = TODAY
    sweep_keeper(keeper, today=day, now=at(day))
    for gap in gaps:
        day += timedelta(days=gap)
        sweep_keeper(keeper, today=day, now=at(day))

    expected = sorted(
        on
        for year in range(TODAY.year, day.year + 1)
        for month, number in people
        if TODAY <= (on := date(year, month, min(number, monthrange(year, month)[1]))) <= day
    )
    made = Nudge.objects.filter(keeper=keeper).order_by("occurrence_on")
    assert list(made.values_list("occurrence_on", flat=True)) == expected
