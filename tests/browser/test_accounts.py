"""Settings, team and the pages one logs in by, as a browser shows them."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from crm.models import Invitation, User
from crm.policy import Role
from tests.factories import make_invitation, make_user

OpenPage = Callable[..., Page]
Check = Callable[[Page], None]
PASSWORD = "seven green bicycles"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE}
SIGNED_OUT = ["login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/"]
SIGNED_IN = [
    "/settings/",
    "/team/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
]


@pytest.fixture
def owner(transactional_db: None) -> User:
    """Owns a team with a colleague, somebody invited, and days off."""
    owner = make_user(
        email="olga@example.com", name="Olga Owner", role=Role.OWNER, password=PASSWORD
    )
    make_user(email="karin@example.com", name="Karin Keeper", team=owner.member.team)
    make_invitation(by=owner, email="mei@example.com")
    owner.away.create(starts_on=date(2026, 12, 20), ends_on=date(2027, 1, 3))
    return owner


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_signed_out(
    open_page: OpenPage, transactional_db: None, assert_accessible: Check, look: str
) -> None:
    page = open_page(**LOOKS[look])
    for path in SIGNED_OUT:
        page.goto(f"/accounts/{path}")
        assert_accessible(page)
    page.goto("/accounts/signup/")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_signed_in(
    open_page: OpenPage, owner: User, assert_accessible: Check, look: str
) -> None:
    page = open_page(owner, **LOOKS[look])
    for path in SIGNED_IN:
        page.goto(path)
        assert_accessible(page)


def test_axe_finds_nothing_on_a_team_that_one_does_not_manage(
    open_page: OpenPage, keeper: User, assert_accessible: Check
) -> None:
    page = open_page(keeper)
    page.goto("/team/")
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/settings/", "/team/", "/accounts/sessions/"])
def test_narrow_page_does_not_scroll_sideways(open_page: OpenPage, owner: User, path: str) -> None:
    page = open_page(owner, **PHONE)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_log_in_by_keyboard(open_page: OpenPage, owner: User) -> None:
    page = open_page()
    page.goto("/team/")
    page.get_by_label("Email").focus()
    page.keyboard.type("olga@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Olga Owner’s team")).to_be_visible()


def test_password_can_be_looked_at(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page()
    page.goto("/accounts/signup/")
    field = page.get_by_label("Password", exact=True)
    field.fill("seven green")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("seven green")


def test_sign_up_takes_the_browser_s_zone(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page(timezone_id="Asia/Tokyo")
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill("Ada Seller")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    assert User.objects.get().time_zone == "Asia/Tokyo"


def test_browser_s_zone_is_offered_and_taken(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner, timezone_id="Europe/Lisbon")
    page.goto("/settings/")
    expect(page.get_by_text("Your browser says Europe/Lisbon.")).to_be_visible()
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Lisbon")
    expect(page.get_by_text("Your browser says")).to_be_hidden()
    page.locator("#settings-me").get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved.")
    page.reload()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Lisbon")
    expect(page.get_by_text("Your browser says")).to_be_hidden()


def test_theme_is_applied_at_once_and_kept(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner)
    page.goto("/settings/")
    page.get_by_label("Dark").check()
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    expect(page.locator(".toast")).to_contain_text("Saved.")
    page.goto("/team/")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()


def test_keys_stay_silent_once_switched_off(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner)
    page.goto("/settings/")
    page.get_by_label("Keys: one letter").uncheck()
    expect(page.locator("body[data-keys=off]")).to_be_attached()


def test_refused_form_keeps_what_was_typed_and_the_rest_of_the_page(
    open_page: OpenPage, owner: User
) -> None:
    page = open_page(owner)
    page.goto("/settings/")
    page.get_by_label("People a day").fill("12")
    page.get_by_label("Time zone").fill("Atlantis")
    page.locator("#settings-me").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept does not know “Atlantis”.")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Atlantis")
    expect(page.get_by_label("People a day")).to_have_value("12")


def test_days_off_come_back_by_undo(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner)
    page.goto("/settings/#away")
    stretch = page.get_by_text("20 Dec to")
    page.get_by_role("button", name="Remove 2026-12-20").click()
    expect(stretch).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(stretch).to_be_visible()
    expect(page.locator(".toast").last).to_contain_text("Back again.")


def test_role_changes_by_choosing_it(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner)
    page.goto("/team/")
    page.get_by_label("Role of Karin Keeper").select_option("manager")
    expect(page.locator(".toast")).to_contain_text("Karin Keeper is now manager.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Role of Karin Keeper")).to_have_value("seller")


def test_last_owner_is_told_why_not(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner)
    page.goto("/team/")
    page.get_by_label("Role of Olga Owner").select_option("seller")
    expect(page.get_by_text("A team needs an owner.")).to_be_visible()
    expect(page.get_by_label("Role of Olga Owner")).to_have_value("owner")


def test_everything_works_without_a_script(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner, java_script_enabled=False)
    page.goto("/settings/")
    page.get_by_label("Your name").fill("Olga Lund")
    page.locator("#settings-me").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("Dark").check()
    page.locator("#settings-look").get_by_role("button", name="Save").click()
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    page.goto("/team/")
    page.get_by_label("Email").fill("new@example.com")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("The mail to new@example.com is on its way.")).to_be_visible()
    page.get_by_role("button", name="Withdraw the invitation to new@example.com").click()
    page.get_by_role("button", name="Undo").click()
    assert Invitation.objects.filter(email="new@example.com").count() == 1
