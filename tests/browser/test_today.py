"""Today by keyboard, by thumb and without scripts: the next one is always at hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.models import User
from followups.models import Answer, Promise
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_life_event,
    make_note,
    make_promise,
)

OpenPage = Callable[..., Page]
AccessibilityCheck = Callable[[Page], None]
PEOPLE = ["Ada Brook", "Ben Carver", "Cleo Dunn", "Dov Ende", "Eva Frost", "Fay Grant"]


@pytest.fixture
def queue(keeper: User) -> list[str]:
    """People in today's queue by cadence, in this order."""
    for name in PEOPLE:
        contact = make_contact(keeper=keeper, name=name, circle="inner")
        make_detail(contact, kind="phone", value="+15085550142")
        make_fact(contact, text="sailing")
    return PEOPLE


def names(page: Page) -> list[str]:
    return page.locator(".queue h2").all_inner_texts()


def test_e_answers_and_the_next_one_has_the_focus(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("#just")).to_contain_text("Ada Brook: done. When next?")
    expect(page.get_by_role("link", name="Ben Carver")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Ada: done.")
    page.keyboard.press("e")
    expect(page.locator("#just")).to_contain_text("Ben Carver")
    expect(page.get_by_role("link", name="Cleo Dunn")).to_be_focused()
    assert names(page) == ["Cleo Dunn", "Dov Ende", "Eva Frost", "Fay Grant"]


def test_u_takes_it_back(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("e")
    expect(page.locator("#just")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#just")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Ada is back as before.")
    assert names(page) == queue[:4]


def test_what_next_stands_where_the_card_stood(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.locator("#entry-3, article").nth(2).get_by_role("button", name="Done").click()
    expect(page.locator("#just")).to_contain_text("Cleo Dunn")
    children = page.locator("#queue > *").evaluate_all("all => all.map(each => each.id)")
    assert children.index("just") == 2
    expect(page.get_by_role("link", name="Dov Ende")).to_be_focused()
    page.get_by_role("button", name="In a week").click()
    expect(page.locator(".toast")).to_contain_text("Cleo comes back on Wed 25 Nov.")


def test_s_snoozes_by_keys_alone_and_u_undoes(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Ada comes back tomorrow.")
    expect(page.get_by_role("link", name="Ben Carver")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator(".queue h2").first).to_have_text("Ada Brook")


def test_snooze_until_a_day_in_words(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("s")
    box = page.get_by_role("textbox", name="Another day").first
    box.fill("in two weeks")
    box.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Ada comes back on Wed 2 Dec.")


def test_snooze_refused_keeps_what_was_typed(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("s")
    page.get_by_role("textbox", name="Another day").first.fill("Blursday")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="When")).to_have_value("Blursday")
    expect(page.locator(".errors")).to_contain_text("Kept cannot read this as a day.")


def test_e_keeps_a_promise_where_it_is_all_there_is(page: Page, keeper: User) -> None:
    for name in PEOPLE[:2]:
        make_promise(make_contact(keeper=keeper, name=name), due_on=NOW.date())
    page.goto("/")
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("Kept: Send the brochure")
    assert names(page) == ["Ben Carver"]
    assert [promise.state for promise in Promise.objects.order_by("pk")] == ["kept", "open"]


def test_double_click_answers_one(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.get_by_role("button", name="Done").first.dblclick()
    expect(page.locator("#just")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert Answer.objects.count() == 1


def test_talked_is_one_tap(page: Page, queue: list[str]) -> None:
    page.goto("/")
    page.get_by_role("button", name="We just talked").first.click()
    expect(page.locator("#just")).to_contain_text("Ada Brook: you just talked.")


def test_toast_goes_by_itself_after_ten_seconds(page: Page, queue: list[str]) -> None:
    page.clock.install(time=NOW)
    page.goto("/")
    page.get_by_role("button", name="Skip").first.click()
    expect(page.locator(".toast")).to_contain_text("Ada is left out this time.")
    page.mouse.move(0, 0)
    page.clock.run_for(9_000)
    expect(page.locator(".toast")).to_have_count(1)
    page.clock.run_for(2_000)
    expect(page.locator(".toast")).to_have_count(0)


def test_everything_works_without_scripts(open_page: OpenPage, keeper: User) -> None:
    for name in PEOPLE:
        make_contact(keeper=keeper, name=name, circle="inner")
    page = open_page(keeper, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("button", name="Done").first.click()
    expect(page.locator("#just")).to_contain_text("Ada Brook: done.")
    page.locator("#just").get_by_role("button", name="Undo").click()
    expect(page.locator(".queue h2").first).to_have_text("Ada Brook")
    page.get_by_text("Snooze").first.click()
    page.get_by_role("button", name="Tomorrow").first.click()
    expect(page.locator(".toast")).to_contain_text("Ada comes back tomorrow.")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="We just talked").first.click()
    expect(page.locator("#just")).to_contain_text("Ada Brook: you just talked.")
    page.get_by_role("link", name="Why here?").first.click()
    expect(page.locator("h1")).to_have_text("Why Ben is here")


# --- Nothing for axe to find -----------------------------------------------------------------


PAGES = [
    "/",
    "/today/{tom}/why/",
    "/promises/",
    "/promises/?show=ended",
    "/promises/new/?contact={tom}",
    "/promises/{promise}/",
    "/promises/{promise}/moving/",
    "/promises/{promise}/ending/",
    "/promises/{promise}/wording/",
    "/notes/new/?contact={tom}",
    "/notes/{note}/",
    "/notes/{note}/history/",
    "/calendar/",
    "/calendar/?show=list",
    "/digest/",
    "/fired/",
    "/replies/",
]


@pytest.fixture
def pages(keeper: User, queue: list[str]) -> list[str]:
    """The pages of a book with all that they can show."""
    tom = make_contact(keeper=keeper, name="Tom Beaumont", company="Northline", pronouns="he")
    make_detail(tom, kind="email", value="tom@northline.example")
    make_life_event(tom, year=1974, month=11, day=18)
    make_life_event(tom, kind="trip", title="Lisbon", year=2026, month=11, day=25)
    note = make_note(tom, text="As it was")
    promise = make_promise(tom, due_on=NOW.date(), note=note)
    make_promise(tom, text="Sign it", made_by="them", sharing="private")
    make_promise(tom, text="Long ago").keep(by=keeper, at=NOW)
    make_fact(tom, kind="preference", text="a text, not a voicemail")
    return [path.format(tom=tom.pk, promise=promise.pk, note=note.pk) for path in PAGES]


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_page: OpenPage,
    keeper: User,
    pages: list[str],
    assert_accessible: AccessibilityCheck,
    scheme: str,
) -> None:
    page = open_page(keeper, color_scheme=scheme)
    for path in pages:
        page.goto(path)
        page.locator("main details:not(.menu)").evaluate_all(
            "all => all.forEach(each => (each.open = true))"
        )
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_axe_finds_nothing_in_an_open_menu_nor_in_what_was_refused(
    page: Page, queue: list[str], assert_accessible: AccessibilityCheck
) -> None:
    page.goto("/")
    page.keyboard.press("e")
    expect(page.locator("#just")).to_be_visible()
    page.keyboard.press("s")
    assert_accessible(page)
    page.goto("/notes/new/")
    page.get_by_text("A promise", exact=True).click()
    page.get_by_role("textbox", name="By when").first.fill("Blursday")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errors").first).to_be_visible()
    assert_accessible(page)


def test_open_menu_hangs_over_the_rows_below(page: Page, keeper: User) -> None:
    for text in ("Send the quote", "Call the depot"):
        make_promise(make_contact(keeper=keeper), text=text)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/promises/")
    page.locator(".fold summary").first.click()
    link = page.get_by_role("link", name="What happened to it").first
    box = link.bounding_box()
    assert box is not None
    steps = [box["x"] + box["width"] * step / 20 for step in range(1, 20)]
    seen = "([x, y]) => document.elementFromPoint(x, y).closest('a')?.textContent.trim()"
    middle = box["y"] + box["height"] / 2
    assert {page.evaluate(seen, [x, middle]) for x in steps} == {"What happened to it"}
