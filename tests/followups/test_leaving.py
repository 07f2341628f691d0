"""Leaving a team: nothing is orphaned, and one's own words go along."""

import pytest
from django.test import Client

from contacts.models import Contact, Detail, Fact, Note
from contacts.searching import index_contacts, index_notes
from crm.models import Invitation, Member, Team, User
from crm.policy import Role
from crm.teams import TeamError
from followups.handing import HandoverError
from followups.leaving import belongings, leave
from followups.models import Handover, Nudge, Promise
from followups.scheduling import sweep_keeper
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_invitation,
    make_issue,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_tag,
    make_user,
)
from tests.racing import at_once

TODAY = NOW.date()


@pytest.fixture
def owner(keeper: User) -> User:
    return make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)


@pytest.fixture
def maria(keeper: User) -> Contact:
    """Kept by the keeper, with a private and a shared one of what can be either."""
    contact = make_contact(keeper=keeper, company="Harbour Bakery", how_met="At sea.")
    make_detail(contact, value="maria@work.example")
    make_detail(contact, kind="phone", value="+4917155", label="personal")
    make_fact(contact, text="sailing")
    make_life_event(contact, relative=make_relative(contact, name="Emma"))
    make_tag(author=keeper, contacts=[contact])
    notes = [make_note(contact, text="Between us"), make_note(contact, text="All", private=False)]
    make_promise(contact, text="Send the quote", due_on=TODAY)
    make_promise(contact, text="Secretly sing", sharing="private", due_on=TODAY)
    index_contacts([contact])
    index_notes(notes)
    sweep_keeper(keeper, today=TODAY, now=NOW)
    return contact


def fresh(user: User) -> User:
    return User.objects.select_related("member__team").get(pk=user.pk)


def test_people_and_promises_go_to_who_was_chosen(
    keeper: User, owner: User, maria: Contact
) -> None:
    assert (belongings(keeper).people, belongings(keeper).promises) == (1, 1)
    handover = leave(keeper, to=owner, by=keeper, at=NOW)
    maria.refresh_from_db()
    assert maria.keeper == owner
    assert Promise.objects.get(text="Send the quote").owner == owner
    assert handover == Handover.objects.visible_to(owner).get()
    assert [note.text for note in Note.objects.visible_to(owner)] == ["All"]


def test_one_finds_a_team_with_ones_own_words(keeper: User, owner: User, maria: Contact) -> None:
    leave(keeper, to=owner, by=keeper, at=NOW)
    home = fresh(keeper)
    assert (home.role, str(home.member.team)) == (Role.OWNER, "Karin’s team")
    card = Contact.objects.kept_by(home).get()
    assert (card.name, str(card.company), card.how_met) == (
        "Maria Lindqvist",
        "Harbour Bakery",
        "At sea.",
    )
    assert card.uid == maria.uid
    assert card.last_touch_at == NOW
    assert [note.text for note in card.notes.visible_to(home)] == ["Between us"]
    assert [fact.text for fact in card.facts.visible_to(home)] == ["sailing"]
    assert card.life_events.visible_to(home).get().relative == card.relatives.visible_to(home).get()
    values = card.details.visible_to(home).order_by("value").values_list("value", flat=True)
    assert list(values) == ["+4917155", "maria@work.example"]
    assert list(card.tags.visible_to(home).values_list("name", flat=True)) == ["golf"]
    promise = Promise.objects.owned_by(home).get()
    assert (promise.text, promise.contact) == ("Secretly sing", card)
    nudge = Nudge.objects.visible_to(home).get(state="open", kind="promise")
    assert nudge.promise == promise
    for word in ("between", "sailing", "emma", "4917155", "golf"):
        assert list(Contact.objects.kept_by(home).search(home, word)) == [card]


def test_nothing_private_is_left_in_the_team(keeper: User, owner: User, maria: Contact) -> None:
    leave(keeper, to=owner, by=keeper, at=NOW)
    assert not Fact.objects.filter(contact__team=owner.team_id).exists()
    assert not Detail.objects.filter(contact__team=owner.team_id, label="personal").exists()
    assert not Note.objects.filter(team=owner.team_id, private=True).exists()
    team = Team.objects.get(pk=owner.team_id)
    told = maria.search_entries.values_list("team", "text")
    assert {entry[0] for entry in told} == {team.pk}
    assert not any("sailing" in text or "between" in text for _, text in told)


def test_issues_stay_with_the_team(keeper: User, owner: User, maria: Contact) -> None:
    issue = make_issue(maria, assignee=keeper)
    promise = make_promise(maria, issue=issue, sharing="private")
    client = client_of(keeper)
    leave(fresh(keeper), to=owner, by=keeper, at=NOW)
    issue.refresh_from_db()
    assert issue.assignee == owner
    page = client.get(f"/promises/{promise.pk}/")
    assert page.status_code == 200
    assert issue.text[:20] not in page.text


def test_nobody_is_on_an_issue_of_who_left_with_nothing(keeper: User, owner: User) -> None:
    issue = make_issue(make_contact(keeper=owner), assignee=keeper)
    leave(fresh(keeper), to=None, by=keeper, at=NOW)
    issue.refresh_from_db()
    assert issue.assignee is None


