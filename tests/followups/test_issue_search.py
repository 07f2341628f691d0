"""What went wrong is found by its words, by everybody of the team and by nobody else."""

import pytest

from contacts.companies import change_company
from contacts.models import Contact
from crm.models import User
from followups.models import Issue
from tests.factories import NOW, client_of, make_contact, make_issue, make_user

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def tom(keeper: User) -> Contact:
    return make_contact(keeper=keeper, name="Tom Beaumont", company="Northline Freight")


def found(user: User, query: str) -> list[str]:
    return [issue.text for issue in Issue.objects.visible_to(user).present().search(query)]


@pytest.mark.parametrize(
    "query",
    ["gearbox", "GEAR", "gearbox brühe", "bruhe", '"the gearbox"', "tom gearbox", "gearbox beau"],
)
def test_issue_is_found_by_its_words_and_whom_it_concerns(keeper, tom, query) -> None:
    make_issue(tom, text="The gearbox leaked: Brühe.")
    make_issue(tom, text="Something else.")

    assert found(keeper, query) == ["The gearbox leaked: Brühe."]


@pytest.mark.parametrize("query", ["tom", "ge", "gearbox anna", "", "%", "gear%box"])
def test_name_alone_or_two_letters_find_none(keeper, tom, query) -> None:
    make_issue(tom, text="The gearbox leaked.")

    assert found(keeper, query) == []


def test_two_letters_narrow_by_name(keeper, tom) -> None:
    make_issue(tom, text="The gearbox leaked.")
    make_issue(make_contact(keeper=keeper, name="Jo Li"), text="The gearbox cracked.")

    assert found(keeper, "gearbox jo") == ["The gearbox cracked."]


def test_issue_of_a_company_is_found_by_its_name_of_today(keeper, tom) -> None:
    make_issue(company=tom.company, by=keeper, text="Wet pallets.")
    names = {"name": "Southline", "website": "", "about": ""}
    change_company(tom.company, seen=1, by=keeper, at=NOW, **names)

    assert found(keeper, "pallets southline") == ["Wet pallets."]
    assert found(keeper, "pallets northline") == []


def test_it_is_found_by_what_it_says_now(keeper, tom) -> None:
    issue = make_issue(tom, text="The gearbox leaked.")
    changed = issue.reword(text="The brakes failed.", severity="grave", seen=1, by=keeper, at=NOW)
    assert (found(keeper, "gearbox"), found(keeper, "brakes")) == ([], ["The brakes failed."])

    issue.take_back(changed, by=keeper)

    assert (found(keeper, "gearbox"), found(keeper, "brakes")) == (["The gearbox leaked."], [])


def test_everybody_of_the_team_finds_it_and_nobody_else(keeper, stranger, tom) -> None:
    make_issue(tom, text="The gearbox leaked.")
    teammate = make_user(team=keeper.member.team)

    assert found(teammate, "gearbox") == ["The gearbox leaked."]
    assert found(stranger, "gearbox") == []
    assert "gearbox" not in client_of(stranger).get("/search/?q=gear").text


def test_of_who_is_in_the_trash_none_is_found(keeper, keeper_client, tom) -> None:
    make_issue(tom, text="The gearbox leaked.")
    tom.trash(NOW)

    assert found(keeper, "gearbox") == []
    assert "leaked" not in keeper_client.get("/search/?q=gearbox").text


def test_search_shows_open_ones_before_settled_ones(keeper, keeper_client, tom) -> None:
    settled = make_issue(tom, text="The gearbox leaked.")
    settled.settle(by=keeper, at=NOW, feeling="good")
    still = make_issue(tom, text="The gearbox again.")

    answer = keeper_client.get("/search/?q=gearbox", headers=FRAGMENT)

    assert answer.context["issues"] == [still, settled]
    assert f'href="/issues/{still.pk}/"' in answer.text
    assert 'data-found="0 people and 2 issues found"' in answer.text
    assert "Nothing found" not in answer.text
    assert "Nothing found for “xyz”." in keeper_client.get("/search/?q=xyz", headers=FRAGMENT).text


@pytest.mark.parametrize("number", [1, 3])
def test_found_issues_take_as_many_queries_for_many(
    keeper, keeper_client, tom, django_assert_num_queries, number
) -> None:
    for n in range(number):
        make_issue(tom, text=f"The gearbox leaked, {n}.")

    with django_assert_num_queries(5):
        page = keeper_client.get("/search/?q=gearbox", headers=FRAGMENT)
    assert len(page.context["issues"]) == number
