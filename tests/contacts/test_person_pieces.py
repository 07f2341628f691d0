"""Pieces of what is known: added, changed and refused, each by itself."""

from datetime import date

import pytest
from django.test import Client

from contacts.models import Contact, Detail, Fact, Job, LifeEvent, Relative, SearchEntry
from contacts.models.base import Conflict
from contacts.partial_dates import PartialDate
from contacts.pieces import save_piece, save_relative
from crm.models import User
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_relative,
    make_user,
)

HTMX = {"HX-Request": "true"}

# For each kind: what is typed, and what then stands in the row.
TYPED = {
    "details": ({"kind": "phone", "value": "020 7946 0000", "label": "work"}, "020 7946 0000"),
    "birthdays": ({"when": "26 March 1974"}, "26 March 1974"),
    "life-events": ({"kind": "graduation", "when": "May 2027"}, "Graduation"),
    "relatives": ({"relation": "daughter", "name": "Emma"}, "Emma, their daughter"),
    "facts": ({"kind": "interest", "text": "sailing"}, "sailing"),
    "jobs": ({"company": "Northern Freight", "from_year": "2012"}, "Northern Freight"),
}


@pytest.fixture
def anna(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Anna Novak")


def new(contact: Contact, slug: str) -> str:
    return f"/contacts/{contact.pk}/{slug}/new/"


def stored(contact: Contact, slug: str) -> str:
    """The address of one stored piece of that kind, made here."""
    make = {
        "details": make_detail,
        "birthdays": make_life_event,
        "life-events": lambda contact: make_life_event(
            contact, kind="trip", title="To sea", year=2027
        ),
        "relatives": make_relative,
        "facts": make_fact,
        "jobs": make_job,
    }[slug]
    return f"/contacts/{contact.pk}/{slug}/{make(contact).pk}/"


@pytest.mark.parametrize("slug", TYPED)
def test_piece_is_added_in_place(keeper_client: Client, anna: Contact, slug: str) -> None:
    typed, shown = TYPED[slug]
    response = keeper_client.post(new(anna, slug), typed, headers=HTMX)
    row = response.content.decode()
    assert response.status_code == 200
    assert ["<html" in row, "<form" in row, shown in row] == [False, False, True]
    assert shown in keeper_client.get(anna.get_absolute_url()).content.decode()


@pytest.mark.parametrize("slug", TYPED)
def test_piece_is_added_without_scripts(keeper_client: Client, anna: Contact, slug: str) -> None:
    typed, shown = TYPED[slug]
    response = keeper_client.post(new(anna, slug), typed, follow=True)
    assert response.redirect_chain[0][0].startswith(f"/contacts/{anna.pk}/#{slug}-")
    assert response.redirect_chain[0][1] == 303
    assert shown in response.content.decode()


@pytest.mark.parametrize("slug", TYPED)
def test_form_of_a_new_piece_is_a_page_and_to_htmx_a_row(
    keeper_client: Client, anna: Contact, slug: str
) -> None:
    page = keeper_client.get(new(anna, slug)).content.decode()
    fragment = keeper_client.get(new(anna, slug), headers=HTMX).content.decode()
    assert ["<html" in page, "<form" in page] == [True, True]
    assert ["<html" in fragment, fragment.strip().startswith("<li")] == [False, True]


@pytest.mark.parametrize("slug", TYPED)
def test_piece_is_changed_in_place_and_its_version_counted(
    keeper_client: Client, anna: Contact, slug: str
) -> None:
    typed, shown = TYPED[slug]
    url = stored(anna, slug)
    response = keeper_client.post(url, typed | {"version": "1"}, headers=HTMX)
    assert [response.status_code, shown in response.content.decode()] == [200, True]
    form = keeper_client.get(url, headers=HTMX).content.decode()
    assert 'name="version" value="2"' in form


@pytest.mark.parametrize("slug", TYPED)
def test_form_is_left_for_the_row_as_it_was(
    keeper_client: Client, anna: Contact, slug: str
) -> None:
    response = keeper_client.get(f"{stored(anna, slug)}?row", headers=HTMX)
    assert response.content.decode().strip().startswith('<li class="piece"')
    assert "HX-Trigger" not in response.headers


@pytest.mark.parametrize("slug", TYPED)
def test_pieces_are_for_their_keeper_alone(
    keeper: User, stranger_client: Client, anna: Contact, slug: str
) -> None:
    teammate = client_of(make_user(team=keeper.member.team))
    addresses = [new(anna, slug), stored(anna, slug)]
    codes = [
        getattr(client, method)(address).status_code
        for client in (teammate, stranger_client)
        for address in addresses
        for method in ("get", "post")
    ]
    assert codes == [404] * 8


def test_piece_of_somebody_else_is_not_reached_through_ones_own_contact(
    keeper: User, stranger_client: Client, stranger: User, anna: Contact
) -> None:
    fact = make_fact(anna)
    own = make_contact(keeper=stranger)
    assert stranger_client.get(f"/contacts/{own.pk}/facts/{fact.pk}/").status_code == 404


@pytest.mark.parametrize("slug", ["contacts", "facts-2", "notes"])
def test_unknown_kind_is_404(keeper_client: Client, anna: Contact, slug: str) -> None:
    assert keeper_client.get(new(anna, slug)).status_code == 404


def test_piece_answers_no_other_method(keeper_client: Client, anna: Contact) -> None:
    assert keeper_client.put(new(anna, "facts")).status_code == 405
    assert keeper_client.delete(stored(anna, "facts")).status_code == 405


# --- What is refused -------------------------------------------------------------------------

REFUSED = [
    ("birthdays", {"when": "31 February"}, "There is no 31 February."),
    ("birthdays", {"when": "1 January 0000"}, "The year 0 does not exist."),
    ("birthdays", {"when": "19 November 2026"}, "A birthday cannot be in the future."),
    ("birthdays", {"when": "December 2026"}, "A birthday cannot be in the future."),
    ("birthdays", {"when": "2027"}, "A birthday cannot be in the future."),
    ("birthdays", {"when": ""}, "When is it?"),
    ("birthdays", {"when": "soonish"}, "Kept cannot read this as a date."),
    ("birthdays", {"when": "9" * 5000}, "fit."),
    ("relatives", {"relation": "son", "born": "19 November 2026"}, "A birthday cannot be"),
    ("relatives", {"relation": "emperor", "name": "Karl"}, "Select a valid choice."),
    ("relatives", {"relation": "son", "name": "x" * 121}, "This is 121 characters long; 120 fit."),
    ("life-events", {"kind": "other", "when": "2027"}, "Say in a few words what it is."),
    ("life-events", {"kind": "anniversary", "when": "2010"}, "needs a month"),
    ("life-events", {"kind": "death", "when": "1 May 2027"}, "still to come"),
    ("life-events", {"kind": "trip", "when": "2027", "relative": "999"}, ""),
    ("details", {"kind": "email", "value": "anna at home", "label": "work"}, "not an email"),
    ("details", {"kind": "email", "value": "a" * 400 + "@b.example", "label": "work"}, "too long"),
    ("details", {"kind": "phone", "value": "the usual", "label": "work"}, "not a phone number"),
    ("details", {"kind": "url", "value": "javascript:alert(1)", "label": "work"}, "not a web"),
    ("details", {"kind": "url", "value": "ftp://example.com", "label": "work"}, "not a web"),
    ("details", {"kind": "fax", "value": "1", "label": "work"}, "Select a valid choice."),
    ("details", {"kind": "address", "value": "\u200b \x00", "label": "work"}, "cannot be empty"),
    ("facts", {"kind": "interest", "text": ""}, "This cannot be empty."),
    ("facts", {"kind": "interest", "text": "y" * 501}, "This is 501 characters long; 500 fit."),
    ("jobs", {"company": "", "title": ""}, "Say where they worked, or as what."),
    ("jobs", {"company": "A", "from_year": "2019", "to_year": "2012"}, "before they began"),
    ("jobs", {"company": "A", "from_year": "2030"}, "still to come"),
    ("jobs", {"company": "A", "from_year": "twelve"}, "four digits"),
]


@pytest.mark.parametrize(("slug", "typed", "sentence"), REFUSED)
def test_bad_input_is_refused_with_a_sentence_and_nothing_typed_is_lost(
    keeper_client: Client, anna: Contact, slug: str, typed: dict[str, str], sentence: str
) -> None:
    if "relative" in typed:
        make_relative(anna)
        sentence = "Select a valid choice."
    response = keeper_client.post(new(anna, slug), typed, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert [sentence in page, "<html" in page] == [True, False]
    lost = [text for text in typed.values() if text.isprintable() and text not in page]
    assert [text for text in lost if text not in ("emperor", "999", "fax")] == []


def test_same_thing_twice_is_refused(keeper_client: Client, anna: Contact) -> None:
    make_fact(anna, text="sailing")
    make_detail(anna, kind="email", value="anna@example.com")
    make_life_event(anna)
    answers = [
        keeper_client.post(new(anna, "facts"), {"kind": "interest", "text": "sailing"}),
        keeper_client.post(
            new(anna, "details"), {"kind": "email", "value": "Anna@Example.com", "label": "work"}
        ),
        keeper_client.post(new(anna, "birthdays"), {"when": "1 May"}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "You have noted this already." in answers[0].content.decode()
    assert "This is there already." in answers[1].content.decode()
    assert "There is a birthday already." in answers[2].content.decode()


def test_control_characters_and_turned_direction_are_cleaned(
    keeper_client: Client, anna: Contact
) -> None:
    typed = "\u202esail\x00ing\x07\u2066  at\nsea"
    keeper_client.post(new(anna, "facts"), {"kind": "interest", "text": typed})
    assert anna.facts.get().text == "sailing at sea"


@pytest.mark.parametrize("slug", TYPED)
def test_scripts_in_every_field_do_nothing(keeper_client: Client, anna: Contact, slug: str) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    typed, _ = TYPED[slug]
    replaced = {
        "value": hostile,
        "title": hostile,
        "name": hostile,
        "text": hostile,
        "company": hostile,
    }
    texts = {name: text for name, text in replaced.items() if name in typed or slug != "details"}
    data = typed | texts | ({"kind": "address"} if slug == "details" else {}) | {"about": hostile}
    row = keeper_client.post(new(anna, slug), data, headers=HTMX).content.decode()
    page = keeper_client.get(anna.get_absolute_url()).content.decode()
    assert ["<script>alert" in text or "<img src=x" in text for text in (row, page)] == [False] * 2


# --- What each kind knows --------------------------------------------------------------------


def test_phone_is_kept_as_e164_by_the_keepers_own_country(anna: Contact) -> None:
    anna.keeper.time_zone = "Europe/London"
    anna.keeper.save()
    client = client_of(anna.keeper)
    typed = {"kind": "phone", "value": "(020) 7946 0000", "label": "personal"}
    client.post(new(anna, "details"), typed)
    detail = anna.details.get()
    assert [detail.value, detail.label] == ["+442079460000", "personal"]


def test_link_without_a_scheme_means_https(keeper_client: Client, anna: Contact) -> None:
    typed = {"kind": "url", "value": "example.com/anna", "label": "other"}
    keeper_client.post(new(anna, "details"), typed)
    assert anna.details.get().value == "https://example.com/anna"


def test_birthday_is_planned_and_yearly(keeper_client: Client, anna: Contact, today: date) -> None:
    keeper_client.post(new(anna, "birthdays"), {"when": "26/3/74"})
    event = anna.life_events.get()
    assert [event.when, event.yearly, event.relative] == [PartialDate(1974, 3, 26), True, None]
    assert [event.wake_on, event.noted_on] == [today, today]


def test_leap_day_may_be_kept_on_1_march(keeper_client: Client, anna: Contact) -> None:
    event = make_life_event(anna, month=2, day=29)
    url = f"/contacts/{anna.pk}/birthdays/{event.pk}/"
    assert "Kept on 1 March" in keeper_client.get(url).content.decode()
    keeper_client.post(url, {"when": "29 February", "march_first": "1", "version": "1"})
    event.refresh_from_db()
    assert event.march_first is True


def test_other_days_offer_no_choice_for_common_years(keeper_client: Client, anna: Contact) -> None:
    event = make_life_event(anna, month=3, day=1)
    page = keeper_client.get(f"/contacts/{anna.pk}/birthdays/{event.pk}/").content.decode()
    assert "Kept on 1 March" not in page


def test_relative_comes_with_a_birthday(keeper_client: Client, anna: Contact, today: date) -> None:
    typed = {"relation": "son", "name": "Ben", "born": "June 2004", "about": "rows"}
    row = keeper_client.post(new(anna, "relatives"), typed, headers=HTMX).content.decode()
    ben = anna.relatives.get()
    event = ben.life_events.get()
    assert [event.when, event.yearly, event.wake_on] == [PartialDate(2004, 6), True, today]
    assert "June 2004 · 22 · rows" in row


def test_emptied_birthday_of_a_relative_goes_to_the_trash(
    keeper_client: Client, anna: Contact
) -> None:
    emma = make_relative(anna)
    event = make_life_event(anna, relative=emma, year=2004)
    typed = {"relation": "daughter", "name": "Emma", "born": "", "version": "1"}
    keeper_client.post(f"/contacts/{anna.pk}/relatives/{emma.pk}/", typed)
    event.refresh_from_db()
    assert event.trashed_at == NOW


def test_life_event_of_a_relative_is_theirs(keeper_client: Client, anna: Contact) -> None:
    emma = make_relative(anna)
    typed = {"kind": "graduation", "when": "May 2027", "relative": str(emma.pk)}
    row = keeper_client.post(new(anna, "life-events"), typed, headers=HTMX).content.decode()
    assert anna.life_events.get().relative == emma
    assert "Emma: graduation" in row


def test_anniversary_comes_every_year_without_being_told(
    keeper_client: Client, anna: Contact
) -> None:
    typed = {"kind": "anniversary", "title": "Bought the house", "when": "12 June 2010"}
    keeper_client.post(new(anna, "life-events"), typed)
    assert anna.life_events.get().yearly is True


def test_team_is_completed_by_its_full_name(keeper_client: Client, anna: Contact) -> None:
    keeper_client.post(new(anna, "facts"), {"kind": "team", "text": "red sox"})
    fact = anna.facts.get()
    assert fact.text == "Boston Red Sox"
    assert fact.team_key != ""


@pytest.mark.parametrize("text", ["FC Hintertupfing", "Giants"])
def test_team_nobody_knows_or_two_are_called_is_kept_as_typed(
    keeper_client: Client, anna: Contact, text: str
) -> None:
    keeper_client.post(new(anna, "facts"), {"kind": "team", "text": text})
    fact = anna.facts.get()
    assert [fact.text, fact.team_key] == [text, ""]


def test_fact_that_changes_its_group_reloads_the_page(keeper_client: Client, anna: Contact) -> None:
    fact = make_fact(anna, kind="interest", text="a bigger van")
    url = f"/contacts/{anna.pk}/facts/{fact.pk}/"
    typed = {"kind": "need", "text": "a bigger van", "version": "1"}
    response = keeper_client.post(url, typed, headers=HTMX)
    assert response.headers["HX-Redirect"] == anna.get_absolute_url()


def test_what_was_changed_is_found_at_once(keeper_client: Client, anna: Contact) -> None:
    keeper_client.post(new(anna, "facts"), {"kind": "interest", "text": "falconry"})
    assert SearchEntry.objects.filter(contact=anna, text__contains="falconry").count() == 1


# --- Two windows -----------------------------------------------------------------------------


def test_conflict_shows_what_is_stored_beside_what_was_typed(
    keeper_client: Client, anna: Contact
) -> None:
    fact = make_fact(anna, text="sailing")
    url = f"/contacts/{anna.pk}/facts/{fact.pk}/"
    keeper_client.post(url, {"kind": "interest", "text": "rowing", "version": "1"})
    response = keeper_client.post(
        url, {"kind": "interest", "text": "diving", "version": "1"}, headers=HTMX
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert ["rowing" in page, "diving" in page, "Keep mine" in page] == [True, True, True]
    assert 'name="version" value="2"' in page
    fact.refresh_from_db()
    assert fact.text == "rowing"


def test_keeping_mine_after_a_conflict_saves_it(keeper_client: Client, anna: Contact) -> None:
    fact = make_fact(anna, text="sailing")
    url = f"/contacts/{anna.pk}/facts/{fact.pk}/"
    for version, text in [("1", "rowing"), ("1", "diving"), ("2", "diving")]:
        keeper_client.post(url, {"kind": "interest", "text": text, "version": version})
    fact.refresh_from_db()
    assert [fact.text, fact.version] == ["diving", 3]


def test_two_windows_that_agree_are_no_conflict(keeper_client: Client, anna: Contact) -> None:
    fact = make_fact(anna, text="sailing")
    url = f"/contacts/{anna.pk}/facts/{fact.pk}/"
    typed = {"kind": "interest", "text": "rowing", "version": "1"}
    keeper_client.post(url, typed)
    assert keeper_client.post(url, typed, headers=HTMX).status_code == 200


def test_form_without_a_version_never_overwrites(keeper_client: Client, anna: Contact) -> None:
    fact = make_fact(anna, text="sailing")
    url = f"/contacts/{anna.pk}/facts/{fact.pk}/"
    response = keeper_client.post(url, {"kind": "interest", "text": "diving"})
    fact.refresh_from_db()
    assert [response.status_code, fact.text] == [409, "sailing"]


def test_conflict_on_a_relative_leaves_the_birthday_as_it_was(anna: Contact) -> None:
    emma = make_relative(anna)
    make_life_event(anna, relative=emma, year=2004)
    Relative.objects.filter(pk=emma.pk).update(version=5)
    with pytest.raises(Conflict):
        save_relative(emma, seen=1, born=PartialDate(1990), now=NOW)
    assert emma.life_events.get().when == PartialDate(2004)


def test_save_piece_writes_no_other_columns(anna: Contact, stranger: User) -> None:
    fact = make_fact(anna, text="sailing")
    fact.text, fact.author = "rowing", stranger
    save_piece(fact, seen=1, fields=["text"])
    fact.refresh_from_db()
    assert [fact.text, fact.author] == ["rowing", anna.keeper]


@pytest.mark.parametrize(
    ("model", "slug"),
    [(Detail, "details"), (Fact, "facts"), (Job, "jobs"), (LifeEvent, "life-events")],
)
def test_columns_that_no_form_holds_cannot_be_posted(
    keeper_client: Client, stranger: User, anna: Contact, model: type, slug: str
) -> None:
    other = make_contact(keeper=stranger)
    typed, _ = TYPED[slug]
    extra = {"contact": other.pk, "author": stranger.pk, "pk": 999, "id": 999, "trashed_at": "2026"}
    keeper_client.post(new(anna, slug), typed | extra)
    piece = model.objects.get()
    assert [piece.contact, piece.pk == 999, piece.trashed_at] == [anna, False, None]
