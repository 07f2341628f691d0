"""Keys press what is on the page, and only where they should."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.models import User
from tests.factories import NOW, make_contact, make_promise, make_user

OpenPage = Callable[..., Page]


@pytest.fixture
def queue(keeper: User) -> list[str]:
    """Three people in today's queue, in its order."""
    names = ["Ada Brook", "Ben Carver", "Cleo Dunn"]
    for name in names:
        contact = make_contact(keeper=keeper, name=name)
        make_promise(contact, text="Send the quote", due_on=NOW.date())
    return names


def current(page: Page) -> str:
    return page.locator("[data-movable][aria-current=true] h2").inner_text()


def test_j_and_k_move_and_enter_opens(page: Page, queue: list[str]) -> None:
    page.goto("/")
    on_page = page.locator(".queue h2").all_inner_texts()
    assert sorted(on_page) == queue
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert current(page) == on_page[1]
    page.keyboard.press("k")
    assert current(page) == on_page[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/*/")


def test_movement_stops_at_both_ends(page: Page, queue: list[str]) -> None:
    page.goto("/")
    for _ in range(5):
        page.keyboard.press("j")
    assert current(page) == page.locator(".queue h2").all_inner_texts()[-1]
    for _ in range(5):
        page.keyboard.press("k")
    assert current(page) == page.locator(".queue h2").all_inner_texts()[0]


def test_s_opens_snooze_of_the_current_one(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    menu = page.locator("[data-movable][aria-current=true] details[open]")
    expect(menu.locator("summary")).to_contain_text("Snooze")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)


def test_n_writes_a_note_and_p_a_promise(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("n")
    page.wait_for_url("**/notes/new/")
    page.goto("/")
    page.keyboard.press("p")
    page.wait_for_url("**/promises/new/")
    expect(page.get_by_role("textbox", name="Who")).to_be_focused()


def test_p_on_a_person_s_page_asks_at_once_what_was_promised(page: Page, keeper: User) -> None:
    page.goto(make_contact(keeper=keeper).get_absolute_url())
    page.keyboard.press("p")
    expect(page.get_by_role("textbox", name="What was promised")).to_be_focused()


def test_slash_and_control_k_open_the_palette_and_escape_closes_it(page: Page) -> None:
    page.goto("/")
    palette = page.get_by_role("dialog", name="Search and commands")
    for key in ("/", "Control+k"):
        page.keyboard.press(key)
        expect(palette).to_be_visible()
        page.keyboard.press("Escape")
        expect(palette).to_be_hidden()


def test_palette_narrows_what_one_can_do_and_arrows_reach_it(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("calend")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/")


def test_question_mark_shows_the_keys(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_keys_are_letters_inside_fields(page: Page) -> None:
    page.goto("/notes/new/")
    box = page.get_by_role("textbox", name="Note", exact=True)
    box.click()
    page.keyboard.type("j k n p / ? e")
    expect(box).to_have_value("j k n p / ? e")


def test_control_enter_saves_what_is_being_written(page: Page, keeper: User) -> None:
    contact = make_contact(keeper=keeper, name="Tom Beaumont")
    page.goto(f"/notes/new/?contact={contact.pk}")
    page.get_by_role("textbox", name="Note", exact=True).fill("He called back")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Noted.")


def test_keys_can_be_switched_off(db: None, open_page: OpenPage) -> None:
    page = open_page(make_user(name="Mouse User", keys_on=False))
    page.goto("/promises/")
    for key in ("n", "p", "?", "/", "j"):
        page.keyboard.press(key)
    assert page.url.endswith("/promises/")
    expect(page.locator("dialog:modal")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("dialog:modal")).to_have_count(1)


def test_command_clicks_and_modified_keys_are_left_to_the_browser(page: Page) -> None:
    page.goto("/promises/")
    page.keyboard.press("Alt+n")
    page.keyboard.press("Shift+N")
    assert page.url.endswith("/promises/")
