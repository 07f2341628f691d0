"""The settings: each form by itself, saved at once, and refused without losing what was typed."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.forms import MeForm
from crm.local_time import cities, find_zone, is_zone
from crm.models import User
from tests.factories import NOW, client_of, make_user

HTMX = {"HX-Request": "true"}
QUERIES = 3  # session, user with team, away
ME = {"name": "Karin Keeper", "time_zone": "Europe/Berlin", "day_first": "False"}
DAYS = {"people_a_day": "12", "working_days": ["1", "3", "6"], "digest_at": "06:45"}
AWAY = {"starts_on": "2026-12-20", "ends_on": "2027-01-03"}
PARTS = {
    "me": (ME, "settings-me"),
    "days": (DAYS, "settings-days"),
    "away": (AWAY, "settings-away"),
    "look": ({"theme": "dark"}, "settings-look"),
}


def post(client: Client, part: str, fields: dict[str, object], **extra: object):
    return client.post(f"/settings/{part}/", fields, **extra)


# --- The page --------------------------------------------------------------------------------


def test_page_shows_what_is_set(keeper_client: Client, keeper: User) -> None:
    keeper.away.create(starts_on=date(2026, 12, 20), ends_on=date(2027, 1, 3))
    html = keeper_client.get("/settings/").text
    assert 'value="Karin Keeper"' in html
    assert 'value="UTC"' in html
    assert "20 Dec" in html
    assert "keeper@example.com" in html


def test_page_needs_a_log_in(client: Client, db: None) -> None:
    assert client.get("/settings/").url == "/accounts/login/?next=/settings/"


def test_page_to_htmx_is_a_fragment(keeper_client: Client) -> None:
    html = keeper_client.get("/settings/", headers=HTMX).text
    assert 'id="settings-me"' in html
    assert "<html" not in html


def test_page_is_only_looked_at(keeper_client: Client) -> None:
    assert keeper_client.post("/settings/").status_code == 405


@pytest.mark.parametrize("stretches", [0, 1, 3])
def test_page_costs_as_much_however_often_one_is_away(
    keeper_client: Client, keeper: User, stretches: int
) -> None:
    for month in range(1, stretches + 1):
        keeper.away.create(starts_on=date(2027, month, 1), ends_on=date(2027, month, 9))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert keeper_client.get("/settings/").status_code == 200
    assert len(queries) == QUERIES


def test_past_stretches_are_not_shown(keeper_client: Client, keeper: User) -> None:
    keeper.away.create(starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 14))
    assert "1 Aug" not in keeper_client.get("/settings/").text


# --- Every form ------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_saving_leads_back_to_the_form_and_says_so(keeper_client: Client, part: str) -> None:
    response = post(keeper_client, part, PARTS[part][0])
    assert (response.status_code, response.url) == (303, f"/settings/#{part}")
    html = keeper_client.get("/settings/").text
    assert "Saved." in html or "Noted." in html


@pytest.mark.parametrize("part", PARTS)
def test_htmx_gets_only_the_fragment_and_a_toast(keeper_client: Client, part: str) -> None:
    fields, partial = PARTS[part]
    response = post(keeper_client, part, fields, headers=HTMX)
    assert response.status_code == 200
    assert f'id="{partial}"' in response.text
    assert "<html" not in response.text
    assert "toast" in response.headers["HX-Trigger"]


@pytest.mark.parametrize("part", PARTS)
def test_form_takes_a_post_alone(keeper_client: Client, part: str) -> None:
    assert keeper_client.get(f"/settings/{part}/").status_code == 405


@pytest.mark.parametrize("part", PARTS)
def test_form_needs_a_log_in(client: Client, keeper: User, part: str) -> None:
    before = User.objects.values().get()
    assert post(client, part, PARTS[part][0]).status_code == 302
    assert (User.objects.values().get(), keeper.away.count()) == (before, 0)


@pytest.mark.parametrize("part", PARTS)
def test_form_changes_nobody_else(keeper_client: Client, stranger: User, part: str) -> None:
    before = User.objects.values().get(pk=stranger.pk)
    post(keeper_client, part, PARTS[part][0] | {"user": stranger.pk, "id": stranger.pk})
    assert User.objects.values().get(pk=stranger.pk) == before
    assert stranger.away.count() == 0


@pytest.mark.parametrize("part", PARTS)
def test_form_changes_no_other_column(keeper_client: Client, keeper: User, part: str) -> None:
    fields = PARTS[part][0]
    more = {"email": "x@example.com", "is_active": "", "password": "x", "joined_at": "2020-01-01"}
    before = User.objects.values().get()
    post(keeper_client, part, more | fields)
    after = User.objects.values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {*fields, "keys_on"}


def test_form_does_not_write_over_what_another_tab_saved(keeper: User) -> None:
    data = QueryDict("name=Karin+Lund&time_zone=UTC&day_first=True")
    form = MeForm(data, user=User.objects.get())
    User.objects.update(people_a_day=12, theme="dark")
    assert form.is_valid()
    form.save_part()
    keeper.refresh_from_db()
    assert (keeper.name, keeper.people_a_day, keeper.theme) == ("Karin Lund", 12, "dark")


# --- Me --------------------------------------------------------------------------------------


def test_me_is_saved(keeper_client: Client, keeper: User) -> None:
    post(keeper_client, "me", ME | {"name": "  Karin\u202e  Lund "})
    keeper.refresh_from_db()
    assert (keeper.name, keeper.time_zone, keeper.day_first) == (
        "Karin Lund",
        "Europe/Berlin",
        False,
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Please fill this in."),
        ("name", "x" * 121, "at most 120 characters"),
        ("time_zone", "", "Choose the city nearest to you."),
        ("time_zone", "Atlantis", "Kept does not know “Atlantis”."),
        ("time_zone", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("day_first", "perhaps", "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_bad_me_says_what_is_wrong_and_keeps_what_was_typed(
    keeper_client: Client, field: str, value: str, said: str, headers: dict[str, str]
) -> None:
    before = User.objects.values().get()
    response = post(keeper_client, "me", ME | {field: value}, headers=headers)
    assert response.status_code == 422
    assert said in response.text
    assert 'value="Karin Keeper"' in response.text or field == "name"
    assert 'value="Europe/Berlin"' in response.text or field == "time_zone"
    assert "<script>alert" not in response.text
    assert User.objects.values().get() == before


def test_refused_name_is_not_shown_as_if_it_were_saved(keeper_client: Client) -> None:
    html = post(keeper_client, "me", ME | {"name": "", "time_zone": "UTC"}).text
    assert "<span>Karin Keeper</span>" in html


def test_clocks_are_stopped_when_zone_or_digest_hour_change(
    keeper_client: Client, keeper: User
) -> None:
    keeper.set_clocks(NOW)
    keeper.save()
    post(keeper_client, "me", ME | {"time_zone": "UTC"})
    keeper.refresh_from_db()
    assert keeper.day_turns_at is not None
    post(keeper_client, "me", ME)
    keeper.refresh_from_db()
    assert (keeper.day_turns_at, keeper.digest_due_at) == (None, None)
    assert keeper.digest_on is not None


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" berlin ", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("kathmandu", "Asia/Kathmandu"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("US/Eastern", "US/Eastern"),
        ("Berlin/Europe", ""),
        ("", ""),
    ],
)
def test_zone_is_found_by_name_or_city(typed: str, zone: str) -> None:
    assert find_zone(typed) == zone


def test_every_city_offered_is_a_zone_that_finds_itself() -> None:
    assert [city for city in cities() if not is_zone(city) or find_zone(city) != city] == []
    assert len(cities()) > 400


# --- My days ---------------------------------------------------------------------------------


def test_days_are_saved(keeper_client: Client, keeper: User) -> None:
    post(keeper_client, "days", DAYS)
    keeper.refresh_from_db()
    assert (keeper.people_a_day, keeper.working_days, keeper.digest_at) == (
        12,
        [1, 3, 6],
        time(6, 45),
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("people_a_day", "0", "At least one person a day."),
        ("people_a_day", "51", "At most 50"),
        ("people_a_day", "many", "A whole number, please."),
        ("people_a_day", "", "How many?"),
        ("working_days", [], "Choose at least one day."),
        ("working_days", ["8"], "Select a valid choice"),
        ("working_days", ["1; DROP TABLE"], "Select a valid choice"),
        ("digest_at", "25:00", "Write the time as 07:30."),
        ("digest_at", "", "At what time?"),
    ],
)
def test_bad_days_say_what_is_wrong_and_keep_what_was_typed(
    keeper_client: Client, field: str, value: object, said: str
) -> None:
    before = User.objects.values().get()
    response = post(keeper_client, "days", DAYS | {field: value})
    assert response.status_code == 422
    assert said in response.text
    assert 'value="12"' in response.text or field == "people_a_day"
    assert User.objects.values().get() == before


# --- Away ------------------------------------------------------------------------------------


def test_stretch_is_added(keeper_client: Client, keeper: User) -> None:
    post(keeper_client, "away", AWAY)
    (stretch,) = keeper.away.all()
    assert (stretch.starts_on, stretch.ends_on) == (date(2026, 12, 20), date(2027, 1, 3))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "2027-01-03", "Which day?"),
        ("2026-12-20", "", "Which day?"),
        ("2026-12-20", "2026-12-19", "This is before the first day."),
        ("2026-11-01", "2026-11-17", "This is over already."),
        ("2026-12-20", "2027-12-31", "That is more than a year."),
        ("2027-02-10", "2027-02-31", "Write the day as 2026-12-24."),
        ("2027-02-05", "2027-02-20", "You are away then already"),
        ("0000-01-01", "2027-02-20", "Write the day as 2026-12-24."),
        ("tomorrow", "\x00", "Write the day as 2026-12-24."),
    ],
)
def test_bad_stretch_says_what_is_wrong_and_keeps_what_was_typed(
    keeper_client: Client, keeper: User, first: str, last: str, said: str
) -> None:
    keeper.away.create(starts_on=date(2027, 2, 20), ends_on=date(2027, 2, 25))
    response = post(keeper_client, "away", {"starts_on": first, "ends_on": last})
    assert response.status_code == 422
    assert said in response.text
    assert not first or f'value="{first}"' in response.text
    assert keeper.away.count() == 1


def test_stretch_of_today_alone_is_fine(keeper_client: Client, keeper: User) -> None:
    post(keeper_client, "away", {"starts_on": "2026-11-18", "ends_on": "2026-11-18"})
    assert keeper.away.count() == 1


def test_today_is_the_user_s_own(db: None, now: datetime) -> None:
    there = make_user(time_zone="Pacific/Kiritimati")  # 19 November there
    assert now.astimezone(UTC).date() == date(2026, 11, 18)
    gone = {"starts_on": "2026-11-18", "ends_on": "2026-11-18"}
    assert post(client_of(there), "away", gone).status_code == 422


def test_removed_stretch_comes_back_by_undo(keeper_client: Client, keeper: User) -> None:
    stretch = keeper.away.create(starts_on=date(2026, 12, 20), ends_on=date(2027, 1, 3))
    keeper_client.post(f"/settings/away/{stretch.pk}/removal/")
    assert keeper.away.count() == 0
    undo = "/settings/away/2026-12-20/2027-01-03/return/"
    assert f'action="{undo}"' in keeper_client.get("/settings/").text
    for _ in range(2):
        assert keeper_client.post(undo).url == "/settings/#away"
    assert keeper.away.count() == 1


def test_undo_of_a_toast_gets_the_whole_page(keeper_client: Client, keeper: User) -> None:
    headers = HTMX | {"HX-Target": "main#main"}
    undo = "/settings/away/2026-12-20/2027-01-03/return/"
    response = keeper_client.post(undo, headers=headers, follow=True)
    assert 'id="main"' in response.text
    assert "Back again." in response.headers["HX-Trigger"]


@pytest.mark.parametrize(
    "days", ["2026-13-01/2027-01-01", "x/y", "2027-01-02/2027-01-01", "2026-12-20/20270103x"]
)
def test_undo_of_nonsense_is_not_there(keeper_client: Client, days: str) -> None:
    assert keeper_client.post(f"/settings/away/{days}/return/").status_code == 404


def test_stranger_s_stretch_is_not_there(keeper: User, stranger_client: Client) -> None:
    stretch = keeper.away.create(starts_on=date(2026, 12, 20), ends_on=date(2027, 1, 3))
    response = stranger_client.post(f"/settings/away/{stretch.pk}/removal/")
    assert response.status_code == 404
    assert keeper.away.count() == 1


def test_removal_takes_a_post_alone(keeper_client: Client) -> None:
    assert keeper_client.get("/settings/away/1/removal/").status_code == 405
    assert keeper_client.get("/settings/away/2026-12-20/2027-01-03/return/").status_code == 405


# --- Look ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("theme", "shown"), [("dark", True), ("light", True), ("", False)])
def test_theme_is_drawn_by_the_server(keeper_client: Client, theme: str, shown: bool) -> None:
    post(keeper_client, "look", {"theme": theme, "keys_on": "on"})
    assert (f'data-theme="{theme}"' in keeper_client.get("/settings/").text) is shown


def test_keys_can_be_switched_off(keeper_client: Client) -> None:
    post(keeper_client, "look", {"theme": ""})
    assert 'data-keys="off"' in keeper_client.get("/settings/").text


def test_unknown_theme_is_refused(keeper_client: Client, keeper: User) -> None:
    response = post(keeper_client, "look", {"theme": "neon"})
    assert response.status_code == 422
    assert "Select a valid choice" in response.text
    keeper.refresh_from_db()
    assert keeper.theme == ""
