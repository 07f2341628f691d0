"""A person's page in a real browser: pieces change in place, also by key and without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from contacts.models import Contact, Fact
from crm.models import User
from tests.factories import (
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_note,
    make_relative,
)

OpenPage = Callable[..., Page]


@pytest.fixture
def anna(keeper: User) -> Contact:
    contact = make_contact(keeper=keeper, name="Anna Novak", pronouns="she", circle="inner")
    make_fact(contact, kind="preference", text="oat flat white")
    make_fact(contact, kind="preference", text="green ink")
    make_relative(contact, name="Emma")
    make_detail(contact, kind="phone", value="+442079460000")
    return contact


def open_form(page: Page, text: str) -> None:
    row = page.locator(".piece", has_text=text)
    row.hover()
    row.locator(".edit").click()
    expect(page.locator(".piece.editing")).to_be_visible()


def test_piece_is_changed_in_its_place_and_keeps_the_focus(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    open_form(page, "oat flat white")
    expect(page.locator(".piece.editing [name=text]")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("oat cortado")
    page.keyboard.press("Enter")
    row = page.locator("#group-likes .piece", has_text="oat cortado")
    expect(row.locator(".edit")).to_be_focused()
    assert page.url.endswith(anna.get_absolute_url())


def test_two_forms_stand_side_by_side_and_saving_one_leaves_the_other(
    page: Page, anna: Contact
) -> None:
    page.goto(anna.get_absolute_url())
    open_form(page, "green ink")
    page.locator("#group-likes .piece.editing [name=text]").fill("violet ink")
    page.locator("#group-needs .add").click()
    page.locator("#group-needs [name=text]").fill("a second oven")
    page.keyboard.press("Enter")
    expect(page.locator("#group-needs .piece", has_text="a second oven")).to_be_visible()
    expect(page.locator("#group-likes .piece.editing [name=text]")).to_have_value("violet ink")


def test_escape_leaves_the_row_as_it_was_and_a_new_one_goes(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    open_form(page, "green ink")
    page.keyboard.press("Escape")
    expect(page.locator("#group-likes .piece", has_text="green ink")).to_be_visible()
    page.locator("#group-gifts .add").click()
    expect(page.locator("#group-gifts .piece.editing")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".piece.editing")).to_have_count(0)
    expect(page.locator("#group-gifts .add")).to_be_focused()


def test_refused_form_says_why_and_takes_the_focus_there(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    open_form(page, "Emma")
    page.locator("[name=born]").fill("31 February")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is no 31 February.")).to_be_visible()
    expect(page.locator("[name=born]")).to_be_focused()
    expect(page.locator("[name=born]")).to_have_value("31 February")


def test_removed_piece_comes_back_by_undo(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    open_form(page, "green ink")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#group-likes .piece", has_text="green ink")).to_have_count(0)
    expect(page.locator("#group-likes .piece .edit")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#group-likes .piece", has_text="green ink")).to_be_visible()


def test_changed_in_another_window_is_shown_and_mine_can_be_kept(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    open_form(page, "green ink")
    Fact.objects.filter(text="green ink").update(text="blue ink", version=2)
    page.locator(".piece.editing [name=text]").fill("violet ink")
    page.keyboard.press("Enter")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("stored now: blue ink")
    expect(conflict).to_contain_text("you typed: violet ink")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#group-likes .piece", has_text="violet ink")).to_be_visible()


def test_new_phone_stands_under_the_name_at_once(page: Page, anna: Contact) -> None:
    anna.details.all().delete()
    page.goto(anna.get_absolute_url())
    page.locator("#group-reach .add", has_text="Phone").click()
    page.locator("[name=value]").fill("+44 20 7946 0958")
    page.keyboard.press("Enter")
    expect(page.locator("#person-chips a", has_text="+44 20 7946 0958")).to_be_visible()


def test_team_is_suggested_while_typing(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    page.locator("#group-follows .add").click()
    page.locator("#group-follows [name=text]").press_sequentially("red sox")
    expect(page.locator('#team-names option[value="Boston Red Sox"]')).to_have_count(1)


def test_circle_is_changed_in_a_sheet(page: Page, anna: Contact) -> None:
    page.goto(anna.get_absolute_url())
    page.get_by_role("link", name="Inner circle, every 3 weeks").click()
    page.get_by_text("Wide, every 4 months").click()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("link", name="Wide circle, every 4 months")).to_be_visible()


def test_photo_is_chosen_dragged_and_saved(page: Page, anna: Contact, tmp_path: Path) -> None:
    file = tmp_path / "anna.png"
    Image.new("RGB", (300, 600), "teal").save(file)
    page.goto(anna.get_absolute_url())
    page.get_by_role("link", name="Add a photo").click()
    page.locator("#sheet [name=file]").set_input_files(file)
    page.locator("#sheet .crop-frame").focus()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.locator("#sheet").get_by_role("button", name="Save").click()
    expect(page.locator(".face-link img")).to_be_visible()
    assert anna.photos.get().focus_y > 0.45


def test_twin_is_named_before_saving(page: Page, anna: Contact) -> None:
    page.goto("/contacts/new/")
    page.get_by_label("Name", exact=True).fill("anna novak")
    page.keyboard.press("Tab")
    expect(page.get_by_text("You already keep Anna Novak")).to_be_visible()


def test_all_of_it_works_without_scripts(open_page: OpenPage, keeper: User, anna: Contact) -> None:
    page = open_page(keeper, java_script_enabled=False)
    page.goto(anna.get_absolute_url())
    row = page.locator(".piece", has_text="green ink")
    row.hover()
    row.locator(".edit").click()
    page.locator("[name=text]").fill("violet ink")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#group-likes")).to_contain_text("violet ink")
    row = page.locator(".piece", has_text="violet ink")
    row.hover()
    row.locator(".edit").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#group-likes")).not_to_contain_text("violet ink")
    page.goto("/trash/")
    page.get_by_role("button", name="Restore violet ink").click()
    page.goto(anna.get_absolute_url())
    expect(page.locator("#group-likes")).to_contain_text("violet ink")


@pytest.mark.parametrize("path", ["", "brief/", "photo/", "card/", "relatives/new/"])
def test_pages_fit_every_screen_and_axe_finds_nothing(
    page: Page, anna: Contact, assert_accessible: Callable[[Page], None], path: str
) -> None:
    page.goto(anna.get_absolute_url() + path)
    for width in (360, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width != 390:
            assert_accessible(page)


def test_longest_words_stay_within_a_phone(open_page: OpenPage, keeper: User) -> None:
    anna = make_contact(keeper=keeper, name="W" * 200, company="Q" * 200, nickname="N" * 100)
    make_fact(anna, kind="do_not_mention", text="F" * 500)
    make_job(anna, company="J" * 200)
    make_detail(anna, value=f"{'x' * 180}@example.com")
    make_note(anna, text="L" * 3000)
    page = open_page(keeper, viewport={"width": 360, "height": 740})
    for path in ("", "brief/"):
        page.goto(anna.get_absolute_url() + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
