"""The team: everybody sees who is in it, its owner decides who is."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from crm.models import Invitation, Member, Team, User
from crm.policy import Role
from crm.teams import TeamError, change_role, invite, join
from tests.crm.answers import link_in
from tests.factories import NOW, client_of, make_invitation, make_team, make_user
from tests.racing import at_once

HTMX = {"HX-Request": "true"}
QUERIES = 5  # session, user with team, heartbeat (owners), members, invitations
LETTER = {"email": "New@Example.com", "role": "manager"}


@pytest.fixture
def owner(keeper: User) -> User:
    """Owns the team that the keeper is a seller in."""
    Team.objects.filter(pk=keeper.team_id).update(name="Fairview Motors")
    return make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)


@pytest.fixture
def owner_client(owner: User) -> Client:
    return client_of(owner)


@pytest.fixture
def invitation(owner: User) -> Invitation:
    return make_invitation(by=owner, email="mei@example.com", role=Role.MANAGER)


# --- The page --------------------------------------------------------------------------------


def test_every_member_sees_who_is_in_the_team(
    keeper_client: Client, keeper: User, invitation: Invitation
) -> None:
    html = keeper_client.get("/team/").text
    for shown in ("Fairview Motors", "Olga Owner", "Karin Keeper", "mei@example.com"):
        assert shown in html
    assert "<form" not in html.partition('id="team"')[2].partition("</main>")[0]


def test_owner_sees_the_forms(owner_client: Client, invitation: Invitation) -> None:
    html = owner_client.get("/team/").text
    for path in ("name/", "invitations/", f"invitations/{invitation.pk}/sending/"):
        assert f'action="/team/{path}"' in html


def test_stranger_sees_their_own_team_alone(
    stranger_client: Client, keeper: User, invitation: Invitation
) -> None:
    html = stranger_client.get("/team/").text
    assert "Stan Stranger" in html
    for hidden in ("Fairview", "Olga", "Karin", "mei@example.com"):
        assert hidden not in html


def test_page_needs_a_log_in(client: Client, db: None) -> None:
    assert client.get("/team/").url == "/accounts/login/?next=/team/"


def test_page_to_htmx_is_a_fragment(keeper_client: Client) -> None:
    html = keeper_client.get("/team/", headers=HTMX).text
    assert 'id="team"' in html
    assert "<html" not in html


def test_page_is_only_looked_at(owner_client: Client) -> None:
    assert owner_client.post("/team/").status_code == 405


def test_page_never_shows_the_link_of_an_invitation(
    owner_client: Client, invitation: Invitation
) -> None:
    assert invitation.token not in owner_client.get("/team/").text


@pytest.mark.parametrize("more", [1, 3])
def test_page_costs_as_much_for_a_large_team(owner_client: Client, owner: User, more: int) -> None:
    for _ in range(more):
        make_user(team=owner.member.team)
        make_invitation(by=owner)
    with CaptureQueriesContext(connection) as queries:
        assert owner_client.get("/team/").status_code == 200
    assert len(queries) == QUERIES


def test_invitation_past_its_time_is_marked(owner_client: Client, invitation: Invitation) -> None:
    Invitation.objects.update(sent_at=NOW - timedelta(days=14))
    assert ">expired<" in owner_client.get("/team/").text


# --- What every form has in common -----------------------------------------------------------

FORMS = {
    "name/": {"name": "Hilltop Motors"},
    "invitations/": LETTER,
    "invitations/return/": {},
    "invitations/{invitation}/sending/": {},
    "invitations/{invitation}/withdrawal/": {},
    "members/{member}/role/": {"role": "manager"},
    "members/{member}/role/manager/": {},
}


def path_of(form: str, invitation: Invitation) -> str:
    seller = Member.objects.get(user__email="keeper@example.com")
    return "/team/" + form.format(invitation=invitation.pk, member=seller.pk)


def everything() -> list[object]:
    """All that the forms could change."""
    return [list(model.objects.order_by("pk").values()) for model in (Team, Member, Invitation)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER])
def test_form_is_not_there_for_members_who_do_not_own_the_team(
    invitation: Invitation, keeper: User, form: str, role: Role
) -> None:
    Member.objects.filter(user=keeper).update(role=role)
    before = everything()
    assert client_of(keeper).post(path_of(form, invitation), FORMS[form]).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("form", [form for form in FORMS if "{" in form])
def test_stranger_s_forms_reach_nothing_of_this_team(
    invitation: Invitation, stranger_client: Client, form: str
) -> None:
    before = everything()
    assert stranger_client.post(path_of(form, invitation), FORMS[form]).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_form_takes_a_post_alone(invitation: Invitation, owner_client: Client, form: str) -> None:
    assert owner_client.get(path_of(form, invitation)).status_code == 405


@pytest.mark.parametrize("form", [form for form in FORMS if form != "invitations/return/"])
def test_htmx_gets_only_the_fragment_and_a_toast(
    invitation: Invitation, owner_client: Client, form: str
) -> None:
    response = owner_client.post(path_of(form, invitation), FORMS[form], headers=HTMX)
    assert response.status_code == 200
    assert "<html" not in response.text
    assert "toast" in response.headers["HX-Trigger"]


# --- Name ------------------------------------------------------------------------------------


def test_owner_names_the_team(owner_client: Client, owner: User) -> None:
    assert owner_client.post("/team/name/", {"name": " Hilltop  Motors "}).url == "/team/"
    assert Team.objects.get(pk=owner.team_id).name == "Hilltop Motors"


@pytest.mark.parametrize(
    ("name", "said"), [("", "Please fill this in."), ("x" * 121, "at most 120 characters")]
)
def test_bad_name_is_refused_and_kept(
    owner_client: Client, owner: User, name: str, said: str
) -> None:
    response = owner_client.post("/team/name/", {"name": name})
    assert response.status_code == 422
    assert said in response.text
    assert not name or f'value="{name}"' in response.text
    assert Team.objects.get(pk=owner.team_id).name == "Fairview Motors"


# --- Inviting --------------------------------------------------------------------------------


def test_invitation_goes_out_by_mail(
    owner_client: Client, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    assert owner_client.post("/team/invitations/", LETTER).url == "/team/"
    (mail,) = mailoutbox
    (invited,) = Invitation.objects.all()
    assert (invited.email, invited.role, invited.sent_at) == ("new@example.com", "manager", NOW)
    assert (mail.to, mail.subject) == (["new@example.com"], "You are invited to a team on Kept")
    assert "Olga Owner invites you to Fairview Motors" in mail.body
    assert link_in(mail) == f"/invitations/{invited.token}/"


@pytest.mark.parametrize("host", ["localhost:1", "evil.example"])
def test_forged_host_reaches_no_invitation(
    owner_client: Client, mailoutbox: list[EmailMessage], host: str
) -> None:
    owner_client.post("/team/invitations/", LETTER, headers={"Host": host})
    assert [link_in(mail)[:13] for mail in mailoutbox] == ["/invitations/"] * ("evil" not in host)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "Please fill this in."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"email": "a@example.com\r\nBcc: x@example.com"}, "Enter a valid email address."),
        ({"email": "x" * 250 + "@example.com"}, "at most 254 characters"),
        ({"email": "KEEPER@example.com"}, "keeper@example.com is already in your team."),
        ({"role": "king"}, "Select a valid choice"),
    ],
)
def test_bad_invitation_says_what_is_wrong_and_is_kept(
    owner_client: Client, mailoutbox: list[EmailMessage], fields: dict[str, str], said: str
) -> None:
    response = owner_client.post("/team/invitations/", LETTER | fields)
    assert response.status_code == 422
    assert said in response.text
    assert 'value="New@Example.com"' in response.text or "email" in fields
    assert (Invitation.objects.count(), mailoutbox) == (0, [])


def test_inviting_a_known_address_and_an_unknown_one_get_one_answer(
    owner_client: Client, stranger: User
) -> None:
    pages = []
    for email in (stranger.email, "nobody@example.com"):
        response = owner_client.post("/team/invitations/", {"email": email, "role": "seller"})
        pages.append((response.status_code, owner_client.get("/team/").text.count(email)))
        Invitation.objects.all().delete()
    assert pages[0] == pages[1]


def test_inviting_again_makes_the_old_link_dead(
    owner_client: Client, invitation: Invitation
) -> None:
    owner_client.post("/team/invitations/", {"email": "mei@example.com", "role": "seller"})
    (renewed,) = Invitation.objects.all()
    assert renewed.token != invitation.token
    assert renewed.role == "seller"


def test_sending_again_begins_the_fourteen_days_anew(
    owner_client: Client, invitation: Invitation, mailoutbox: list[EmailMessage]
) -> None:
    Invitation.objects.update(sent_at=NOW - timedelta(days=20))
    owner_client.post(f"/team/invitations/{invitation.pk}/sending/")
    (renewed,) = Invitation.objects.all()
    assert renewed.is_open(NOW)
    assert (renewed.role, link_in(mailoutbox[0])) == ("manager", f"/invitations/{renewed.token}/")


def test_thirty_first_invitation_in_an_hour_is_refused(
    owner_client: Client, mailoutbox: list[EmailMessage]
) -> None:
    for number in range(30):
        owner_client.post("/team/invitations/", {"email": f"a{number}@b.example", "role": "seller"})
    response = owner_client.post("/team/invitations/", LETTER)
    assert response.status_code == 429
    assert "That were many in an hour." in response.text
    assert 'value="New@Example.com"' in response.text
    assert len(mailoutbox) == 30


def test_mail_server_that_is_away_is_told_and_the_invitation_stays(
    owner_client: Client, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tests.crm.test_sign_up.BrokenServer"}}
    owner_client.post("/team/invitations/", LETTER)
    assert "The mail could not be sent." in owner_client.get("/team/").text
    assert Invitation.objects.count() == 1


def test_withdrawn_invitation_comes_back_with_a_new_link_by_undo(
    owner_client: Client, invitation: Invitation, mailoutbox: list[EmailMessage]
) -> None:
    owner_client.post(f"/team/invitations/{invitation.pk}/withdrawal/")
    assert not Invitation.objects.exists()
    assert 'action="/team/invitations/return/"' in owner_client.get("/team/").text
    owner_client.post("/team/invitations/return/")
    (renewed,) = Invitation.objects.all()
    assert (renewed.email, renewed.role) == ("mei@example.com", "manager")
    assert renewed.token != invitation.token
    assert len(mailoutbox) == 1
    assert owner_client.post("/team/invitations/return/").status_code == 404


def test_accepted_invitation_can_be_neither_sent_nor_withdrawn(
    owner_client: Client, invitation: Invitation
) -> None:
    Invitation.objects.update(accepted_at=NOW)
    for verb in ("sending", "withdrawal"):
        path = f"/team/invitations/{invitation.pk}/{verb}/"
        assert owner_client.post(path).status_code == 404
    assert Invitation.objects.get().accepted_at == NOW


# --- Roles -----------------------------------------------------------------------------------


def test_owner_changes_a_role_and_takes_it_back(
    owner_client: Client, owner: User, keeper: User
) -> None:
    pk = keeper.member.pk
    assert owner_client.post(f"/team/members/{pk}/role/", {"role": "manager"}).url == "/team/"
    assert Member.objects.get(pk=pk).role == "manager"
    undo = f"/team/members/{pk}/role/seller/"
    assert f'action="{undo}"' in owner_client.get("/team/").text
    owner_client.post(undo)
    assert Member.objects.get(pk=pk).role == "seller"


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_last_owner_stays_owner(owner_client: Client, owner: User, role: str) -> None:
    response = owner_client.post(f"/team/members/{owner.member.pk}/role/", {"role": role})
    assert response.status_code == 422
    assert "A team needs an owner." in response.text
    assert Member.objects.get(user=owner).role == "owner"


def test_owner_who_is_switched_off_does_not_count(owner: User) -> None:
    make_user(team=owner.member.team, role=Role.OWNER, is_active=False)
    with pytest.raises(TeamError):
        change_role(owner.member, Role.SELLER)


def test_owner_steps_down_once_there_is_another(owner_client: Client, owner: User) -> None:
    make_user(team=owner.member.team, role=Role.OWNER)
    owner_client.post(f"/team/members/{owner.member.pk}/role/", {"role": "seller"})
    assert Member.objects.get(user=owner).role == "seller"
    html = owner_client.get("/team/").text
    assert "is now seller" in html
    assert "/role/" not in html  # neither the forms nor an undo: they are not theirs any more


@pytest.mark.parametrize("role", ["", "king"])
def test_unknown_role_is_refused(owner_client: Client, keeper: User, role: str) -> None:
    response = owner_client.post(f"/team/members/{keeper.member.pk}/role/", {"role": role})
    assert response.status_code == 422
    assert Member.objects.get(user=keeper).role == "seller"


# --- Races -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_step_down_at_once_leave_one() -> None:
    team = make_team()
    pair = [make_user(team=team, role=Role.OWNER).member for _ in range(2)]
    ended = at_once(*[lambda member=member: change_role(member, Role.SELLER) for member in pair])
    assert sorted(type(one).__name__ for one in ended) == ["NoneType", "TeamError"]
    assert team.members.filter(role=Role.OWNER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_invitation_is_used_once_by_twenty_at_the_same_moment() -> None:
    owner = make_user(role=Role.OWNER)
    invitation = make_invitation(by=owner, email="mei@example.com")
    mei = User.objects.create_user("mei@example.com")
    ended = at_once(*[lambda: join(invitation, user=mei, at=NOW) for _ in range(20)])
    assert sorted({type(one).__name__ for one in ended}) == ["Member", "TeamError"]
    assert sum(isinstance(one, Member) for one in ended) == 1


@pytest.mark.django_db(transaction=True)
def test_address_invited_twice_at_the_same_moment_has_one_link() -> None:
    owner = make_user(role=Role.OWNER)
    owner = User.objects.select_related("member").get(pk=owner.pk)

    def send() -> Invitation:
        return invite(email="mei@example.com", role=Role.SELLER, by=owner, at=NOW)

    ended = at_once(*[send] * 5)
    assert {type(one).__name__ for one in ended} == {"Invitation"}
    assert Invitation.objects.count() == 1
