"""Handing over, leaving and who looked, in a real browser: by thumb, by keys, taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.models import Member, User
from crm.policy import Role
from tests.factories import NOW, make_contact, make_promise, make_user

OpenPage = Callable[..., Page]
AccessibilityCheck = Callable[[Page], None]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def sam(keeper: User) -> User:
    return make_user(name="Sam Colleague", team=keeper.member.team)


@pytest.fixture
def tom(keeper: User) -> Contact:
    tom = make_contact(keeper=keeper, name="Tom Beaumont", pronouns="he")
    make_promise(tom, text="Send the quote", at=NOW, due_on=NOW.date())
    return tom


def test_person_is_handed_over_and_taken_back(
    page: Page, keeper: User, sam: User, tom: Contact, assert_accessible: AccessibilityCheck
) -> None:
    page.goto(tom.get_absolute_url())
    page.get_by_label("More about Tom").click()
    page.get_by_role("link", name="Hand over").click()
    expect(page.get_by_label("By when")).to_have_value("18 November 2026")
    assert_accessible(page)
    page.get_by_label("Who looks after them from now on").select_option(label="Sam Colleague")
    page.get_by_role("button", name="Hand over").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("From Karin Keeper to Sam Colleague")
    tom.refresh_from_db()
    assert (tom.keeper, tom.promises.get().owner) == (sam, sam)
    assert_accessible(page)

    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".page-head")).to_contain_text("taken back")
    tom.refresh_from_db()
    assert (tom.keeper, tom.promises.get().owner) == (keeper, keeper)


def test_owner_removes_a_member_whose_people_go_to_another(
    open_page: OpenPage,
    keeper: User,
    sam: User,
    tom: Contact,
    assert_accessible: AccessibilityCheck,
) -> None:
    owner = make_user(name="Olga Owner", team=keeper.member.team, role=Role.OWNER)
    page = open_page(owner, **PHONE)
    page.goto("/team/")
    assert_accessible(page)
    page.get_by_label("More about Karin Keeper").click()
    page.get_by_role("link", name="Remove from the team").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove Karin Keeper")
    assert_accessible(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Choose who looks after them from now on.")).to_be_visible()
    page.get_by_label("Who looks after them from now on").select_option(label="Sam Colleague")
    page.get_by_role("button", name="Remove").click()

    expect(page.locator("#team-members")).not_to_contain_text("Karin Keeper")
    tom.refresh_from_db()
    assert tom.keeper == sam
    assert Member.objects.get(user=keeper).team != owner.member.team


def test_pages_of_a_team_fit_a_phone_and_are_accessible(
    open_page: OpenPage,
    keeper: User,
    sam: User,
    tom: Contact,
    assert_accessible: AccessibilityCheck,
) -> None:
    manager = make_user(name="Mona Manager", team=keeper.member.team, role=Role.MANAGER)
    for_manager, own = open_page(manager, **PHONE), open_page(keeper, **PHONE)
    for page, where in [
        (for_manager, "/follow-through/"),
        (for_manager, tom.promises.get().get_absolute_url()),
        (own, "/handovers/"),
        (own, "/settings/looks/"),
    ]:
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where
        assert_accessible(page)
    expect(own.locator("#looks")).to_contain_text("Mona Manager")
