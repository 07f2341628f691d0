"""A draft is never lost, and never shown to anybody else."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from contacts.models import Note
from contacts.searching import index_contacts
from crm.models import User
from tests.factories import make_contact, make_user

OpenPage = Callable[..., Page]
COMPOSER = "/notes/new/"
PASSWORD = "seven green bicycles"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Note", exact=True)


def write(page: Page, text: str, *, until_kept: bool = True) -> None:
    box(page).fill(text)
    if until_kept:
        page.wait_for_function(
            "text => Object.values(localStorage).some(kept => kept.includes(text))", arg=text
        )


def test_draft_survives_a_reload_and_says_so(page: Page) -> None:
    page.goto(COMPOSER)
    write(page, "Lunch at the Corner")
    page.locator("select[name=channel]").select_option("call")
    page.reload()
    expect(box(page)).to_have_value("Lunch at the Corner")
    expect(page.locator("select[name=channel]")).to_have_value("call")
    expect(page.locator(".draft-notice")).to_contain_text("Your draft was kept.")


def test_draft_typed_a_moment_ago_survives_leaving_at_once(page: Page) -> None:
    page.goto(COMPOSER)
    write(page, "Half a sen", until_kept=False)
    page.goto("/promises/")
    page.goto(COMPOSER)
    expect(box(page)).to_have_value("Half a sen")


def test_draft_can_be_discarded(page: Page) -> None:
    page.goto(COMPOSER)
    write(page, "Not this")
    page.reload()
    page.get_by_role("button", name="Discard it").click()
    expect(box(page)).to_have_value("")
    page.reload()
    expect(box(page)).to_have_value("")


def test_draft_is_forgotten_once_saved(page: Page, keeper: User) -> None:
    contact = make_contact(keeper=keeper, name="Tom Beaumont")
    page.goto(f"{COMPOSER}?contact={contact.pk}")
    write(page, "He wants the Dallas lane priced")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Noted.")
    page.goto(COMPOSER)
    expect(box(page)).to_have_value("")
    expect(page.locator(".draft-notice")).to_have_count(0)


def test_draft_survives_a_refusal_and_the_reload_after_it(page: Page) -> None:
    page.goto(COMPOSER)
    write(page, "Nobody was named for this")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errors").first).to_be_visible()
    expect(box(page)).to_have_value("Nobody was named for this")
    page.goto(COMPOSER)
    expect(box(page)).to_have_value("Nobody was named for this")


def test_draft_survives_a_lost_connection(page: Page, keeper: User) -> None:
    contact = make_contact(keeper=keeper, name="Tom Beaumont")
    page.goto(f"{COMPOSER}?contact={contact.pk}")
    write(page, "Typed in the car park")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("No connection. What you typed is kept")
    expect(box(page)).to_have_value("Typed in the car park")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Noted.")
    assert [note.text for note in Note.objects.all()] == ["Typed in the car park"]


def test_draft_survives_an_expired_log_in(open_page: OpenPage, transactional_db: None) -> None:
    rosa = make_user(email="rosa@example.com", name="Rosa", password=PASSWORD)
    contact = make_contact(keeper=rosa, name="Tom Beaumont")
    index_contacts([contact])
    page = open_page(rosa)
    page.goto(COMPOSER)
    page.get_by_role("textbox", name="Whom").press_sequentially("tom")
    page.locator("[data-offered] .chip").first.wait_for()
    page.keyboard.press("Enter")
    write(page, "Written too slowly")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("textbox", name="Email").fill(rosa.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{COMPOSER}?people={contact.pk}")
    expect(box(page)).to_have_value("Written too slowly")
    expect(page.locator("[data-chosen]")).to_contain_text("Tom Beaumont")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Noted.")
    assert list(Note.objects.get().contacts.all()) == [contact]


def test_draft_is_the_same_in_two_tabs(page: Page) -> None:
    page.goto(COMPOSER)
    other = page.context.new_page()
    other.goto(COMPOSER)
    write(other, "Begun in the second tab")
    expect(box(page)).to_have_value("Begun in the second tab")
    expect(page.locator(".draft-notice")).to_contain_text("another tab")


def test_draft_of_another_user_in_the_same_browser_is_not_shown(
    page: Page, open_page: OpenPage, stranger: User
) -> None:
    page.goto(COMPOSER)
    write(page, "Between Tom and me")
    kept = page.evaluate("JSON.stringify(localStorage)")
    theirs = open_page(stranger)
    theirs.goto(COMPOSER)
    theirs.evaluate("kept => Object.assign(localStorage, JSON.parse(kept))", kept)
    theirs.reload()
    expect(box(theirs)).to_have_value("")


def test_drafts_are_forgotten_on_log_out(page: Page) -> None:
    page.goto(COMPOSER)
    write(page, "For nobody's eyes")
    page.locator(".me > summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(lambda url: COMPOSER not in url)
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.includes('draft'))")
    assert kept == []
