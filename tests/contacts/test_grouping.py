from datetime import date, timedelta

import pytest

from contacts.grouping import Grouped, group, ungroup
from contacts.models import Circle, Contact, Tag
from contacts.tags import tag, untag
from crm.models import User
from tests.factories import (
    NOW,
    make_contact,
    make_life_event,
    make_note,
    make_tag,
    make_user,
)


@pytest.fixture
def people(keeper: User) -> list[Contact]:
    return [make_contact(keeper=keeper, name=f"Person {n}") for n in range(3)]


def reread(contacts: list[Contact]) -> list[Contact]:
    return list(Contact.objects.filter(pk__in=[c.pk for c in contacts]).order_by("pk"))


def keys(contacts: list[Contact]) -> list[int]:
    return [contact.pk for contact in contacts]


def tags_of(contact: Contact) -> list[str]:
    return [each.name for each in contact.tags.all()]


def test_tag_is_made_once_whatever_its_case_and_accents(
    keeper: User, people: list[Contact]
) -> None:
    tag(people[:2], ["Café", "golf"], keeper)
    tag(people, ["  CAFE ", "Golf", ""], keeper)

    assert [tags_of(person) for person in people] == [["Café", "golf"]] * 3
    assert Tag.objects.count() == 2


def test_tag_returns_what_was_not_there_before(keeper: User, people: list[Contact]) -> None:
    golf = make_tag("golf", author=keeper, contacts=people[:1])

    assert tag(people, ["golf"], keeper) == [(people[1].pk, golf.pk), (people[2].pk, golf.pk)]


def test_tag_of_another_author_is_another_tag(keeper: User, stranger: User) -> None:
    make_tag("golf", author=stranger)
    contact = make_contact(keeper=keeper)

    tag([contact], ["golf"], keeper)

    assert [each.author for each in contact.tags.all()] == [keeper]


def test_long_tag_is_cut(keeper: User, people: list[Contact]) -> None:
    tag(people, ["ﷺ" * 70, "x" * 70], keeper)

    assert tags_of(people[0]) == ["x" * 60, "ﷺ" * 60]


def test_tags_are_searched_as_they_change(keeper: User, people: list[Contact]) -> None:
    tag(people[:1], ["golf"], keeper)
    assert list(Contact.objects.search(keeper, "golf")) == people[:1]

    untag(people, Tag.objects.all())
    assert list(Contact.objects.search(keeper, "golf")) == []


def test_group_moves_to_a_circle_and_spreads_first_dates(
    keeper: User, people: list[Contact], today: date
) -> None:
    group(contact_ids=keys(people), by=keeper, today=today, circle=Circle.INNER)

    moved = reread(people)
    assert [contact.circle for contact in moved] == ["inner"] * 3
    days = [today, today + timedelta(days=7), today + timedelta(days=14)]
    assert [contact.due_on for contact in moved] == days
    assert [contact.wake_on for contact in moved] == days


def test_group_keeps_dates_of_those_spoken_to_or_waiting(keeper: User, today: date) -> None:
    waiting = make_contact(keeper=keeper, circle="close")
    waiting.first_due_on = today - timedelta(days=30)
    waiting.save()
    spoken = make_contact(keeper=keeper)
    make_note(spoken)
    spoken.refresh_from_db()

    group(contact_ids=keys([waiting, spoken]), by=keeper, today=today, circle=Circle.INNER)

    first, second = reread([waiting, spoken])
    assert first.due_on == today - timedelta(days=30)
    assert second.due_on == today + timedelta(days=21)


def test_group_has_the_scheduler_look_at_birthdays_again(keeper: User, today: date) -> None:
    contact = make_contact(keeper=keeper)
    event = make_life_event(contact)
    event.wake_on = today + timedelta(days=100)
    event.save()

    group(contact_ids=[contact.pk], by=keeper, today=today, circle=Circle.INNER)

    event.refresh_from_db()
    assert event.wake_on == today


def test_ungroup_takes_all_of_it_back(keeper: User, people: list[Contact], today: date) -> None:
    golf = make_tag("golf", author=keeper, contacts=people[:2])
    make_tag("opera", author=keeper, contacts=people[:1])
    people[0].circle = "wide"
    people[0].plan()
    people[0].save()
    before = [(c.circle, c.first_due_on, c.due_on, tags_of(c)) for c in reread(people)]

    grouped = group(
        contact_ids=keys(people),
        by=keeper,
        today=today,
        circle=Circle.INNER,
        add_tags=["opera"],
        remove_tags=[golf],
    )
    assert [tags_of(contact) for contact in reread(people)] == [["opera"]] * 3
    ungroup(grouped, by=keeper, today=today)

    assert [(c.circle, c.first_due_on, c.due_on, tags_of(c)) for c in reread(people)] == before
    assert grouped.people == 3


def test_ungroup_leaves_alone_who_is_no_longer_in_the_book(
    keeper: User, people: list[Contact], today: date
) -> None:
    grouped = group(
        contact_ids=keys(people), by=keeper, today=today, circle=Circle.INNER, add_tags=["x"]
    )
    people[1].trash(NOW)
    Contact.objects.filter(pk=people[2].pk).update(keeper=make_user(team=people[2].team))

    ungroup(grouped, by=keeper, today=today)

    assert [contact.circle for contact in reread(people)] == ["", "inner", "inner"]
    assert [tags_of(contact) for contact in people] == [[], ["x"], ["x"]]


def test_group_touches_no_book_but_ones_own(
    keeper: User, stranger: User, people: list[Contact], today: date
) -> None:
    make_tag("golf", author=keeper)
    teammate = make_user(team=keeper.member.team)
    theirs = make_contact(keeper=teammate)

    for by in (stranger, teammate):
        grouped = group(
            contact_ids=keys(people), by=by, today=today, circle=Circle.INNER, add_tags=["golf"]
        )
        assert grouped.people == 0
    grouped = group(contact_ids=[theirs.pk], by=keeper, today=today, circle=Circle.INNER)

    assert grouped.people == 0
    assert [contact.circle for contact in reread([*people, theirs])] == [""] * 4
    assert [tags_of(contact) for contact in people] == [[], [], []]


def test_undoing_nothing_changes_nothing(keeper: User, people: list[Contact], today: date) -> None:
    ungroup(Grouped(), by=keeper, today=today)

    assert reread(people) == people
