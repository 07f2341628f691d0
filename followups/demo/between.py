"""What has passed between the demo's members: handing over, offers of help, and looks."""

from collections.abc import Mapping
from datetime import datetime, time

from contacts.models import Contact
from crm.local_time import instant_of
from crm.looks import looked
from crm.models import User
from followups.demo.book import Raw, read_file
from followups.demo.days import Days
from followups.handing import hand_over
from followups.models import Promise

type Members = Mapping[str, User]


def pass_between(members: Members, at: datetime) -> None:
    """Do what `between.toml` says, as of the instant `at`; `members` are found by their emails."""
    between = read_file("between.toml")
    for row in between["handovers"]:
        _hand_over(row, members, at)
    for row in between["offers"]:
        by = members[row["by"]]
        promise = Promise.objects.get(team=by.team_id, text=row["promise"])
        promise.offer_help(row["text"], by=by, at=_instant(row, by, at))
    for row in between["looks"]:
        _look(row, members[row["by"]], at)


def _hand_over(row: Raw, members: Members, at: datetime) -> None:
    """Those named as introduced were so at once."""
    keeper = members[row["from"]]
    people = Contact.objects.kept_by(keeper).filter(name__in=row["people"])
    handed_at = _instant(row, keeper, at)
    handover = hand_over(
        contact_ids=list(people.values_list("pk", flat=True)),
        keeper=keeper,
        to=members[row["to"]],
        by=keeper,
        at=handed_at,
        introduction=row["introduction"].strip(),
    )
    introduced = handover.contacts.filter(contact__name__in=row["introduced"])
    introduced.update(introduced_at=handed_at)


def _look(row: Raw, by: User, at: datetime) -> None:
    now = _instant(row, by, at)
    for contact in Contact.objects.filter(team=by.team_id, name__in=row.get("people", [])):
        looked(viewer=by, whose_id=contact.keeper_id, thing=f"contact:{contact.pk}", now=now)
    for promise in Promise.objects.filter(team=by.team_id, text__in=row.get("promises", [])):
        looked(viewer=by, whose_id=promise.owner_id, thing=f"promise:{promise.pk}", now=now)


def _instant(row: Raw, user: User, at: datetime) -> datetime:
    """That day of `user`'s, at the hour that `row` says."""
    day = Days(user.today(at)).worked_on({"days_ago": row["days_ago"]})
    return instant_of(day, time.fromisoformat(row["at"]), user.zone)
