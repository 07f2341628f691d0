"""Issues in a real browser: opened in two taps from the person's page, also on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.models import User
from followups.models import Issue, Promise
from tests.factories import client_of, make_contact, make_issue, make_user

OpenPage = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def tom(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Tom Beaumont", company="Quay", pronouns="he")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_issue_is_opened_in_two_taps_from_the_person_s_page(
    open_page: OpenPage, keeper: User, tom: Contact, options, assert_accessible
) -> None:
    page = open_page(keeper, **options)
    page.goto(tom.get_absolute_url())
    page.get_by_role("link", name="Something went wrong").click()
    expect(page.get_by_role("dialog").locator("textarea")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("Forty pallets came in wet.")
    page.get_by_role("button", name="Save").last.click()

    expect(page.locator(".banner.wrong")).to_contain_text("Forty pallets came in wet")
    assert page.url.endswith(tom.get_absolute_url())
    assert Issue.objects.get().assignee == keeper
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    assert_accessible(page)


def test_half_typed_issue_is_kept_and_an_opened_one_is_not(page: Page, tom: Contact) -> None:
    def begin() -> None:
        page.goto(tom.get_absolute_url())
        page.get_by_role("link", name="Something went wrong").click()
        expect(page.get_by_role("dialog").locator("textarea")).to_be_visible()

    area = page.get_by_role("dialog").locator("textarea")
    begin()
    area.fill("Forty pallets")
    begin()
    expect(area).to_have_value("Forty pallets")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".banner.wrong")).to_be_visible()
    begin()
    expect(area).to_have_value("")


def test_opening_is_undone_from_the_toast(page: Page, tom: Contact) -> None:
    page.goto(tom.get_absolute_url())
    page.get_by_role("link", name="Something went wrong").click()
    page.get_by_role("dialog").locator("textarea").fill("Nothing, after all.")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".banner.wrong")).to_have_count(0)
    assert Issue.objects.count() == 0


def test_all_of_it_works_without_scripts(open_page: OpenPage, keeper: User, tom: Contact) -> None:
    page = open_page(keeper, java_script_enabled=False, **PHONE)
    page.goto(tom.get_absolute_url())
    page.get_by_role("link", name="Something went wrong").click()
    page.locator("textarea").fill("Forty pallets came in wet.")
    page.get_by_label("Grave").check()
    page.get_by_role("button", name="Save").click()
    page.locator(".banner.wrong").get_by_role("link", name="Look").click()
    page.get_by_role("button", name="Spoken with them").click()
    page.get_by_role("link", name="Make it right").click()
    page.get_by_role("checkbox", name="Remedy").check()
    page.get_by_role("button", name="Promise", exact=True).click()
    page.get_by_role("link", name="Settle").click()
    page.get_by_label("Good").check()
    page.get_by_role("button", name="Settle").click()

    expect(page.locator("#issue")).to_contain_text("They feel")
    issue = Issue.objects.get()
    assert (issue.is_open, issue.feeling, issue.severity) == (False, "good", "grave")
    assert Promise.objects.get().text == "Put it right"


def test_pages_of_issues_are_accessible_on_a_phone(
    open_page: OpenPage, keeper: User, tom: Contact, assert_accessible
) -> None:
    cora = make_user(name="Cora Colleague", team=keeper.member.team)
    client_of(cora)
    issue = make_issue(tom, severity="grave", assignee=cora)
    page = open_page(keeper, viewport={"width": 360, "height": 740})
    for where in ("", "new/", f"{issue.pk}/", f"{issue.pk}/mending/", f"{issue.pk}/settling/"):
        page.goto(f"/issues/{where}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where
        assert_accessible(page)
