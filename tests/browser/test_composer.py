"""The composer in a browser: choosing people, saving by key, once, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from contacts.models import Contact, Note
from contacts.searching import index_contacts
from crm.models import User
from followups.models import Promise
from tests.factories import make_contact, make_note

OpenPage = Callable[..., Page]
NEW = "/notes/new/"


@pytest.fixture
def people(keeper: User) -> list[Contact]:
    names = ["Tom Beaumont", "Tom Beaumont", "Priya Raman"]
    found = [
        make_contact(keeper=keeper, name=name, company=f"C{n}") for n, name in enumerate(names)
    ]
    index_contacts(found)
    return found


def whom(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Whom")


def note(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Note", exact=True)


def chosen(page: Page) -> list[int]:
    ticks = page.locator("[data-chosen] input:checked")
    return [int(value) for value in ticks.evaluate_all("all => all.map(each => each.value)")]


def test_people_are_chosen_as_one_types_and_saved_by_key(page: Page, people: list[Contact]) -> None:
    page.goto(NEW)
    whom(page).press_sequentially("pri")
    expect(page.locator("[data-offered] .chip")).to_have_count(1)
    page.keyboard.press("Enter")
    assert chosen(page) == [people[2].pk]
    whom(page).press_sequentially("tom")
    expect(page.locator("[data-offered] .chip")).to_have_count(2)
    page.locator("[data-offered] .chip").last.click()
    expect(page.locator("[data-chosen] .chip")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(note(page)).to_be_focused()
    page.keyboard.type("Lunch, all three of us")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Noted.")
    assert set(Note.objects.get().contacts.all()) == {people[1], people[2]}


def test_backspace_takes_the_last_one_away(page: Page, people: list[Contact]) -> None:
    page.goto(f"{NEW}?people={people[0].pk}&people={people[2].pk}")
    whom(page).click()
    page.keyboard.press("Backspace")
    assert chosen(page) == [people[2].pk]
    assert page.url.count("people=") == 1


def test_refused_note_stays_with_all_that_was_typed(page: Page, people: list[Contact]) -> None:
    page.goto(NEW)
    whom(page).fill("Tom Beaumont")
    note(page).fill("Which of the two?")
    page.get_by_role("radio", name="Good").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errors")).to_contain_text("Several people may be “Tom Beaumont”.")
    expect(note(page)).to_have_value("Which of the two?")
    expect(page.get_by_role("radio", name="Good")).to_be_checked()
    expect(whom(page)).to_be_focused()
    page.locator("[data-offered] .chip").first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Noted.")
    assert Note.objects.get().contacts.count() == 1


def test_pressing_save_many_times_writes_one_note(page: Page, people: list[Contact]) -> None:
    page.goto(f"{NEW}?contact={people[2].pk}")
    note(page).fill("Only once")
    page.get_by_role("button", name="Save").dblclick()
    page.wait_for_url(f"**{people[2].get_absolute_url()}")
    page.wait_for_load_state("networkidle")
    assert Note.objects.count() == 1


def test_feeling_can_be_taken_back(page: Page) -> None:
    page.goto(NEW)
    good = page.get_by_role("radio", name="Good")
    good.click()
    expect(good).to_be_checked()
    good.click()
    expect(good).not_to_be_checked()


def test_day_and_time_are_asked_for_only_when_wanted(page: Page) -> None:
    page.goto(NEW)
    exact = page.locator("input[name=at]")
    expect(exact).to_be_hidden()
    page.locator("select[name=when]").select_option("at")
    expect(exact).to_be_visible()
    exact.fill("2026-11-01T08:30")
    page.locator("select[name=when]").select_option("now")
    expect(exact).to_have_value("")


def test_composer_on_a_person_s_page_saves_and_refuses_in_place(
    page: Page, people: list[Contact]
) -> None:
    here = people[2].get_absolute_url()
    page.goto(here)
    page.keyboard.press("n")
    page.keyboard.type("She wants the floor plan")
    page.get_by_text("A promise", exact=True).first.click()
    page.get_by_role("textbox", name="What was promised").first.fill("Send the floor plan")
    page.get_by_role("textbox", name="By when").first.fill("Blursday")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errors")).to_contain_text("Kept cannot read this as a day.")
    expect(page.get_by_role("textbox", name="By when").first).to_be_focused()
    assert page.url.endswith(here)
    page.get_by_role("textbox", name="By when").first.fill("Friday")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Noted, with a promise.")
    assert page.url.endswith(here)
    assert Promise.objects.get().text == "Send the floor plan"


def test_conflict_shows_both(page: Page, people: list[Contact]) -> None:
    written = make_note(people[2], text="As it was")
    page.goto(f"/notes/{written.pk}/")
    other = page.context.new_page()
    other.goto(f"/notes/{written.pk}/")
    note(other).fill("From the other window")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url("**/contacts/*/")
    note(page).fill("From this one")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".banner")).to_contain_text("changed in another window")
    expect(page.locator(".banner")).to_contain_text("From the other window")
    expect(note(page)).to_have_value("From this one")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/contacts/*/")
    assert Note.objects.get().text == "From this one"


def test_without_scripts_a_typed_name_is_enough(open_page: OpenPage, keeper: User) -> None:
    priya = make_contact(keeper=keeper, name="Priya Raman")
    page = open_page(keeper, java_script_enabled=False)
    page.goto(NEW)
    whom(page).fill("priya raman")
    note(page).fill("Short call")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**{priya.get_absolute_url()}")
    assert Note.objects.get().text == "Short call"
