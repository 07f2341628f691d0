"""Whose each stored row is, and which links there may be between the rows of different people."""

from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from contacts.models import (
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
from crm.models import Invitation, Member
from followups.models import (
    Answer,
    HandedContact,
    InboundMail,
    Issue,
    Nudge,
    Press,
    Promise,
)

# The way from a row to the user whose it is; None for what belongs to a team or to nobody, or only
# repeats what stands elsewhere.
WHOSE: dict[str, str | None] = {
    "account.EmailAddress": "user",
    "account.EmailConfirmation": "email_address__user",
    "auth.Group": None,
    "auth.Group_permissions": None,
    "auth.Permission": None,
    "contacts.Company": None,
    "contacts.Contact": "keeper",
    "contacts.Contact_tags": "tag__author",
    "contacts.Detail": "contact__keeper",
    "contacts.Fact": "author",
    "contacts.ImportRecord": "keeper",
    "contacts.Job": "author",
    "contacts.Keepsake": "author",
    "contacts.LifeEvent": "author",
    "contacts.Note": "author",
    "contacts.NoteRevision": "note__author",
    "contacts.Note_contacts": "note__author",
    "contacts.Photo": "author",
    "contacts.Relative": "author",
    "contacts.SearchEntry": None,
    "contacts.Tag": "author",
    "contenttypes.ContentType": None,
    "crm.Away": "user",
    "crm.Heartbeat": None,
    "crm.Invitation": None,
    "crm.Look": "whose",
    "crm.Member": "user",
    "crm.Team": None,
    "crm.User": "pk",
    "followups.Answer": "keeper",
    "followups.Delivery": "user",
    "followups.HandedContact": None,
    "followups.HandedPromise": None,
    "followups.Handover": None,
    "followups.InboundMail": "user",
    "followups.InboundMail_notes": "inboundmail__user",
    "followups.Issue": None,
    "followups.IssueEvent": None,
    "followups.Nudge": "keeper",
    "followups.Press": "user",
    "followups.Promise": "owner",
    "followups.PromiseEvent": "promise__owner",
    "sessions.Session": None,
    "usersessions.UserSession": "user",
}

type Stored = dict[str, dict[Any, tuple[Any, ...]]]


def models() -> dict[str, type[Model]]:
    """Every model by its label, those aside that join two others without a name."""
    return {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def stored() -> Stored:
    """Every row of every table that is somebody's or some team's, whose it is first."""
    return {
        label: {row[0]: row[1:] for row in _rows(model)}
        for label, model in models().items()
        if label not in {"sessions.Session", "usersessions.UserSession"}
    }


def _rows(model: type[Model]) -> QuerySet[Any, tuple[Any, ...]]:
    columns = [column.attname for column in model._meta.concrete_fields]
    whose = WHOSE[model._meta.label] or "pk"
    return model._base_manager.order_by("pk").values_list("pk", whose, *columns)


def fingerprint() -> str:
    """The same as long as nothing that is stored has changed."""
    return sha256(repr(stored()).encode()).hexdigest()


def changed_of_others(before: Stored, after: Stored, user_id: int) -> set[str]:
    """The models of which rows that are somebody else's were added, changed or removed."""
    return {
        label
        for label, rows in before.items()
        if WHOSE[label]
        for pk in rows.keys() | after[label].keys()
        if rows.get(pk) != after[label].get(pk)
        and {row[0] for row in (rows.get(pk), after[label].get(pk)) if row} != {user_id}
    }


def _kept_once(whose: str) -> QuerySet[Any]:
    """That the user of a row kept its contact before it was handed over."""
    return HandedContact.objects.filter(
        handover__from_user=OuterRef(whose), contact=OuterRef("contact")
    )


def stray_links() -> list[str]:
    """Rows that are tied to what they have no business with."""
    rules: dict[str, QuerySet[Any]] = {
        "a contact at another team’s company": Contact.objects.exclude(
            Q(company=None) | Q(company__team=F("team"))
        ),
        "a contact outside its keeper’s team": Contact.objects.exclude(
            keeper__member__team=F("team")
        ),
        "a contact with somebody else’s tag": Contact.tags.through.objects.exclude(
            Q(tag__author=F("contact__keeper")) | Exists(_kept_once("tag__author"))
        ),
        **{
            f"a {model.__name__} that somebody else wrote": model._base_manager.exclude(
                Q(author=F("contact__keeper")) | Exists(_kept_once("author"))
            )
            for model in (Fact, Job, Keepsake, LifeEvent, Photo, Relative)
        },
        "a detail sealed for who never kept them": Detail.objects.filter(
            ~Exists(_kept_once("sealed_for")), sealed_for__isnull=False
        ),
        "an event of somebody else’s relative": LifeEvent.objects.filter(
            ~Q(relative__contact=F("contact")), relative__isnull=False
        ),
        "a note outside its author’s team": Note.objects.exclude(author__member__team=F("team")),
        "a note about another team’s contact": Note.objects.filter(
            ~Q(contacts__team=F("team")), contacts__isnull=False
        ),
        "a fact from somebody else’s note": Fact.objects.filter(
            ~Q(note__author=F("author")), note__isnull=False
        ),
        "a promise about another team’s contact": Promise.objects.exclude(
            contact__team=F("team"), owner__member__team=F("team")
        ),
        "a promise in somebody else’s note": Promise.objects.filter(
            ~Q(note__author=F("owner")), note__private=True
        ),
        "an answer about somebody else’s contact": Answer.objects.exclude(
            Q(contact__keeper=F("keeper")) | Exists(_kept_once("keeper"))
        ),
        "a nudge by somebody else’s promise": Nudge.objects.filter(
            ~Q(promise__owner=F("keeper")), promise__isnull=False, state__in=Nudge.WAITING
        ),
        "a nudge by somebody else’s life event": Nudge.objects.filter(
            ~Q(life_event__author=F("keeper")), life_event__isnull=False
        ),
        "an issue for another team’s contact": Issue.objects.exclude(
            Q(contact=None) | Q(contact__team=F("team"))
        ),
        "an issue for another team’s company": Issue.objects.exclude(
            Q(company=None) | Q(company__team=F("team"))
        ),
        "an issue that somebody of another team is on": Issue.objects.exclude(
            Q(assignee=None) | Q(assignee__member__team=F("team"))
        ),
        "a promise to make another team’s issue right": Promise.objects.exclude(
            Q(issue=None) | Q(issue__team=F("team"))
        ),
        "a nudge by another team’s issue": Nudge.objects.exclude(
            Q(issue=None) | Q(issue__team=F("keeper__member__team"))
        ),
        "a nudge for another team’s contact": Nudge.objects.exclude(
            contact__team=F("keeper__member__team")
        ),
        "a reply that became somebody else’s note": InboundMail.objects.filter(
            ~Q(notes__author=F("user")), notes__isnull=False
        ),
        "a button of a mail about another team’s contact": Press.objects.exclude(
            contact__team=F("user__member__team")
        ),
        "an invitation by who is not in the team": Invitation.objects.exclude(
            invited_by__member__team=F("team")
        ),
        "somebody in a team of nobody": Member.objects.filter(team=None),
        "a detail of nobody": Detail.objects.filter(contact=None),
    }
    return [rule for rule, rows in rules.items() if rows.exists()]
