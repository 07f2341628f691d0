"""Moving into a team with one’s book: nothing is left or lost, nobody else’s is touched."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from contacts.models import Company, Contact, Note, SearchEntry
from contacts.searching import index_contacts, index_notes
from crm.models import Invitation, Member, Team, User
from crm.policy import Role
from crm.teams import TeamError
from followups.models import Issue, Promise
from followups.moving import Luggage, accept, obstacle, pack
from tests.factories import (
    NOW,
    make_company,
    make_contact,
    make_invitation,
    make_issue,
    make_life_event,
    make_note,
    make_promise,
    make_user,
)
from tests.racing import at_once

# What belongs to a team and how it comes along: a new model needs its line in `move_book`.
COMES_ALONG = {
    "contacts.Company",
    "contacts.Contact",
    "contacts.Note",
    "contacts.SearchEntry",
    "followups.Handover",
    "followups.Issue",
    "followups.Promise",
}
ENDS_WITH_THE_TEAM = {"crm.Invitation", "crm.Member"}


@pytest.fixture
def owner(keeper: User) -> User:
    """Invites; the keeper is a seller in the owner's team and has contacts there."""
    make_contact(keeper=keeper, name="Walt Ames", company="Harbour Bakery")
    return make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)


@pytest.fixture
def mei(db: None, now: object) -> User:
    """Alone in a team of one, with a small book."""
    return make_user(email="mei@example.com", name="Mei Tanaka", role=Role.OWNER)


@pytest.fixture
def invitation(owner: User) -> Invitation:
    return make_invitation(by=owner, email="mei@example.com", role=Role.MANAGER)


def fresh(user: User) -> User:
    return User.objects.select_related("member__team").get(pk=user.pk)


def test_every_model_that_belongs_to_a_team_is_thought_of() -> None:
    owned = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Team
    }
    assert owned == COMES_ALONG | ENDS_WITH_THE_TEAM


def test_book_comes_along_and_the_old_team_ends(invitation: Invitation, mei: User) -> None:
    old = mei.member.team
    contact = make_contact(keeper=mei, name="Sam Whitaker", company="Northern Freight")
    make_life_event(contact)
    note = make_note(contact, text="Wants the quote by Friday.")
    issue = make_issue(contact)
    promise = make_promise(contact, note=note, issue=issue)
    index_contacts([contact])
    index_notes([note])
    member = accept(invitation, user=mei, at=NOW)
    assert (member.team, member.role) == (invitation.team, "manager")
    for model in (Contact, Company, Issue, Note, Promise, SearchEntry):
        assert not model.objects.filter(team_id=old.pk).exists()
    assert not Team.objects.filter(pk=old.pk).exists()
    moved = fresh(mei)
    assert list(Contact.objects.kept_by(moved)) == [contact]
    assert list(Note.objects.visible_to(moved)) == [note]
    assert list(Promise.objects.owned_by(moved)) == [promise]
    assert list(Issue.objects.visible_to(moved)) == [issue]
    assert list(Contact.objects.kept_by(moved).search(moved, "quote")) == [contact]
    invitation.refresh_from_db()
    assert invitation.accepted_at == NOW


def test_team_sees_the_cards_and_what_was_shared_alone(
    invitation: Invitation, mei: User, keeper: User
) -> None:
    contact = make_contact(keeper=mei, name="Sam Whitaker")
    make_note(contact, text="Between us")
    shared = make_note(contact, text="For all", private=False)
    index_notes(list(Note.objects.all()))
    accept(invitation, user=mei, at=NOW)
    assert contact in Contact.objects.visible_to(keeper)
    assert list(Note.objects.visible_to(keeper)) == [shared]
    assert list(Contact.objects.visible_to(keeper).search(keeper, "between")) == []


def test_what_lies_in_the_trash_comes_along_too(invitation: Invitation, mei: User) -> None:
    contact = make_contact(keeper=mei, trashed_at=NOW)
    accept(invitation, user=mei, at=NOW)
    contact.refresh_from_db()
    assert (contact.team, contact.trashed_at) == (invitation.team, NOW)


def test_company_of_the_same_name_becomes_one_with_the_team_s(
    invitation: Invitation, mei: User
) -> None:
    theirs = Company.objects.get(team=invitation.team)
    contact = make_contact(keeper=mei, name="Sam Whitaker", company="HARBOUR  bäkery")
    Company.objects.filter(team=mei.team_id).update(website="https://b.example", about="Rye")
    accept(invitation, user=mei, at=NOW)
    contact.refresh_from_db()
    theirs.refresh_from_db()
    assert contact.company == theirs
    assert (theirs.name, theirs.website, theirs.about) == (
        "Harbour Bakery",
        "https://b.example",
        "Rye",
    )
    assert Company.objects.count() == 1


