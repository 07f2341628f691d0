import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contacts.models import Company, Contact
from contacts.searching import index_contacts
from contacts.views import companies
from crm.models import User
from tests.factories import NOW, client_of, make_company, make_contact, make_user

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def bakery(keeper: User) -> Company:
    ana = make_contact(keeper=keeper, name="Ana Lind", company="Harbour Bakery")
    assert ana.company is not None
    return ana.company


def shown(client: Client, query: str = "") -> list[tuple[str, int]]:
    page = client.get(f"/companies/{query}").context["page"]
    return [(company.name, company.people) for company in page.rows]


def test_companies_are_listed_with_their_people(
    keeper_client: Client, keeper: User, bakery: Company
) -> None:
    make_contact(keeper=keeper, name="Bo", company="Åkeri")
    make_contact(keeper=make_user(team=keeper.member.team), company="Harbour Bakery")
    make_contact(keeper=keeper, name="Gone", company="Harbour Bakery").trash(NOW)

    assert shown(keeper_client) == [("Åkeri", 1), ("Harbour Bakery", 2)]
    assert shown(keeper_client, "?q=HARBOÜR") == [("Harbour Bakery", 2)]
    assert shown(keeper_client, "?q=zzz") == []


def test_companies_of_others_are_not_there(stranger_client: Client, bakery: Company) -> None:
    assert shown(stranger_client) == []
    assert stranger_client.get(f"/companies/{bakery.pk}/").status_code == 404
    assert stranger_client.get(f"/companies/{bakery.pk}/edit/").status_code == 404
    posted = stranger_client.post(f"/companies/{bakery.pk}/edit/", {"name": "Mine", "version": 1})
    assert posted.status_code == 404


def test_methods_that_make_no_sense_are_refused(keeper_client: Client, bakery: Company) -> None:
    assert keeper_client.post("/companies/").status_code == 405
    assert keeper_client.post(f"/companies/{bakery.pk}/").status_code == 405
    assert keeper_client.put(f"/companies/{bakery.pk}/edit/").status_code == 405


def test_companies_go_on(
    keeper_client: Client, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(companies, "PAGE", 2)
    for name in ("A", "B", "C"):
        make_company(name, team=keeper.member.team)
    first = keeper_client.get("/companies/")

    rest = keeper_client.get(f"/companies/{first.context['next_page']}", headers=FRAGMENT)

    assert rest.content.decode().strip().startswith("<li")
    assert [company.name for company in rest.context["page"].rows] == ["C"]


def test_company_shows_the_teams_people_there(
    keeper_client: Client, keeper: User, bakery: Company
) -> None:
    teammate = make_user(name="Mia", team=keeper.member.team)
    make_contact(keeper=teammate, name="Bo Berg", company="Harbour Bakery", circle="inner")

    page = keeper_client.get(f"/companies/{bakery.pk}/").content.decode()

    assert "Ana Lind" in page
    assert "Bo Berg" in page
    assert "kept by Mia" in page
    assert "Inner" not in page


def test_company_is_changed_by_anybody_of_the_team(keeper: User, bakery: Company) -> None:
    teammate = client_of(make_user(name="Mia", team=keeper.member.team))
    index_contacts(Contact.objects.all())
    data = {"name": "Quay Bakery", "website": "quay.example", "about": "Bread.", "version": 1}

    response = teammate.post(f"/companies/{bakery.pk}/edit/", data)

    bakery.refresh_from_db()
    assert (response.status_code, response["Location"]) == (303, f"/companies/{bakery.pk}/")
    assert (bakery.name, bakery.website, bakery.about, bakery.version) == (
        "Quay Bakery",
        "https://quay.example",
        "Bread.",
        2,
    )
    assert Contact.objects.search(keeper, "quay").count() == 1
    assert Contact.objects.search(keeper, "harbour").count() == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": ""}, "What is it called?"),
        ({"name": "ÅKERI"}, "There is another company called ÅKERI in your team."),
        ({"website": "javascript:alert(1)"}, "This is not a web address"),
        ({"about": "x" * 5001}, "This is 5001 characters long; 5000 fit."),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_the_rest(
    keeper_client: Client, keeper: User, bakery: Company, data: dict[str, str], said: str
) -> None:
    make_company("Åkeri", team=keeper.member.team)
    typed = {"name": "Typed", "website": "", "about": "Typed, too", "version": 1}

    response = keeper_client.post(f"/companies/{bakery.pk}/edit/", typed | data, headers=FRAGMENT)

    page = response.content.decode()
    assert response.status_code == 422
    assert page.strip().startswith('<form class="form" id="company-form"')
    assert said in page
    assert ("Typed, too" in page) is ("about" not in data)
    bakery.refresh_from_db()
    assert bakery.name == "Harbour Bakery"


def test_change_meanwhile_is_shown(keeper_client: Client, bakery: Company) -> None:
    data = {"name": "Quay Bakery", "website": "", "about": "", "version": 1}
    keeper_client.post(f"/companies/{bakery.pk}/edit/", data)

    response = keeper_client.post(f"/companies/{bakery.pk}/edit/", data | {"name": "Mine"})

    assert response.status_code == 409
    assert "Quay Bakery" in response.content.decode()
    assert "Keep mine" in response.content.decode()
    bakery.refresh_from_db()
    assert bakery.name == "Quay Bakery"


def test_who_changed_it_meanwhile_and_when_is_said(
    keeper: User, keeper_client: Client, bakery: Company
) -> None:
    data = {"name": "Quay Bakery", "website": "", "about": "", "version": 1}
    colleague = client_of(make_user(name="Mia", team=keeper.member.team))
    colleague.post(f"/companies/{bakery.pk}/edit/", data)

    late = data | {"name": "Mine"}
    theirs, own = (
        c.post(f"/companies/{bakery.pk}/edit/", late) for c in (keeper_client, colleague)
    )

    assert "Changed by Mia <time" in theirs.text
    assert "Changed in another window <time" in own.text


@pytest.mark.parametrize("number", [1, 3])
def test_companies_take_as_many_queries_for_many(
    keeper: User,
    keeper_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    for n in range(number):
        make_contact(keeper=keeper, name=f"Person {n}", company=f"Firm {n}")
        make_contact(keeper=keeper, name=f"Person {n}", company="Same")
    same = Company.objects.get(name="Same")

    with django_assert_num_queries(4):
        keeper_client.get("/companies/")
    with django_assert_num_queries(6):
        keeper_client.get(f"/companies/{same.pk}/")
