"""The order of the day: total, explained, humane, and starving nobody."""

import itertools
import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts import cadence
from crm.models import Away
from followups import answering, queue, ranking
from followups.ranking import ALWAYS, Place, Rank, Waiting, order, pick
from tests.factories import (
    NOW,
    make_contact,
    make_fact,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
)

TODAY = NOW.date()


def names(built: queue.Queue) -> list[str]:
    return [entry.contact.name for entry in built.entries]


def build(keeper, today=TODAY):
    return queue.build(keeper, today=today, now=NOW)


# --- The order as a pure function ------------------------------------------------------------

nudges = st.builds(
    Waiting,
    pk=st.integers(1, 10**6),
    contact_id=st.integers(1, 30),
    kind=st.sampled_from(["promise", "owed", "occasion", "prepare", "next", "cadence", "loyal"]),
    occurrence_on=st.dates(TODAY - timedelta(days=9), TODAY + timedelta(days=9)),
    latest_on=st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=90)),
    circle=st.sampled_from(["", "inner", "close", "wide"]),
)


@settings(max_examples=1000)
@given(rows=st.lists(nudges, max_size=60, unique_by=lambda n: n.pk), seed=st.integers())
def test_order_does_not_depend_on_how_rows_come(rows, seed):
    shuffled = rows[:]
    random.Random(seed).shuffle(shuffled)

    assert order(shuffled, TODAY) == order(rows, TODAY)


@settings(max_examples=1000)
@given(rows=st.lists(nudges, max_size=60, unique_by=lambda n: n.pk))
def test_order_holds_every_contact_once_with_all_reasons_in_strict_order(rows):
    ordered = order(rows, TODAY)

    places = [place for place, _ in ordered]
    assert all(a < b for a, b in itertools.pairwise(places))
    assert sorted(n.pk for _, mine in ordered for n in mine) == sorted(n.pk for n in rows)
    assert all(len({n.contact_id for n in mine}) == 1 for _, mine in ordered)


@settings(max_examples=500)
@given(rows=st.lists(nudges, max_size=60, unique_by=lambda n: n.pk), room=st.integers(0, 12))
def test_pick_shows_all_that_must_and_fills_up_to_the_number(rows, room):
    ordered = order(rows, TODAY)
    picked = pick(ordered, room=room)

    must = [place for place, _ in ordered if place.rank in ALWAYS]
    fill = [place for place, _ in picked if place.rank not in ALWAYS]
    assert [p for p, _ in picked if p.rank in ALWAYS] == must
    assert len(fill) == max(0, min(room - len(must), len(ordered) - len(must)))
    assert fill == [place for place, _ in ordered if place.rank not in ALWAYS][: len(fill)]


