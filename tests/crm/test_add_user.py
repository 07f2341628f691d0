"""`add_user`: a member, ready to log in, or one sentence that says why not."""

import io
import sys

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from crm.models import Member, Team, User
from crm.policy import Role
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def add_user(*arguments: str) -> str:
    out = io.StringIO()
    call_command("add_user", *arguments, stdout=out)
    return out.getvalue()


def can_log_in(email: str, password: str) -> bool:
    answer = Client().post("/accounts/login/", {"login": email, "password": password})
    return answer.headers.get("Location") == "/"


def type_in(monkeypatch: pytest.MonkeyPatch, typed: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))


def test_user_without_a_team_owns_one_and_can_log_in_with_the_printed_password() -> None:
    said = add_user("Ada@Example.com")
    assert "ada@example.com can log in, as owner of ada@example.com’s team." in said
    assert can_log_in("ada@example.com", said.split("Password: ")[1].strip())
    assert EmailAddress.objects.get().verified
    assert User.objects.get().time_zone == "UTC"


def test_each_password_is_another() -> None:
    passwords = {add_user(f"a{n}@example.com").split("Password: ")[1] for n in range(3)}
    assert len(passwords) == 3


def test_password_is_read_from_standard_input_and_not_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    type_in(monkeypatch, "grün wie Gras\n".encode())
    assert "Password" not in add_user("ada@example.com", "--password-stdin")
    assert can_log_in("ada@example.com", "grün wie Gras")


def test_team_that_there_is_not_is_founded_with_its_owner() -> None:
    add_user("ada@example.com", "--team", "  Fairview   Motors ")
    member = Member.objects.get()
    assert (member.team.name, member.role) == ("Fairview Motors", Role.OWNER)


def test_team_that_there_is_gets_a_seller() -> None:
    team = make_team("Fairview Motors")
    add_user("ada@example.com", "--team", "Fairview Motors")
    member = Member.objects.get()
    assert (member.team, member.role) == (team, Role.SELLER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_new", [True, False])
def test_role_that_is_asked_for_is_given(role: Role, is_new: bool) -> None:
    if not is_new:
        make_team("Fairview Motors")
    add_user("ada@example.com", "--team", "Fairview Motors", "--role", role)
    assert Member.objects.get().role == role


@pytest.mark.parametrize(("zone", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("oslo", "Europe/Oslo")])
def test_time_zone_is_kept(zone: str, kept: str) -> None:
    add_user("ada@example.com", "--time-zone", zone)
    assert User.objects.get().time_zone == kept


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], "“nobody” is not an email address."),
        ([""], "“” is not an email address."),
        (["x" * 250 + "@example.com"], "at most 254 characters"),
        (["KEEPER@example.com"], "There is somebody with the address keeper@example.com already."),
        (["a@example.com", "--time-zone", "Mars"], "“Mars” is not a time zone Kept knows."),
        (["a@example.com", "--time-zone", ""], "“” is not a time zone Kept knows."),
        (["a@example.com", "--team", " "], "A team needs a name."),
        (["a@example.com", "--team", "x" * 121], "at most 120 characters"),
        (["a@example.com", "--team", "Twins"], "There is more than one team called “Twins”."),
    ],
)
def test_bad_input_gets_one_sentence_and_adds_nobody(
    keeper: User, arguments: list[str], sentence: str
) -> None:
    make_team("Twins")
    make_team("Twins")
    with pytest.raises(CommandError) as problem:
        add_user(*arguments)
    assert sentence in str(problem.value)
    assert "\n" not in str(problem.value)
    assert (list(User.objects.all()), Team.objects.count()) == ([keeper], 3)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (b"", "There was no password on standard input."),
        (b"\n", "There was no password on standard input."),
        (b"\xff\xfe\n", "The password on standard input is not text."),
        (b"short\n", "This password is too short."),
        (b"ada@example.com\n", "The password is too similar to the email."),
    ],
)
def test_bad_password_gets_one_sentence_and_adds_nobody(
    monkeypatch: pytest.MonkeyPatch, typed: bytes, sentence: str
) -> None:
    type_in(monkeypatch, typed)
    with pytest.raises(CommandError, match=sentence):
        add_user("ada@example.com", "--password-stdin")
    assert not User.objects.exists()


def test_unknown_role_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="invalid choice: 'king'"):
        add_user("ada@example.com", "--role", "king")


def test_second_user_of_one_address_in_another_case_is_refused() -> None:
    make_user(email="ada@example.com")
    with pytest.raises(CommandError, match="already"):
        add_user("ADA@EXAMPLE.COM")
