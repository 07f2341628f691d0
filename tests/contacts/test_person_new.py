"""Adding somebody: a name is enough, and who may be kept already is said, not refused."""

from datetime import date

import pytest
from django.test import Client

from contacts.models import Company, Contact, Detail, SearchEntry
from contacts.partial_dates import PartialDate
from crm.models import User
from tests.factories import client_of, make_company, make_contact, make_detail, make_user

HTMX = {"HX-Request": "true"}
URL = "/contacts/new/"


def test_name_is_enough(keeper_client: Client, keeper: User, today: date) -> None:
    response = keeper_client.post(URL, {"name": "Anna Novak"})
    anna = Contact.objects.get()
    assert [response.status_code, response.url] == [303, anna.get_absolute_url()]
    assert [anna.keeper, anna.team, anna.first_due_on] == [keeper, keeper.member.team, today]
    assert [anna.due_on, anna.sort_name] == [None, "anna novak"]


def test_everything_typed_is_kept(keeper_client: Client, today: date) -> None:
    keeper_client.post(
        URL,
        {
            "name": "  Anna\u202e   Novak ",
            "company": "Harbour Bakery",
            "title": "Head baker",
            "email": "Anna@Example.com",
            "phone": "+44 20 7946 0000",
            "circle": "close",
            "nickname": "Annie",
            "pronunciation": "NO-vahk",
            "pronouns": "she",
            "birthday": "26 March",
            "address": "1 Quay Street\nBristol",
            "link": "example.com",
            "how_met": "At the fair.",
            "customer_since": "2019",
            "tags": "golf, Key account, golf",
        },
    )
    anna = Contact.objects.get()
    assert [anna.name, anna.company.name, anna.title] == [
        "Anna Novak",
        "Harbour Bakery",
        "Head baker",
    ]
    assert [anna.circle, anna.due_on, anna.wake_on] == ["close", today, today]
    assert [anna.nickname, anna.pronunciation, anna.pronouns] == ["Annie", "NO-vahk", "she"]
    assert [anna.how_met, anna.customer_since] == ["At the fair.", 2019]
    assert {(each.kind, each.value) for each in anna.details.all()} == {
        ("email", "anna@example.com"),
        ("phone", "+442079460000"),
        ("address", "1 Quay Street\nBristol"),
        ("url", "https://example.com"),
    }
    assert anna.life_events.get().when == PartialDate(None, 3, 26)
    assert [tag.name for tag in anna.tags.all()] == ["golf", "Key account"]


@pytest.mark.parametrize(
    "name", ["Anna Novak", "山田太郎", "मीरा शर्मा", "نور الهدى", "O’Brien-Łukasz", "X Æ A-12", "𝒜"]
)
def test_names_of_every_script_are_kept_and_shown(keeper_client: Client, name: str) -> None:
    page = keeper_client.post(URL, {"name": name}, follow=True).content.decode()
    assert Contact.objects.get().name == name
    assert name in page


def test_company_is_found_in_any_case_and_made_when_new(
    keeper_client: Client, keeper: User
) -> None:
    known = make_company("Café Rhône", team=keeper.member.team)
    keeper_client.post(URL, {"name": "Anna Novak", "company": "cafe rhone"})
    keeper_client.post(URL, {"name": "Ben Ode", "company": "Northern Freight"})
    anna, ben = Contact.objects.order_by("sort_name")
    assert anna.company == known
    assert ben.company == Company.objects.get(name="Northern Freight")


def test_company_in_the_trash_comes_back_with_somebody_who_works_there(
    keeper_client: Client, keeper: User, now: date
) -> None:
    company = make_company("Harbour Bakery", team=keeper.member.team, trashed_at=now)
    keeper_client.post(URL, {"name": "Anna Novak", "company": "Harbour Bakery"})
    company.refresh_from_db()
    assert company.is_trashed is False


def test_company_of_another_team_is_never_taken(keeper_client: Client, stranger: User) -> None:
    foreign = make_company("Harbour Bakery", team=stranger.member.team)
    keeper_client.post(URL, {"name": "Anna Novak", "company": "Harbour Bakery"})
    assert Contact.objects.get().company != foreign


