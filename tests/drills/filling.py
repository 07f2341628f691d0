"""Fills the database of DATABASE_URL with a book: `python -m tests.drills.filling < BOOK`.

Prints, as JSON, a session in which each seller is logged in, and the one contact of the writer, as
whom the load client writes; that one gets no mail.
"""

import json
import os
import sys
from datetime import date, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402

from contacts.models import Contact, LifeEvent, LifeEventKind, Note  # noqa: E402
from crm.accounts import vouch_for  # noqa: E402
from crm.models import Member, Team, User  # noqa: E402
from crm.policy import Role  # noqa: E402
from followups.models import Promise  # noqa: E402

PASSWORD = "a-long-one-for-drills"
AGO = timedelta(days=100)
LATELY = timedelta(days=12)


def main() -> None:
    call_command("migrate", verbosity=0)
    book = json.load(sys.stdin)
    at = datetime.fromisoformat(book["at"])
    team = Team.objects.create(name="Drills")
    sessions = {}
    for seller in book["sellers"]:
        user = make_user(f"seller{seller['number']}@example.com", seller["zone"], team)
        for person in seller["people"]:
            fill(user, person, at)
        sessions[seller["number"]] = session_of(user)
    writer = make_user("writer@example.com", "UTC", team, digest_wanted=False)
    vouch_for(writer)
    writer.set_password(PASSWORD)
    writer.save()
    contact = make_contact(writer, "Walter Writ", at)
    print(json.dumps({"sessions": sessions, "writer_contact": contact.pk}))


def make_user(email: str, zone: str, team: Team, **fields: Any) -> User:
    days = {"working_days": [1, 2, 3, 4, 5, 6, 7], "people_a_day": 50}
    user = User.objects.create(email=email, name="Drill Seller", time_zone=zone, **days, **fields)
    Member.objects.create(user=user, team=team, role=Role.SELLER)
    return user


def session_of(user: User) -> str:
    """The key of a session of `user`, as a log-in leaves it."""
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def make_contact(user: User, name: str, at: datetime, **fields: Any) -> Contact:
    contact = Contact(
        keeper=user,
        team_id=user.team_id,
        created_at=at - AGO,
        first_due_on=user.today(at - AGO),
        **fields,
    )
    contact.rename(name)
    contact.plan()
    contact.save()
    return contact


def fill(user: User, person: dict[str, Any], at: datetime) -> None:
    circle = "inner" if person["spoken_on"] else ""
    contact = make_contact(user, person["name"], at, circle=circle)
    if person["promised_on"]:
        due_on = date.fromisoformat(person["promised_on"])
        text = f"Send {person['name']} the quote"
        Promise.make(contact=contact, owner=user, text=text, at=at - AGO, due_on=due_on)
    if person["born_on"]:
        make_birthday(contact, date.fromisoformat(person["born_on"]), at)
    if person["spoken_on"]:
        make_note(contact, user.today(at) - date.fromisoformat(person["spoken_on"]), at)


def make_birthday(contact: Contact, born_on: date, at: datetime) -> None:
    noted_on = contact.keeper.today(at) - LATELY
    event = LifeEvent(
        contact=contact,
        author=contact.keeper,
        kind=LifeEventKind.BIRTHDAY,
        month=born_on.month,
        day=born_on.day,
        yearly=True,
        noted_on=noted_on,
    )
    event.plan(noted_on)
    event.save()


def make_note(contact: Contact, ago: timedelta, at: datetime) -> None:
    at -= ago
    note = Note.objects.create(
        team_id=contact.team_id,
        author=contact.keeper,
        text="Talked about the delivery.",
        at=at,
        channel="call",
        is_touch=True,
        created_at=at,
    )
    note.contacts.set([contact])
    contact.recount_touches()


if __name__ == "__main__":
    main()