@settings(max_examples=60)
@given(
    cadences=st.lists(st.integers(7, 180), min_size=1, max_size=80),
    seed=st.integers(0, 10**6),
)
def test_nobody_starves_while_the_daily_number_carries_the_load(cadences, seed):
    """Wherever their days fall, everybody shows within one and a half cadences.

    What the daily number must carry is each one within their slack: more than that can fall due at
    once, and then no order would do.
    """
    rng = random.Random(seed)
    a_day = math.ceil(sum(1 / (days // 2 + 1) for days in cadences))
    last: dict[int, date | None] = dict.fromkeys(range(len(cadences)))
    due = {n: TODAY + timedelta(days=rng.randrange(days)) for n, days in enumerate(cadences)}
    for number in range(500):
        day = TODAY + timedelta(days=number)
        waiting = [
            Waiting(
                n,
                n,
                "cadence",
                due[n],
                cadence.latest_on(due=due[n], days=days, ever_touched=last[n] is not None),
                "",
            )
            for n, days in enumerate(cadences)
            if due[n] <= day
        ]
        for _, [shown] in pick(order(waiting, day), room=a_day):
            n = shown.contact_id
            before = last[n] or due[n]
            assert (day - before).days <= cadences[n] * 1.5
            last[n] = day
            due[n] = day + timedelta(days=cadences[n])


# --- The queue of a book ---------------------------------------------------------------------


def test_queue_puts_ones_word_before_occasions_before_cadence_before_loyalty(keeper):
    make_contact(keeper=keeper, name="Loyal", customer_since=2010, created_at=NOW)
    loyal = make_contact(keeper=keeper, name="Loyal for long", customer_since=2010)
    make_note(loyal, at=NOW - timedelta(days=400))
    make_contact(keeper=keeper, name="Cadence", circle="wide")
    belated = make_contact(keeper=keeper, name="Belated")
    make_life_event(belated, month=11, day=16, noted_on=TODAY - timedelta(days=9))
    belated.life_events.update(wake_on=TODAY - timedelta(days=2))
    make_life_event(make_contact(keeper=keeper, name="Birthday"), month=11, day=18)
    make_promise(make_contact(keeper=keeper, name="Promise"), due_on=TODAY)

    assert names(build(keeper)) == ["Promise", "Birthday", "Belated", "Cadence", "Loyal for long"]


def test_queue_has_one_entry_per_contact_best_reason_first(keeper):
    contact = make_contact(keeper=keeper, circle="inner", pronouns="he", name="Tom Beaumont")
    make_life_event(contact, year=1974, month=11, day=18)
    make_promise(contact, text="Send the revised quote", due_on=TODAY)

    [entry] = build(keeper).entries

    assert [reason.sentence for reason in entry.reasons] == [
        "You promised Tom: send the revised quote, due today (promised on 18 Nov)",
        "His birthday is today; he turns 52 (you noted on 18 Nov)",
        "You have not spoken yet; you mean to every three weeks",
    ]


def test_age_is_not_told_when_the_year_is_unknown(keeper):
    make_life_event(make_contact(keeper=keeper, name="Ann Lee"), month=11, day=18)

    [entry] = build(keeper).entries

    assert entry.reasons[0].sentence == "Ann’s birthday is today (you noted on 18 Nov)"


def test_never_touched_counts_as_most_overdue(keeper):
    old = NOW - timedelta(days=60)
    seen = make_contact(keeper=keeper, name="Seen", circle="close", created_at=old)
    make_note(seen, at=NOW - timedelta(days=46))
    make_contact(keeper=keeper, name="Never", circle="close", created_at=NOW - timedelta(days=20))

    assert names(build(keeper)) == ["Never", "Seen"]


def test_queue_fills_up_to_the_number_and_counts_the_rest(keeper):
    keeper.people_a_day = 3
    for number in range(5):
        make_contact(keeper=keeper, name=f"Person {number}", circle="wide")

    built = build(keeper)

    assert (len(built.entries), built.waiting) == (3, 2)


def test_answered_people_count_towards_the_number(keeper):
    keeper.people_a_day = 3
    people = [make_contact(keeper=keeper, name=f"P{n}", circle="wide") for n in range(5)]
    build(keeper)

    answering.done(keeper=keeper, contact=people[0], today=TODAY, at=NOW)
    built = build(keeper)

    assert (len(built.entries), built.answered, built.waiting) == (2, 1, 2)


@pytest.mark.parametrize("reason", ["day off", "away"])
def test_resting_shows_ones_word_and_occasions_only(keeper, reason):
    if reason == "day off":
        keeper.working_days = [1, 2]
    else:
        Away.objects.create(user=keeper, starts_on=TODAY, ends_on=TODAY)
    make_contact(keeper=keeper, name="Cadence", circle="inner")
    make_life_event(make_contact(keeper=keeper, name="Birthday"), month=11, day=18)
    make_promise(make_contact(keeper=keeper, name="Promise"), due_on=TODAY)

    built = build(keeper)

    assert built.is_resting
    assert names(built) == ["Promise", "Birthday"]


def test_after_a_sorrow_a_gentle_word_takes_the_place_of_good_cheer(keeper):
    contact = make_contact(keeper=keeper, name="Agnes Novak", circle="inner", pronouns="she")
    mother = make_relative(contact, relation="mother", name="")
    make_life_event(contact, month=11, day=18)
    make_life_event(
        contact, kind="bereavement", relative=mother, title="death", year=2026, month=11, day=9
    )

    [entry] = build(keeper).entries

    assert [r.kind for r in entry.reasons] == ["gentle"]
    assert entry.reasons[0].sentence == (
        "Go gently with Agnes: nine days since her mother’s death; a quiet word, no good cheer "
        "(you noted on 18 Nov)"
    )


def test_a_sorrow_does_not_silence_ones_word(keeper):
    contact = make_contact(keeper=keeper)
    make_life_event(contact, kind="bereavement", year=2026, month=11, day=9)
    make_promise(contact, due_on=TODAY)

    [entry] = build(keeper).entries

    assert [r.kind for r in entry.reasons] == ["promise"]


def test_the_dead_are_not_in_the_queue_but_ones_word_is(keeper):
    gone = make_contact(keeper=keeper, name="Gone", circle="inner")
    owed = make_contact(keeper=keeper, name="Owed", circle="inner")
    build(keeper)
    for contact in (gone, owed):
        make_life_event(contact, kind="death", year=2026, month=11, day=1)
    make_promise(owed, due_on=TODAY)

    assert names(build(keeper)) == ["Owed"]


def test_asks_leave_out_what_is_not_to_be_mentioned(keeper):
    contact = make_contact(keeper=keeper, circle="inner")
    make_fact(contact, kind="interest", text="sailing on the lake")
    make_fact(contact, kind="interest", text="the lawsuit against Dreyer")
    make_fact(contact, kind="do_not_mention", text="anything about the Dreyer lawsuit")

    [entry] = build(keeper).entries

    assert [ask.sentence for ask in entry.asks] == ["sailing on the lake (you noted on 18 Nov)"]


def test_another_keeper_s_nudges_are_not_in_my_queue(keeper, stranger):
    make_contact(keeper=stranger, circle="inner")

    assert names(build(keeper)) == []


@pytest.mark.parametrize("people", [1, 3, 30])
def test_queue_costs_the_same_for_one_and_for_many(keeper, people, django_assert_num_queries):
    keeper.people_a_day = 50
    for number in range(people):
        contact = make_contact(keeper=keeper, name=f"P{number}", circle="inner")
        make_fact(contact)
        make_life_event(contact, month=11, day=18)
    build(keeper)

    with django_assert_num_queries(9):
        build(keeper)


def place(rank=Rank.CADENCE, by=TODAY, closeness=0, contact_id=1) -> Place:
    return Place(rank, by, closeness, contact_id)


def test_explain_says_which_of_two_comes_first_and_why(keeper):
    tom = make_contact(keeper=keeper, name="Tom")
    ann = make_contact(keeper=keeper, name="Ann")

    def entry(contact, **where):
        return queue.Entry(contact=contact, place=place(**where), nudges=[], reasons=[])

    def explain(above, below):
        return ranking.explain(above, below, TODAY)

    assert explain(entry(tom, rank=Rank.PROMISE), entry(ann, rank=Rank.OCCASION)) == (
        "A promise of yours that is due goes before an occasion today."
    )
    assert explain(entry(tom), entry(ann, by=TODAY + timedelta(days=2))) == (
        "Whoever must be heard from sooner comes first: 18 Nov for Tom, 20 Nov for Ann."
    )
    assert explain(entry(tom), entry(ann, closeness=1)) == (
        "Both weigh the same; Tom is in the closer circle."
    )


def test_load_says_when_cadences_ask_for_more_than_is_taken_on(keeper):
    keeper.people_a_day = 1
    for number in range(20):
        make_contact(keeper=keeper, name=f"P{number}", cadence_days=7)

    load = queue.load(keeper)

    assert (round(load.needed, 2), load.is_too_much) == (4.0, True)


def test_queue_reads_no_more_than_asked_and_counts_the_rest(keeper):
    for number in range(5):
        make_life_event(make_contact(keeper=keeper, name=f"P{number}"), month=11, day=18)
    make_promise(make_contact(keeper=keeper, name="Owed"), due_on=TODAY)

    built = queue.build(keeper, today=TODAY, now=NOW, most=2)

    assert names(built) == ["Owed", "P0"]
    assert (built.more, built.people, built.owed) == (4, 6, 1)