def test_new_contact_is_found_at_once(keeper_client: Client) -> None:
    keeper_client.post(URL, {"name": "Anna Novak", "tags": "falconry"})
    texts = SearchEntry.objects.order_by("source").values_list("text", flat=True)
    assert ["anna novak" in texts[0], "falconry" in texts[1]] == [True, True]


def test_form_is_a_page_and_to_htmx_a_form(keeper_client: Client) -> None:
    page = keeper_client.get(URL).content.decode()
    fragment = keeper_client.get(URL, headers=HTMX).content.decode()
    assert ["<html" in page, "<html" in fragment, "<form" in fragment] == [True, False, True]


def test_form_takes_a_name_along(keeper_client: Client) -> None:
    assert 'value="Anna Novak"' in keeper_client.get(f"{URL}?name=Anna+Novak").content.decode()


def test_added_by_htmx_leads_to_the_person(keeper_client: Client) -> None:
    response = keeper_client.post(URL, {"name": "Anna Novak"}, headers=HTMX)
    assert response.headers["HX-Redirect"] == Contact.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "What are they called?"),
        ("name", "\u200b\u202e ", "What are they called?"),
        ("name", "x" * 201, "This is 201 characters long; 200 fit."),
        ("email", "anna at home", "This is not an email address, like anna@example.com."),
        ("phone", "none", "This is not a phone number"),
        ("circle", "outer", "Select a valid choice."),
        ("birthday", "31 February", "There is no 31 February."),
        ("birthday", "1 May 2027", "A birthday cannot be in the future."),
        ("link", "javascript:alert(1)", "This is not a web address"),
        ("customer_since", "19", "Write a year with four digits, like 2019."),
        ("tags", "x" * 61, "A tag has at most 60 letters."),
        ("tags", ",".join(f"tag{n}" for n in range(21)), "That is more than 20 tags"),
    ],
)
def test_bad_input_is_refused_and_all_that_was_typed_kept(
    keeper_client: Client, field: str, typed: str, sentence: str
) -> None:
    data = {"name": "Anna Novak", "title": "Head baker"} | {field: typed}
    response = keeper_client.post(URL, data, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert [sentence in page, "Head baker" in page, Contact.objects.count()] == [True, True, 0]


def test_error_among_the_rest_opens_the_rest(keeper_client: Client) -> None:
    page = keeper_client.post(URL, {"name": "A", "birthday": "x"}).content.decode()
    assert '<details class="more-fields" open>' in page


def test_scripts_in_every_field_do_nothing(keeper_client: Client) -> None:
    hostile = "<script>alert(1)</script>"
    fields = ["name", "company", "title", "nickname", "pronunciation", "address", "how_met", "tags"]
    data = dict.fromkeys(fields, hostile)
    page = keeper_client.post(URL, data, follow=True).content.decode()
    assert Contact.objects.get().name == hostile
    assert "<script>alert" not in page


def test_other_methods_are_refused(keeper_client: Client) -> None:
    assert keeper_client.put(URL).status_code == 405
    assert keeper_client.post("/contacts/new/twins/").status_code == 405


def test_columns_that_the_form_does_not_hold_cannot_be_posted(
    keeper_client: Client, keeper: User, stranger: User
) -> None:
    extra = {"keeper": stranger.pk, "team": stranger.member.team.pk, "due_on": "2020-01-01"}
    keeper_client.post(URL, {"name": "Anna Novak"} | extra | {"uid": "x", "version": "9"})
    anna = Contact.objects.get()
    assert [anna.keeper, anna.team, anna.due_on] == [keeper, keeper.member.team, None]
    assert [anna.uid == "x", anna.version] == [False, 1]


# --- Who may be kept already -----------------------------------------------------------------


@pytest.fixture
def anna(keeper: User) -> Contact:
    contact = make_contact(
        keeper=keeper, name="Anna Nováková", company="Harbour Bakery", pronouns="she"
    )
    make_detail(contact, kind="email", value="anna@example.com")
    make_detail(contact, kind="phone", value="+442079460000")
    return contact


TWINS = [
    {"name": "anna novakova"},
    {"name": "A. N.", "email": "ANNA@example.com"},
    {"name": "A. N.", "phone": "+44 (0)20 7946 0000"},
]


@pytest.mark.parametrize("typed", TWINS)
def test_twin_is_named_while_the_form_is_filled(
    keeper_client: Client, anna: Contact, typed: dict[str, str]
) -> None:
    page = keeper_client.get("/contacts/new/twins/", typed, headers=HTMX).content.decode()
    said = ["You already keep", "Anna Nováková", "Harbour Bakery", "Open her"]
    assert [words for words in said if words not in page] == []
    assert f'href="{anna.get_absolute_url()}"' in page


@pytest.mark.parametrize("typed", TWINS)
def test_twin_does_not_block_but_is_named_on_the_new_page(
    keeper_client: Client, anna: Contact, typed: dict[str, str]
) -> None:
    response = keeper_client.post(URL, typed, follow=True)
    page = response.content.decode()
    assert Contact.objects.count() == 2
    assert response.redirect_chain[0][0].endswith(f"?twin={anna.pk}")
    assert "You already keep" in page


def test_nobody_is_named_when_nobody_is_meant(keeper_client: Client, anna: Contact) -> None:
    answers = [
        keeper_client.get("/contacts/new/twins/", typed).content.decode().strip()
        for typed in ({}, {"name": "Ben"}, {"name": "", "email": "x", "phone": "y"})
    ]
    assert answers == ["", "", ""]


def test_twins_of_others_are_not_named(
    keeper: User, stranger_client: Client, anna: Contact
) -> None:
    teammate = client_of(make_user(team=keeper.member.team))
    answers = [
        client.get("/contacts/new/twins/", {"name": "Anna Nováková"}).content.decode().strip()
        for client in (stranger_client, teammate)
    ]
    assert answers == ["", ""]


def test_address_naming_somebody_elses_twin_says_nothing(
    keeper: User, stranger: User, stranger_client: Client, anna: Contact
) -> None:
    own = make_contact(keeper=stranger)
    for twin in (anna.pk, own.pk, "x", "9" * 30):
        page = stranger_client.get(f"{own.get_absolute_url()}?twin={twin}").content.decode()
        assert "You already keep" not in page


def test_adding_by_mistake_is_undone_from_the_toast(keeper_client: Client) -> None:
    page = keeper_client.post(URL, {"name": "Anna Novak"}, follow=True).content.decode()
    undo = f"/trash/contacts/{Contact.objects.get().pk}/"
    assert undo in page
    keeper_client.post(undo)
    assert Contact.objects.present().count() == 0


# --- Half-typed names ------------------------------------------------------------------------


def test_companies_are_offered_as_typed(keeper_client: Client, keeper: User) -> None:
    team = keeper.member.team
    for name in ("Harbour Bakery", "Café Harbour", "Northern Freight"):
        make_company(name, team=team)
    page = keeper_client.get("/names/companies/", {"company": "HARB"}).content.decode()
    assert [name in page for name in ("Harbour Bakery", "Café Harbour", "Northern")] == [
        True,
        True,
        False,
    ]


def test_companies_of_other_teams_are_not_offered(stranger_client: Client, keeper: User) -> None:
    make_company("Harbour Bakery", team=keeper.member.team)
    page = stranger_client.get("/names/companies/", {"company": "harb"}).content.decode()
    assert "Harbour" not in page


def test_teams_are_offered_as_typed(keeper_client: Client) -> None:
    page = keeper_client.get("/names/teams/", {"text": "red sox"}).content.decode()
    assert 'value="Boston Red Sox"' in page


def test_details_typed_twice_are_kept_once(keeper: User, keeper_client: Client) -> None:
    keeper_client.post(
        URL, {"name": "Anna", "link": "example.com", "address": "https://example.com"}
    )
    assert Detail.objects.count() == 2
