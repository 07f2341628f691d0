"""What only the keeper knows leaves no trace: others’ pages are the same, byte by byte, without it.

Canaries are words. This also finds what has none: counts, dates, order, a mark that something is
there.
"""

import re

import pytest
from django.db.models import Q

from contacts.models import (
    Contact,
    Detail,
    Fact,
    ImportRecord,
    Job,
    Keepsake,
    LifeEvent,
    Note,
    NoteRevision,
    Photo,
    Relative,
    Tag,
)
from contacts.searching import index_contacts
from crm.models import Away, User
from followups.models import Answer, Nudge, Promise, PromiseEvent
from tests.visibility.asking import asks, send
from tests.visibility.table import ACCOUNT, TABLE
from tests.visibility.walking import content_of
from tests.visibility.world import World

pytestmark = pytest.mark.once

# Made anew for every answer: CSRF tokens, and the key that a composer is sent with.
_FLEETING = re.compile(rb"[A-Za-z0-9]{64}|[0-9a-f]{8}-[0-9a-f-]{27}")


# Where what is asked for decides what is shown, and forms for what is one's own alone.
SEARCHED = {"contacts:list", "contacts:search", "contacts:suggestions", "contacts:companies"}
FORMS = {"contacts:piece", "contacts:piece_new"}


def pages(world: World, role: str) -> dict[str, bytes]:
    """All that `role` gets to see of their own, of the keeper's and of the team's."""
    table = {name: rows for name, rows in TABLE.items() if name not in ACCOUNT.keys() | FORMS}
    return {
        str(ask): _FLEETING.sub(b"", content_of(send(world, ask)))
        for ask in asks(world, role, table)
        if ask.method == "GET" and ask.row.get is not None and (ask.query or not ask.is_htmx)
        if ask.whose in {role, "keeper"} and (ask.name in SEARCHED or not ask.query)
    }


def forget(keeper: User, *, also_what_managers_see: bool) -> None:
    """Remove all that only `keeper` knows, and change what stands on their contacts."""
    for model in (Fact, Keepsake, LifeEvent, Relative, Job, Photo, Tag):
        model.objects.filter(author=keeper).delete()
    for model in (Answer, Nudge, ImportRecord):
        model.objects.filter(keeper=keeper).delete()
    Away.objects.filter(user=keeper).delete()
    Detail.objects.filter(contact__keeper=keeper, label="personal").delete()
    Detail.objects.filter(sealed_for=keeper).delete()
    NoteRevision.objects.filter(note__author=keeper).delete()
    Note.objects.filter(Q(private=True) | ~Q(trashed_at=None), author=keeper).delete()
    Contact.objects.kept_by(keeper).trashed().delete()
    hidden = {"private", "managers"} if also_what_managers_see else {"private"}
    promises = Promise.objects.filter(owner=keeper, sharing__in=hidden)
    PromiseEvent.objects.filter(promise__in=promises).delete()
    promises.delete()
    events = PromiseEvent.objects.filter(promise__owner=keeper)
    events.exclude(kind__in=["context", "help"]).update(comment="")
    mine = Contact.objects.kept_by(keeper)
    nothing = {"how_met": "", "customer_since": None, "circle": "", "cadence_days": 99}
    none = dict.fromkeys(["answered_on", "last_touch_at", "due_on", "wake_on"])
    mine.update(**nothing, **none, last_feeling="", first_due_on="2001-01-01", version=7)
    keeper_rows = User.objects.filter(pk=keeper.pk)
    keeper_rows.update(people_a_day=3, working_days=[6], theme="dark", digest_at="05:00")
    index_contacts(mine)


# Where managers see counts and rates, over what they do not see one by one.
COUNTING = re.compile(r"GET followups:(follow_through|follow_through_table|digest|weekly_html)\b")


@pytest.mark.long
@pytest.mark.parametrize("role", ["teammate", "manager", "stranger"])
def test_pages_of_others_are_the_same_without_what_the_keeper_knows(
    role: str, world: World
) -> None:
    before = pages(world, role)
    forget(world.users["keeper"], also_what_managers_see=role == "teammate")

    after = pages(world, role)

    assert len(before) > 80
    differ = [ask for ask in before if before[ask] != after[ask]]
    assert [ask for ask in differ if role != "manager" or not COUNTING.search(ask)] == []


def test_pages_of_the_keeper_are_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: TABLE[name] for name in ("contacts:list", "followups:today", "contacts:brief")}
    monkeypatch.setattr("tests.visibility.test_without_trace.TABLE", few)
    before = pages(world, "keeper")
    forget(world.users["keeper"], also_what_managers_see=True)

    after = pages(world, "keeper")

    same = {ask for ask in before if before[ask] == after[ask]}
    assert {"keeper: GET followups:today?", "keeper: GET contacts:list?"} & same == set()
