"""Leaving a team, or being removed from it: people and promises stay, one's own words go along.

Whoever goes finds a team of their own. In it stand the cards of those of whom they wrote something
that is theirs alone, with all of that on them; what they shared stays with the team.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from contacts.handing import read_touches
from contacts.models import (
    Company,
    Contact,
    Detail,
    Fact,
    Job,
    Keepsake,
    LifeEvent,
    Note,
    Photo,
    Relative,
)
from contacts.searching import index_contacts, index_notes
from crm.models import Member, Team, User
from crm.policy import Role
from crm.teams import TeamError, found_team, lock_team
from followups.handing import hand_everything
from followups.models import Handover, Issue, Nudge, Promise

_PIECES: list[type[Model]] = [Fact, Job, LifeEvent, Photo, Relative]
_CARD = ["uid", "trashed_at", "name", "sort_name", "nickname", "pronunciation", "pronouns", "title"]


@dataclass(frozen=True, slots=True)
class Belongings:
    """What somebody would leave behind in their team, and has to find a new keeper for."""

    people: int
    promises: int

    def __bool__(self) -> bool:
        return bool(self.people or self.promises)


def belongings(user: User) -> Belongings:
    promises = Promise.objects.filter(owner=user, team=user.team_id, state=Promise.State.OPEN)
    return Belongings(
        people=Contact.objects.filter(keeper=user, team=user.team_id).count(),
        promises=promises.exclude(sharing=Promise.Sharing.PRIVATE).count(),
    )


def in_the_way(member: Member) -> str:
    """Why `member` cannot leave, in a sentence; empty if they can."""
    others = member.team.members.exclude(pk=member.pk).filter(user__is_active=True)
    if not others.exists():
        return "You are this team. There is nobody else in it to leave."
    if member.role == Role.OWNER and not others.filter(role=Role.OWNER).exists():
        return "A team needs an owner. Make somebody else an owner first."
    return ""


@transaction.atomic
def leave(user: User, *, to: User | None, by: User, at: datetime) -> Handover | None:
    """Take `user` out of their team; `to` keeps their people and owes their open promises.

    `by` is `user`, or the owner who removes them. Raises `TeamError` for a team's last owner, and
    `HandoverError` where something must be handed over and is not. Returns the handing over.
    """
    team = lock_team(user.member.team_id)
    member = Member.objects.select_related("team").get(user=user)
    if member.team_id != team.pk:
        raise TeamError(f"{user} is not in this team any more.")
    if why := in_the_way(member):
        raise TeamError(why)
    handover = hand_everything(keeper=user, to=to, by=by, at=at)
    _leave_issues(user, to, by=by, at=at)
    _end_what_waits(user, team, at)
    _leave_invitations(user, team)
    member.delete()
    home = found_team(User.objects.get(pk=user.pk)).team
    _take_along(user, team, home, at)
    return handover


def _leave_issues(user: User, to: User | None, *, by: User, at: datetime) -> None:
    """Nobody is on an issue who is not in the team: from now on `to` is, or nobody yet."""
    for issue in Issue.objects.filter(team=user.team_id, assignee=user, settled_at=None):
        issue.assign(to, by=by, at=at)


def _end_what_waits(user: User, team: Team, at: datetime) -> None:
    waiting = Nudge.objects.filter(keeper=user, contact__team=team, state__in=Nudge.WAITING)
    waiting.filter(promise=None).update(state=Nudge.State.SKIPPED, ended_at=at)


def _leave_invitations(user: User, team: Team) -> None:
    """Invitations are the team's: an owner who stays has sent them from now on."""
    owners = team.members.filter(role=Role.OWNER).exclude(user=user).order_by("pk")
    team.invitations.filter(invited_by=user).update(invited_by=owners.values("user")[:1])


# --- One's own words -------------------------------------------------------------------------


