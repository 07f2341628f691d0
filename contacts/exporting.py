"""A keeper's book in open formats, everything they hold, a few contacts at a time.

What teammates wrote stays with them. What the keeper wrote of people whom a colleague keeps goes
along in JSON, under the card of whom it is about; what went wrong for a company as a whole, under
the company's. JSON has all there is, in the shape that other
programs rely on; a vCard what address books know, and of the notes those that are not about a
conversation.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from contacts.holding import Held, book_of, companies_of, hold, written_of_others
from contacts.interchange.card import Address, Card, CardDate, CardRelative, Label
from contacts.interchange.card import Detail as CardDetail
from contacts.interchange.vcard import Version, write_cards
from contacts.models import (
    Channel,
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    Note,
    Photo,
    Relation,
    Relative,
)
from contacts.partial_dates import PartialDate
from crm.models import User

# What vCards tell from other links.
_NETWORKS = frozenset(["facebook", "flickr", "instagram", "linkedin", "mastodon", "twitter"])


def book_as_json(keeper: User) -> Iterator[bytes]:
    """The book as a JSON list, in pieces of a contact each."""
    separator = "[\n"
    for held in chain(book_of(keeper), written_of_others(keeper), companies_of(keeper)):
        yield (separator + json.dumps(shape_of(held), ensure_ascii=False, indent=1)).encode()
        separator = ",\n"
    yield b"[]\n" if separator == "[\n" else b"\n]\n"


def book_as_vcards(keeper: User, version: Version = "4.0") -> Iterator[bytes]:
    """The book as a vCard file, in pieces of a contact each."""
    return write_cards(map(card_of, book_of(keeper)), version=version)


def contact_as_vcard(contact: Contact, viewer: User, version: Version = "4.0") -> bytes:
    """One contact as a vCard to pass on: what `viewer` may see of it, and no notes."""
    (held,) = hold([contact], viewer)
    held.notes.clear()
    return b"".join(write_cards([card_of(held)], version=version))


# --- JSON ------------------------------------------------------------------------------------


def shape_of(held: Held) -> dict[str, Any]:
    """A contact as other programs read it; unknown parts of a date are null."""
    contact = held.contact
    return {
        "name": contact.name,
        "nickname": contact.nickname,
        "pronunciation": contact.pronunciation,
        "pronouns": contact.pronouns,
        "company": str(contact.company or ""),
        "title": contact.title,
        "emails": held.values(Detail.Kind.EMAIL),
        "phones": held.values(Detail.Kind.PHONE),
        "addresses": held.values(Detail.Kind.ADDRESS),
        "urls": held.values(Detail.Kind.URL),
        "birthday": _date(held.birthday),
        "life_events": [_event(event, held) for event in held.other_events],
        "relatives": [_relative(relative, held) for relative in held.relatives],
        "teams": [fact.text for fact in held.facts if fact.kind == Fact.Kind.TEAM],
        "facts": [
            {"kind": fact.kind, "text": fact.text, "noted_on": fact.noted_on.isoformat()}
            for fact in held.facts
            if fact.kind != Fact.Kind.TEAM
        ],
        "jobs": [_job(job) for job in held.jobs],
        "how_met": contact.how_met,
        "customer_since": contact.customer_since,
        "tags": held.tags,
        "circle": contact.circle,
        "cadence_days": contact.cadence,
        "has_photo": held.photo is not None,
        "notes": [_note(note, held.viewer) for note in held.notes],
        "promises": [_promise(promise) for promise in held.promises],
        "issues": [_issue(issue, held.viewer) for issue in held.issues],
        "is_company": contact.pk is None,
        "kept": contact.keeper_id == held.viewer.pk,
        "uid": contact.uid,
    }


def _date(when: PartialDate | None) -> dict[str, int | None] | None:
    if when is None:
        return None
    return {"year": when.year, "month": when.month, "day": when.day}


def _event(event: LifeEvent, held: Held) -> dict[str, Any]:
    whose = held.name_of(event.relative_id)
    return {"kind": event.kind, "who": whose, "title": event.title, "when": _date(event.when)}


def _relative(relative: Relative, held: Held) -> dict[str, Any]:
    return {
        "relation": relative.relation,
        "name": relative.name,
        "about": relative.about,
        "born": _date(held.birthday_of(relative.pk)),
    }


def _job(job: Job) -> dict[str, Any]:
    years = {"from_year": job.from_year, "to_year": job.to_year}
    return {"company": job.company, "title": job.title, **years}


def _note(note: Note, author: User) -> dict[str, Any]:
    return {
        "at": _instant(note.at, author),
        "channel": note.channel,
        "began": note.began,
        "text": note.text,
        "feeling": note.feeling,
        "private": note.private,
    }


def _promise(promise: Any) -> dict[str, Any]:
    return {
        "by": promise.made_by,
        "text": promise.text,
        "made_on": promise.made_on.isoformat(),
        "due_on": promise.due_on and promise.due_on.isoformat(),
        "state": promise.state,
        "ended_on": promise.ended_on and promise.ended_on.isoformat(),
    }


def _issue(issue: Any, viewer: User) -> dict[str, Any]:
    """What went wrong, and what was said and done about it since, as the team sees it."""
    return {
        "text": issue.text,
        "severity": issue.severity,
        "opened_at": _instant(issue.opened_at, viewer),
        "by": _who(issue.opened_by, viewer),
        "on_it": _who(issue.assignee, viewer),
        "answered_at": _instant(issue.first_answered_at, viewer),
        "settled_at": _instant(issue.settled_at, viewer),
        "feeling": issue.feeling,
        "events": [
            {
                "at": _instant(event.at, viewer),
                "what": event.kind,
                "by": _who(event.by, viewer),
                "text": event.comment,
            }
            for event in issue.events.all()
        ],
    }


def _who(user: User | None, viewer: User) -> str | None:
    if user is None:
        return None
    return "me" if user == viewer else str(user)


def _instant(at: datetime | None, viewer: User) -> str | None:
    """An instant by the clock of whose book it is."""
    return at.astimezone(viewer.zone).isoformat() if at else None


# --- vCard -----------------------------------------------------------------------------------


def card_of(held: Held) -> Card:
    """A contact as an address book knows it."""
    contact = held.contact
    links = [_detail(detail) for detail in held.of_kind(Detail.Kind.URL)]
    own = [event for event in held.other_events if event.relative_id is None]
    return Card(
        name=contact.name,
        nickname=contact.nickname,
        pronunciation=contact.pronunciation,
        pronouns=contact.get_pronouns_display() if contact.pronouns else "",
        company=str(contact.company or ""),
        title=contact.title,
        emails=tuple(_detail(detail) for detail in held.of_kind(Detail.Kind.EMAIL)),
        phones=tuple(_detail(detail) for detail in held.of_kind(Detail.Kind.PHONE)),
        addresses=tuple(_address(detail) for detail in held.of_kind(Detail.Kind.ADDRESS)),
        urls=tuple(link for link in links if link.kind not in _NETWORKS),
        socials=tuple(link for link in links if link.kind in _NETWORKS),
        birthday=held.birthday,
        dates=tuple(CardDate(str(event), event.when) for event in own),
        relatives=tuple(
            CardRelative(_relation(relative), relative.name) for relative in held.relatives
        ),
        tags=tuple(held.tags),
        interests=tuple(f.text for f in held.facts if f.kind == Fact.Kind.INTEREST),
        note="\n\n".join(note.text for note in held.notes if note.channel == Channel.OTHER),
        photo=_photo(held.photo),
        uid=contact.uid,
    )


def _detail(detail: Detail) -> CardDetail:
    return CardDetail(detail.value, _label(detail), kind=detail.use)


def _address(detail: Detail) -> Address:
    """The parts of an address are not kept apart: all of it is the street."""
    return Address(street=detail.value, label=_label(detail), kind=detail.use)


def _label(detail: Detail) -> Label:
    labels: dict[str, Label] = {"work": "work", "personal": "personal"}
    return labels.get(detail.label, "other")


def _relation(relative: Relative) -> str:
    """The relation in a word; as it was written where Kept has none for it."""
    return relative.about if relative.relation == Relation.OTHER else relative.relation


def _photo(photo: Photo | None) -> bytes | None:
    """The whole picture; none where its file has been lost."""
    if photo is None:
        return None
    try:
        with photo.whole.open("rb") as file:
            content: bytes = file.read()
    except OSError:
        return None
    return content
