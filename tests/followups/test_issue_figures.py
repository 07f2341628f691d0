"""Issues as a figure: against a plain count over the rows."""

import random
from datetime import timedelta

import pytest

from crm.policy import Role
from followups.follow_through.issues import Issues, issues
from followups.follow_through.scope import Period, Scope
from followups.models import Issue
from tests.factories import NOW, make_contact, make_team, make_user

DAY = timedelta(days=1)
TODAY = NOW.date()


def plain(rows: list[Issue], period: Period) -> Issues:
    """The same, one by one; people in UTC."""

    def is_settled_in(issue: Issue, within: Period) -> bool:
        return bool(issue.settled_at) and within.first <= issue.settled_at.date() <= within.last

    is_open = [issue for issue in rows if issue.settled_at is None]
    settled = [issue for issue in rows if is_settled_in(issue, period)]
    took = [issue.settled_at - issue.opened_at for issue in settled]
    midnight = NOW.replace(hour=0)
    answered = [i for i in settled if i.first_answered_at]
    return Issues(
        open_now=len(is_open),
        older=sum(issue.opened_at < midnight - 7 * DAY for issue in is_open),
        day=sum(each <= DAY for each in took),
        week=sum(DAY < each <= 7 * DAY for each in took),
        longer=sum(each > 7 * DAY for each in took),
        settled_before=sum(is_settled_in(issue, period.before) for issue in rows),
        answered_in_a_day=sum(i.first_answered_at - i.opened_at <= DAY for i in answered),
    )


@pytest.mark.django_db
def test_issues_are_counted_as_a_plain_computation_counts_them(now, django_assert_num_queries):
    rng, team = random.Random(11), make_team()
    manager = make_user(team=team, role=Role.MANAGER, time_zone="UTC")
    sellers = [make_user(team=team, time_zone="UTC") for _ in range(20)]
    contacts = [make_contact(keeper=seller, name=f"P {n}") for n, seller in enumerate(sellers)]
    contacts[0].trash(NOW)
    for number in range(600):
        opened_at = NOW - rng.random() * 200 * DAY
        is_settled = rng.random() < 0.7
        ended = opened_at + rng.choice([1, 9, 60]) * rng.random() * DAY
        Issue.objects.create(
            team=team,
            contact=rng.choice(contacts),
            opened_by=rng.choice(sellers),
            assignee=rng.choice([None, *sellers]),
            opened_at=opened_at,
            text=f"It broke, {number}",
            first_answered_at=rng.choice([None, opened_at + 2 * rng.random() * DAY]),
            settled_at=ended if is_settled and ended < NOW else None,
            settled_by=manager if is_settled and ended < NOW else None,
        )
    period = Period(TODAY - 40 * DAY, TODAY)
    rows = list(Issue.objects.exclude(contact=contacts[0]))

    with django_assert_num_queries(1):
        found = issues(Scope(manager, TODAY), period)

    wrong = {
        seller.pk: (found.get(seller.pk), right)
        for seller in sellers
        if found.get(seller.pk, Issues())
        != (right := plain([i for i in rows if (i.assignee or i.opened_by) == seller], period))
    }
    assert wrong == {}
    one = sellers[3]
    assert issues(Scope(one, TODAY, one.pk), period) == {one.pk: found[one.pk]}