def _take_along(user: User, team: Team, home: Team, at: datetime) -> None:
    """Move all that is `user`'s alone onto copies of the cards, in their own team."""
    notes = Note.objects.filter(author=user, team=team, private=True)
    note_ids = list(notes.values_list("pk", flat=True))
    pieces = _own_pieces(user, team, note_ids)
    about = {pk for rows in pieces for pk in rows.order_by().values_list("contact_id", flat=True)}
    copies = _copy_cards(about, user, home, at)
    for rows in pieces:
        _move(rows, copies)
    Note.objects.filter(pk__in=note_ids).update(team=home)
    _unseal(copies.values(), user, home)
    index_contacts(Contact.objects.filter(pk__in=about))
    index_contacts(Contact.objects.filter(team=home))
    index_notes(Note.objects.filter(pk__in=note_ids))


def _own_pieces(user: User, team: Team, note_ids: Collection[int]) -> list[QuerySet[Any]]:
    """Rows that hang on a contact of `team` and are for `user` alone."""
    own: dict[str, Any] = {"author": user, "contact__team": team}
    promises = Promise.objects.filter(owner=user, team=team, sharing=Promise.Sharing.PRIVATE)
    return [
        *(model._default_manager.filter(**own) for model in _PIECES),
        Keepsake.objects.filter(**own),
        Detail.objects.filter(sealed_for=user, contact__team=team),
        Contact.tags.through._default_manager.filter(tag__author=user, contact__team=team),
        Note.contacts.through._default_manager.filter(note__in=note_ids),
        Nudge.objects.filter(promise__in=promises, contact__team=team),
        promises,
    ]


def _move(rows: QuerySet[Any], copies: Mapping[int, Contact]) -> None:
    """Hang each row on the copy of its contact."""
    found = list(rows.order_by("pk"))
    for row in found:
        row.contact_id = copies[row.contact_id].pk
    rows.model._default_manager.bulk_update(found, ["contact"], batch_size=500)


def _copy_cards(
    contact_ids: Collection[int], user: User, home: Team, at: datetime
) -> dict[int, Contact]:
    """Copies of the cards of `contact_ids`, by the keys of these."""
    originals = list(Contact.objects.filter(pk__in=contact_ids).select_related("company"))
    companies = _copy_companies({each.company for each in originals if each.company}, home)
    today = user.today(at)
    copies = {
        each.pk: Contact(
            team=home,
            keeper=user,
            company=companies.get(each.company_id or 0),
            created_at=at,
            first_due_on=today,
            **{name: getattr(each, name) for name in _CARD},
        )
        for each in originals
    }
    Contact.objects.bulk_create(copies.values(), batch_size=500)
    card = Detail.objects.in_use().filter(contact__in=contact_ids)
    business = card.exclude(label=Detail.Label.PERSONAL)
    details = [_copy(detail, copies[detail.contact_id]) for detail in business]
    Detail.objects.bulk_create(details, batch_size=500)
    return copies


def _copy_companies(companies: Collection[Company], home: Team) -> dict[int, Company]:
    copies = {
        company.pk: Company(
            team=home, name=company.name, folded=company.folded, website=company.website
        )
        for company in companies
    }
    Company.objects.bulk_create(copies.values())
    return copies


def _copy(detail: Detail, contact: Contact) -> Detail:
    columns = ("kind", "label", "use", "value", "position")
    return Detail(contact=contact, **{name: getattr(detail, name) for name in columns})


def _unseal(copies: Collection[Contact], user: User, home: Team) -> None:
    """What was sealed for who keeps them now is simply theirs; so are the touches they wrote."""
    keepsakes = Keepsake.objects.filter(contact__in=copies)
    how_met = dict(keepsakes.values_list("contact_id", "how_met"))
    read_touches(copies, user)
    for contact in copies:
        contact.how_met = how_met.get(contact.pk, "")
        contact.plan()
    Contact.objects.bulk_update(copies, ["how_met", *Contact.PLANNED], batch_size=500)
    keepsakes.delete()
    Detail.objects.filter(sealed_for=user, contact__in=copies).update(sealed_for=None)
    Promise.objects.filter(contact__in=copies).update(team=home, issue=None)
