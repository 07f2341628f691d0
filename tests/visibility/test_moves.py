"""Who loses a role, a team or a log-in loses sight with the next request."""

from collections.abc import Callable

import pytest
from django.test import Client

from crm.models import Member, Team, User
from crm.policy import Role
from tests.factories import client_of
from tests.visibility.canaries import Canary
from tests.visibility.table import TABLE
from tests.visibility.walking import walk
from tests.visibility.world import World


def heard_by(world: World, browser: Client, url: str) -> set[Canary]:
    response = browser.get(url)
    songs = world.aviary.songs_in(response.content.decode())
    return {canary for song in songs for canary in song}


def promise_url(world: World, whose: str, promise: str) -> str:
    return f"/promises/{world.things[whose][promise].pk}/"


def test_manager_who_becomes_a_seller_sees_no_more_promises(world: World) -> None:
    manager, url = world.clients["manager"], promise_url(world, "keeper", "promise_managers")
    assert manager.get(url).status_code == 200

    Member.objects.filter(user=world.users["manager"]).update(role=Role.SELLER)

    assert manager.get(url).status_code == 404


def test_member_who_moves_to_another_team_sees_nothing_of_the_old_one(world: World) -> None:
    elsewhere = Team.objects.create(name="Elsewhere")
    Member.objects.filter(user=world.users["owner"]).update(team=elsewhere)

    walked = walk(world, "owner", {name: TABLE[name] for name in ("contacts:list", "team")})

    theirs = {canary for canary in walked.heard if canary.who != "owner"}
    assert theirs == set()


@pytest.mark.parametrize("name", ["contacts:list", "followups:today", "contacts:export_file"])
def test_member_who_has_left_the_team_sees_nothing_of_what_they_kept_there(
    name: str, world: World
) -> None:
    Member.objects.filter(user=world.users["keeper"]).delete()

    walked = walk(world, "keeper", {name: TABLE[name]})

    assert {canary for canary in walked.heard if canary.thing != "user"} == set()


def test_user_who_is_deactivated_is_out_with_the_next_request(world: World) -> None:
    keeper = world.clients["keeper"]
    assert keeper.get("/contacts/").status_code == 200

    User.objects.filter(pk=world.users["keeper"].pk).update(is_active=False)

    assert keeper.get("/contacts/").status_code == 302


ENDS: dict[str, Callable[[Client], object]] = {
    "logs out": lambda browser: browser.post("/accounts/logout/"),
    "stays away": lambda browser: browser.cookies.pop("sessionid"),
}


@pytest.mark.parametrize("how", ENDS)
def test_what_was_said_to_one_is_not_said_to_the_next_at_the_same_browser(
    how: str, world: World
) -> None:
    browser = client_of(world.users["keeper"])
    contact = world.things["keeper"]["contact"]
    browser.post(f"/trash/contacts/{contact.pk}/")  # and the page that says so never comes
    ENDS[how](browser)

    entrance = heard_by(world, browser, "/accounts/login/")
    stranger = {"login": world.users["stranger"].email, "password": "their-first-one-2210"}
    browser.post("/accounts/login/", stranger)
    today = heard_by(world, browser, "/")

    assert {canary for canary in entrance | today if canary.who == "keeper"} == set()
    # The foreigner, of the stranger's own team, has offered them a hand.
    assert {canary.who for canary in today} == {"stranger", "foreigner"}


def test_invitation_tells_those_who_have_its_link_who_invites_and_no_more(world: World) -> None:
    token = world.things["owner"]["token"]
    for role in ("anonymous", "stranger", "teammate"):
        browser = world.clients[role]
        browser.get(f"/invitations/{token}/")

        heard = heard_by(world, browser, "/invitations/")

        told = {canary for canary in heard if not canary.may_be_seen_by(role)}
        assert {f"{c.who}-{c.thing}" for c in told} <= {
            "owner-user",
            "owner-team",
            "owner-invitation",
        }


def test_what_was_said_is_said_to_whom_it_was_said(world: World) -> None:
    contact = world.things["keeper"]["contact"]
    browser = client_of(world.users["keeper"])
    browser.post(f"/trash/contacts/{contact.pk}/")

    assert "in the trash." in browser.get("/promises/").content.decode()
