"""The page of follow-through, the lists behind its figures, and its CSV."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from contacts.models import Contact
from crm.models import User
from crm.policy import Role
from followups.follow_through.definitions import FIGURES
from followups.models import Nudge, Promise
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_life_event,
    make_note,
    make_nudge,
    make_promise,
    make_user,
)

DAY = timedelta(days=1)
TODAY = NOW.date()
PAGE = "/follow-through/"
LISTS = ["word", "word-kept", "word-not", "open", "overdue", "late", "moved", "broken", "released"]


def ago(days: int):
    return TODAY - days * DAY


@pytest.fixture
def manager(keeper) -> User:
    return make_user(team=keeper.member.team, name="Mona Manager", role=Role.MANAGER)


@pytest.fixture
def tom(keeper) -> Contact:
    return make_contact(keeper=keeper, name="Tom Beaumont")


def promised(tom: Contact, text: str, *, made: int = 20, due: int = 5, **more) -> Promise:
    return make_promise(tom, text=text, at=NOW - made * DAY, due_on=ago(due), **more)


def fill(tom: Contact, keeper: User) -> None:
    """Two of five kept on time, one open and overdue, and one in every other state."""
    for number in range(2):
        promised(tom, f"Kept {number}").keep(by=keeper, at=NOW - 6 * DAY)
    promised(tom, "Late").keep(by=keeper, at=NOW - 2 * DAY)
    promised(tom, "Broken").break_(by=keeper, at=NOW - 4 * DAY)
    promised(tom, "Overdue")
    promised(tom, "Let go").release(by=keeper, at=NOW - 8 * DAY)
    moved = promised(tom, "Moved", due=2)
    moved.renegotiate(due_on=TODAY, told=True, by=keeper, at=NOW - 3 * DAY)


def test_a_figure_of_nothing_leads_nowhere(keeper_client, tom):
    page = keeper_client.get(PAGE).text
    assert [slug for slug in LISTS if f"{PAGE}{slug}/?" in page] == []
    assert ("Before:" in page, "show=settled" in page) == (False, False)
    promised(tom, "Overdue")
    page = keeper_client.get(PAGE).text
    assert [slug for slug in LISTS if f"{PAGE}{slug}/?" in page] == ["word-not", "open", "overdue"]


def test_a_manager_sees_the_team_and_a_seller_their_own(keeper, keeper_client, manager, tom):
    fill(tom, keeper)
    theirs, own = client_of(manager).get(PAGE).text, keeper_client.get(PAGE).text
    assert "The team, 21 Aug 2026 to 18 Nov 2026" in theirs
    assert "Yours, 21 Aug 2026 to 18 Nov 2026" in own
    assert all("2 of 5 promises due" in page for page in (theirs, own))
    assert ("By seller" in theirs, "By seller" in own) == (True, False)
    assert "ask Karin Keeper" in theirs
    assert "ask " not in own.partition("Waiting longest")[2].partition("</ul>")[0]


def test_sellers_stand_in_the_order_of_the_alphabet(keeper, manager):
    make_user(team=keeper.member.team, name="Ann First")
    page = client_of(manager).get(PAGE).text.partition("By seller")[2]
    places = [page.index(name) for name in ("Ann First", "Karin Keeper", "Mona Manager")]
    assert places == sorted(places)


def test_one_seller_can_be_chosen(keeper, manager, tom):
    fill(tom, keeper)
    page = client_of(manager).get(PAGE, {"who": keeper.member.pk}).text
    assert "<p>Karin Keeper, 21 Aug" in page
    assert "By seller" not in page


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}open/", f"{PAGE}table.csv"])
def test_whom_one_may_not_see_one_cannot_choose(
    keeper, keeper_client, manager, stranger, tom, path
):
    promised(make_contact(keeper=stranger, name="Sue"), "Theirs")
    fill(tom, keeper)
    for client, who in ((client_of(manager), stranger), (keeper_client, manager)):
        without = client.get(path)
        chosen = client.get(path, {"who": who.member.pk})
        assert chosen.status_code == 200
        assert len(chosen.content.replace(b" selected", b"")) == len(
            without.content.replace(b" selected", b"")
        )


def test_every_figure_says_what_it_means_and_how_it_is_counted(keeper_client, tom):
    page = keeper_client.get(PAGE).text.replace("&#x27;", "'")
    for figure in FIGURES.values():
        assert figure.means in page
        assert figure.helps in page
        assert figure.defined in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"period": "30"}, "20 Oct 2026 to 18 Nov 2026"),
        ({"period": "quarter"}, "1 Oct 2026 to 18 Nov 2026"),
        ({"period": "year"}, "1 Jan 2026 to 18 Nov 2026"),
        ({"period": "own", "first": "2026-03-01", "last": "2026-03-09"}, "1 Mar 2026 to 9 Mar"),
        ({"period": "own", "first": "2026-11-01", "last": "2031-01-01"}, "1 Nov 2026 to 18 Nov"),
    ],
)
def test_the_period_is_in_the_address(keeper_client, query, said):
    assert said in keeper_client.get(PAGE, query).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"period": "own", "last": "2026-11-01"}, "From which day?"),
        ({"period": "own", "first": "soon"}, "Write the day as 2026-12-24."),
        ({"period": "own", "first": "2026-05-05", "last": "2026-05-01"}, "before the last one"),
        ({"period": "own", "first": "1990-05-05"}, "more than ten years"),
        ({"period": "own", "first": "0001-01-01", "last": "0001-02-01"}, "too long ago"),
    ],
)
def test_dates_that_make_no_period_are_explained_and_kept(keeper_client, query, said):
    response = keeper_client.get(PAGE, query)
    assert (response.status_code, said in response.text) == (422, True)
    assert response.context["form"]["first"].value() == query.get("first")


def test_own_dates_are_asked_for_before_any_is_missed(keeper_client):
    response = keeper_client.get(PAGE, {"period": "own"})
    assert (response.status_code, "From which day?" in response.text) == (200, False)
    assert 'name="first"' in response.text


@pytest.mark.parametrize("query", [{"period": "weather"}, {"who": "x"}, {"first": "\x00"}])
def test_nonsense_in_the_address_does_no_harm(keeper_client, query):
    assert keeper_client.get(PAGE, query).status_code in (200, 422)


def test_no_promise_is_no_percentage(keeper_client):
    page = keeper_client.get(PAGE).text
    assert "No promise with a date came due in these days." in page
    assert "%" not in page.partition("<main")[2].partition("How each figure")[0]


def test_the_trend_has_words_and_a_table(keeper, keeper_client, tom):
    fill(tom, keeper)
    page = keeper_client.get(PAGE).text
    assert 'aria-label="Promises kept on time, of those due: until 18 Nov 2 of 5."' in page
    assert "As a table" in page


# --- Lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "texts"),
    [
        ("word", {"Kept 0", "Kept 1", "Late", "Broken", "Overdue"}),
        ("word-kept", {"Kept 0", "Kept 1"}),
        ("word-not", {"Late", "Broken", "Overdue"}),
        ("open", {"Overdue", "Moved"}),
        ("overdue", {"Overdue"}),
        ("late", {"Late"}),
        ("moved", {"Moved"}),
        ("broken", {"Broken"}),
        ("released", {"Let go"}),
    ],
)
def test_behind_each_figure_stand_its_promises(keeper, keeper_client, manager, tom, slug, texts):
    fill(tom, keeper)
    for client in (keeper_client, client_of(manager)):
        context = client.get(f"{PAGE}{slug}/").context
        assert {promise.text for promise in context["page"].promises} == texts


@pytest.mark.parametrize("slug", LISTS)
def test_others_private_promises_and_other_teams_are_in_no_list(keeper, manager, tom, slug):
    fill(tom, keeper)
    Promise.objects.filter(text__in=["Late", "Overdue", "Moved"]).update(sharing="private")
    Promise.objects.filter(text__in=["Broken", "Let go", "Kept 0"]).update(sharing="private")
    stranger = make_user(role=Role.OWNER)
    seen = client_of(manager).get(f"{PAGE}{slug}/").context["page"].promises
    assert {promise.text for promise in seen} <= {"Kept 1"}
    assert client_of(stranger).get(f"{PAGE}{slug}/").context["page"].promises == []


@pytest.mark.parametrize("slug", ["open", "word-not"])
def test_a_long_list_goes_on(keeper, keeper_client, tom, slug, settings):
    texts = [f"Promise {number:02}" for number in range(60)]
    for text in texts:
        promised(tom, text, due=3)
    first = keeper_client.get(f"{PAGE}{slug}/")
    rest = first.context["page"].rest_link
    second = keeper_client.get(f"{PAGE}{slug}/", {"after": rest}, headers={"HX-Request": "true"})
    found = [p.text for page in (first, second) for p in page.context["page"].promises]
    assert sorted(found) == texts
    assert "<html" not in second.text


def test_a_list_that_does_not_exist_is_not_found(keeper_client):
    assert keeper_client.get(f"{PAGE}weather/").status_code == 404


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}open/", f"{PAGE}table.csv"])
def test_nothing_is_to_be_posted(keeper_client, path):
    assert keeper_client.post(path).status_code == 405


def test_people_and_occasions_behind_a_figure_are_one_s_own_alone(
    keeper, keeper_client, manager, tom
):
    lost = make_contact(keeper=keeper, name="Lost Larry", circle="inner", customer_since=2009)
    long_ago = NOW - 300 * DAY
    Contact.objects.filter(pk=lost.pk).update(last_touch_at=long_ago)
    event = make_life_event(tom, noted_on=ago(400))
    make_nudge(tom, kind="occasion", life_event=event, occurrence_on=ago(9), state="expired")

    def names(client, slug: str) -> list[str]:
        people = client.get(f"{PAGE}{slug}/").context["people"]
        return [somebody.contact.name for somebody in people]

    own, coach = keeper_client, client_of(manager)
    assert [names(own, "cadence"), names(own, "loyal")] == [["Lost Larry"], ["Lost Larry"]]
    assert names(own, "occasions") == ["Tom Beaumont"]
    make_note(tom, at=NOW - 5 * DAY, channel="email", began="them")
    assert names(own, "answers") == ["Tom Beaumont"]
    slugs = ("cadence", "loyal", "occasions", "answers")
    assert [names(coach, slug) for slug in slugs] == [[], [], [], []]
    page = coach.get(PAGE).text
    assert ("0 of 1" in page, "Lost Larry" in page) == (True, False)
    assert Nudge.objects.count() == 1


# --- CSV, and what it all costs --------------------------------------------------------------


def test_the_csv_has_the_same_numbers(keeper, manager, tom):
    fill(tom, keeper)
    keeper.name = "=Karin"
    keeper.save()
    response = client_of(manager).get(f"{PAGE}table.csv")
    rows = list(csv.DictReader(StringIO(response.text.removeprefix("\ufeff"))))
    assert [row["Seller"] for row in rows] == ["'=Karin", "Mona Manager", "All"]
    wanted = ("Kept on time", "Due", "Overdue", "Moved in time", "Broken", "Released")
    assert [[row[name] for name in wanted] for row in rows] == [
        ["2", "5", "1", "1", "1", "1"],
        ["0", "0", "0", "0", "0", "0"],
        ["2", "5", "1", "1", "1", "1"],
    ]
    assert "follow-through-2026-08-21-2026-11-18.csv" in response["Content-Disposition"]


@pytest.mark.parametrize("sellers", [1, 3])
def test_page_costs_the_same_for_every_team(manager, sellers, django_assert_num_queries):
    for number in range(sellers):
        seller = make_user(team=manager.member.team, name=f"Seller {number}")
        promised(make_contact(keeper=seller), f"No {number}")
    client = client_of(manager)
    with django_assert_num_queries(17):
        client.get(PAGE)


@pytest.mark.parametrize("promises", [1, 3])
def test_a_list_costs_the_same_however_long(
    keeper_client, tom, promises, django_assert_num_queries
):
    for number in range(promises):
        promised(tom, f"No {number}")
    with django_assert_num_queries(3):
        keeper_client.get(f"{PAGE}open/")
