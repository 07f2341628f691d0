"""Moving into a team by invitation, with all of one's book."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from contacts.models import Company, Contact, Note, SearchEntry
from crm.models import Invitation, Member, Team, User
from crm.teams import NOT_YOURS, TeamError, lock_team, use_up
from followups.models import Handover, Issue, Promise


@dataclass(frozen=True, slots=True)
class Luggage:
    """What moving would show to the new team beside the contacts' cards."""

    contacts: int
    shared_notes: int
    shared_promises: int
    issues: int


def pack(user: User) -> Luggage:
    """Count what would come along, of which the new team would see something."""
    notes = Note.objects.filter(team=user.team_id, private=False)
    promises = Promise.objects.filter(team=user.team_id).exclude(sharing=Promise.Sharing.PRIVATE)
    return Luggage(
        contacts=Contact.objects.kept_by(user).present().count(),
        shared_notes=notes.present().count(),
        shared_promises=promises.count(),
        issues=Issue.objects.filter(team=user.team_id).count(),
    )


@transaction.atomic
def accept(invitation: Invitation, *, user: User, at: datetime) -> Member:
    """Move `user`, alone in a team of one until now, with their book into the team that invited.

    The old team ends. Raises `TeamError` when the invitation is not theirs or not open any more,
    or when they would leave others behind.
    """
    use_up(invitation, user=user, at=at)
    member = Member.objects.get(user=user)
    old = lock_team(member.team_id)
    if in_the_way := obstacle(invitation, user=user):
        raise TeamError(in_the_way)
    move_book(old, invitation.team)
    member.team, member.role = invitation.team, invitation.role
    member.save(update_fields=["team", "role"])
    old.delete()
    return member


def obstacle(invitation: Invitation, *, user: User) -> str:
    """Why `user` cannot accept an open invitation, in a sentence; empty if they can."""
    if user.email.lower() != invitation.email.lower():
        return NOT_YOURS
    member = Member.objects.select_related("team").get(user=user)
    if member.team_id == invitation.team_id:
        return f"You are in {member.team} already."
    if member.team.members.count() > 1:
        return f"You are in {member.team} with others, and one can be in one team only."
    return ""


@transaction.atomic
def move_book(old: Team, new: Team) -> None:
    """Make all that was written in `old` belong to `new`; companies of one name become one."""
    _move_companies(old, new)
    for model in (Contact, Handover, Issue, Note, Promise, SearchEntry):
        model.objects.filter(team=old).update(team=new)


def _move_companies(old: Team, new: Team) -> None:
    """Companies that `new` does not have move; where it has one, it is kept, its blanks filled."""
    theirs = {company.folded: company for company in Company.objects.filter(team=new)}
    for company in Company.objects.filter(team=old):
        twin = theirs.get(company.folded)
        if twin is None:
            continue
        for model in (Contact, Issue):
            model._default_manager.filter(company=company).update(company=twin)
        _complete(twin, company)
        company.delete()
    Company.objects.filter(team=old).update(team=new)


def _complete(company: Company, other: Company) -> None:
    """Fill in what `company` does not say by what `other` does; bring it back from the trash."""
    Company.objects.filter(pk=company.pk).update(
        website=company.website or other.website,
        about=company.about or other.about,
        trashed_at=company.trashed_at if other.is_trashed else None,
        version=F("version") + 1,
    )