def test_company_that_the_team_describes_keeps_its_description(
    invitation: Invitation, mei: User
) -> None:
    Company.objects.filter(team=invitation.team).update(website="https://a.example", about="Wheat")
    make_company("Harbour Bakery", team=mei.member.team, website="https://b.example", about="Rye")
    accept(invitation, user=mei, at=NOW)
    assert Company.objects.values_list("website", "about").get() == ("https://a.example", "Wheat")


def test_other_company_comes_along_as_it_is(invitation: Invitation, mei: User) -> None:
    company = make_company("Northern Freight", team=mei.member.team, about="Lanes to Dallas")
    accept(invitation, user=mei, at=NOW)
    company.refresh_from_db()
    assert (company.team, company.about) == (invitation.team, "Lanes to Dallas")


def test_company_in_the_team_s_trash_comes_back_for_whoever_brings_people(
    invitation: Invitation, mei: User
) -> None:
    Company.objects.filter(team=invitation.team).update(trashed_at=NOW)
    make_contact(keeper=mei, name="Sam Whitaker", company="Harbour Bakery")
    accept(invitation, user=mei, at=NOW)
    assert Company.objects.get().trashed_at is None


def test_luggage_counts_what_the_team_will_see(mei: User) -> None:
    contact = make_contact(keeper=mei)
    make_contact(keeper=mei, name="Gone", trashed_at=NOW)
    make_note(contact)
    make_note(contact, private=False)
    make_promise(contact)
    make_promise(contact, sharing="private")
    assert pack(mei) == Luggage(contacts=1, shared_notes=1, shared_promises=1, issues=0)


# --- Refused ---------------------------------------------------------------------------------


def state() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Team, Member, Invitation, Contact, Company)
    ]


def refused(invitation: Invitation, user: User, sentence: str) -> None:
    before = state()
    with pytest.raises(TeamError, match=sentence):
        accept(invitation, user=user, at=NOW)
    assert state() == before


def test_invitation_is_for_its_address_alone(invitation: Invitation, stranger: User) -> None:
    assert obstacle(invitation, user=stranger) == (
        "This invitation went to another address than yours."
    )
    refused(invitation, stranger, "another address than yours")


def test_address_counts_in_any_case(invitation: Invitation, mei: User) -> None:
    Invitation.objects.update(email="MEI@Example.com")
    invitation.refresh_from_db()
    assert obstacle(invitation, user=mei) == ""


def test_others_are_not_left_behind(invitation: Invitation, mei: User) -> None:
    make_user(team=mei.member.team)
    sentence = "You are in Mei Tanaka’s team with others"
    assert sentence in obstacle(invitation, user=mei)
    refused(invitation, mei, sentence)


def test_member_of_the_team_is_in_it_already(owner: User) -> None:
    again = make_invitation(by=owner, email=owner.email)
    refused(again, owner, "already")


@pytest.mark.parametrize("sent_at", ["2026-11-04T15:00:00+00:00", "2026-10-01T00:00:00+00:00"])
def test_invitation_of_fourteen_days_ago_is_closed(
    invitation: Invitation, mei: User, sent_at: str
) -> None:
    Invitation.objects.update(sent_at=sent_at)
    refused(invitation, mei, "not open any more")


def test_used_invitation_is_closed(invitation: Invitation, mei: User) -> None:
    Invitation.objects.update(accepted_at=NOW)
    refused(invitation, mei, "not open any more")


@pytest.mark.django_db(transaction=True)
def test_twenty_acceptances_at_once_move_once() -> None:
    owner = make_user(role=Role.OWNER)
    mei = make_user(email="mei@example.com", role=Role.OWNER)
    make_contact(keeper=mei, company="Northern Freight")
    invitation = make_invitation(by=owner, email="mei@example.com")
    ended = at_once(*[lambda: accept(invitation, user=fresh(mei), at=NOW) for _ in range(20)])
    assert sum(isinstance(one, Member) for one in ended) == 1
    assert {type(one) for one in ended} == {Member, TeamError}
    assert Contact.objects.get().team == owner.member.team
    assert Team.objects.count() == 1