def test_who_leaves_must_say_who_takes_over(keeper: User, owner: User, maria: Contact) -> None:
    with pytest.raises(HandoverError, match="Choose who"):
        leave(keeper, to=None, by=keeper, at=NOW)
    assert fresh(keeper).team_id == owner.team_id


def test_who_keeps_nobody_just_leaves(keeper: User, owner: User) -> None:
    assert leave(keeper, to=None, by=keeper, at=NOW) is None
    assert fresh(keeper).team_id != owner.team_id


def test_what_lies_in_the_trash_is_handed_over_too(keeper: User, owner: User) -> None:
    contact = make_contact(keeper=keeper, trashed_at=NOW)
    leave(keeper, to=owner, by=keeper, at=NOW)
    contact.refresh_from_db()
    assert contact.keeper == owner


def test_promise_to_a_colleagues_contact_is_handed_over_too(keeper: User, owner: User) -> None:
    promise = make_promise(make_contact(keeper=owner), owner=keeper)
    leave(keeper, to=owner, by=keeper, at=NOW)
    promise.refresh_from_db()
    assert promise.owner == owner


def test_last_owner_cannot_leave(keeper: User, owner: User, stranger: User) -> None:
    for alone in (owner, stranger):
        with pytest.raises(TeamError):
            leave(alone, to=None, by=alone, at=NOW)
    assert (fresh(owner).team_id, fresh(stranger).team_id) == (owner.team_id, stranger.team_id)


def test_invitations_are_the_teams(keeper: User, owner: User) -> None:
    second = make_user(team=keeper.member.team, role=Role.OWNER)
    make_invitation(by=second)
    leave(second, to=None, by=owner, at=NOW)
    assert Invitation.objects.get().invited_by == owner


def test_sight_is_lost_within_one_request(keeper: User, owner: User, maria: Contact) -> None:
    client = client_of(keeper)
    assert client.get(f"/contacts/{maria.pk}/").status_code == 200
    leave(keeper, to=owner, by=owner, at=NOW)
    assert client.get(f"/contacts/{maria.pk}/").status_code == 404
    assert "Olga" not in client.get("/team/").text


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays() -> None:
    first = make_user(role=Role.OWNER)
    second = make_user(role=Role.OWNER, team=first.member.team)
    make_user(team=first.member.team)
    acts = [lambda who=who: leave(who, to=None, by=who, at=NOW) for who in (first, second)]
    ended = at_once(*acts)
    assert sorted(type(one).__name__ for one in ended) == ["NoneType", "TeamError"]
    owners = Member.objects.filter(team=first.member.team, role=Role.OWNER)
    assert owners.count() == 1


# --- The pages -------------------------------------------------------------------------------


def test_member_leaves_and_says_who_takes_over(
    keeper: User, keeper_client: Client, owner: User, maria: Contact
) -> None:
    page = keeper_client.get("/team/leaving/").text
    assert "<b>1 person</b> and <b>1 open promise</b> need somebody." in page
    assert 'href="/export/kept.json"' in page
    refused = keeper_client.post("/team/leaving/", {"to": ""})
    assert refused.status_code == 422
    assert "Choose who looks after them from now on." in refused.text
    response = keeper_client.post("/team/leaving/", {"to": owner.pk})
    assert (response.status_code, response.url) == (303, "/team/")
    assert "You have left" in keeper_client.get("/team/").text
    maria.refresh_from_db()
    assert maria.keeper == owner


def test_last_owner_is_told_why_they_cannot_leave(owner: User) -> None:
    client = client_of(owner)
    assert "Make somebody else an owner first." in client.get("/team/leaving/").text
    response = client.post("/team/leaving/")
    assert response.status_code == 422
    assert "Make somebody else an owner first." in response.text


def test_owner_removes_a_member(keeper: User, owner: User, maria: Contact) -> None:
    client = client_of(owner)
    url = f"/team/members/{keeper.member.pk}/removal/"
    page = client.get(url).text
    assert "Remove Karin Keeper" in page
    assert "Secretly" not in page
    assert client.post(url, {"to": owner.pk}).status_code == 303
    assert "To have them back, invite them again." in client.get("/team/").text
    assert fresh(keeper).team_id != owner.team_id


def test_deactivated_member_is_removed_alike(keeper: User, owner: User, maria: Contact) -> None:
    User.objects.filter(pk=keeper.pk).update(is_active=False)
    url = f"/team/members/{keeper.member.pk}/removal/"
    assert client_of(owner).post(url, {"to": owner.pk}).status_code == 303
    maria.refresh_from_db()
    assert maria.keeper == owner


def test_only_an_owner_of_the_team_removes(
    keeper: User, owner: User, keeper_client: Client, stranger_client: Client
) -> None:
    manager = make_user(team=keeper.member.team, role=Role.MANAGER)
    url = f"/team/members/{keeper.member.pk}/removal/"
    for client in (keeper_client, client_of(manager), stranger_client):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
    own = f"/team/members/{owner.member.pk}/removal/"
    assert client_of(owner).get(own).status_code == 404


def test_pages_of_leaving_take_no_other_methods(keeper_client: Client, owner: User) -> None:
    assert keeper_client.put("/team/leaving/").status_code == 405
    html = keeper_client.get("/team/leaving/", headers={"HX-Request": "true"}).text
    assert 'id="leaving-form"' in html
    assert "<html" not in html
