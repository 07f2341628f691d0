"""Changing the address one logs in with: password first, then proof of the new one."""

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from crm.models import User
from tests.crm.answers import link_in, told
from tests.factories import client_of, make_user

EMAIL = "/accounts/email/"
AGAIN = "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
PASSWORD = "seven green bicycles"


@pytest.fixture
def ada(db: None) -> User:
    return make_user(email="ada@example.com", name="Ada Seller", password=PASSWORD)


@pytest.fixture
def here(ada: User) -> Client:
    return log_in()


def log_in() -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    return client


def ask_for(client: Client, email: str, password: str = PASSWORD):
    """Ask for another address, and give the password when asked for it."""
    client.post(EMAIL, {"action_add": "", "email": email})
    return client.post(AGAIN, {"password": password, "next": EMAIL})


def test_change_asks_for_the_password_even_just_after_the_log_in(
    here: Client, mailoutbox: list[EmailMessage]
) -> None:
    response = here.post(EMAIL, {"action_add": "", "email": "new@example.com"})
    assert response.url == AGAIN
    assert "Is it you?" in here.get(AGAIN).content.decode()
    assert mailoutbox == []


def test_new_address_counts_once_its_link_was_used(
    here: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    ask_for(here, "New@Example.com")
    assert mailoutbox[0].to == ["new@example.com"]
    assert "Waiting for <b>new@example.com</b>" in here.get(EMAIL).content.decode()
    assert User.objects.get().email == "ada@example.com"
    here.get(link_in(mailoutbox[0]))
    assert User.objects.get().email == "ada@example.com"
    here.post(link_in(mailoutbox[0]))
    assert User.objects.get().email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@example.com", True, True)
    ]
    assert (mailoutbox[1].subject, mailoutbox[1].to) == (
        "Your address was changed",
        ["ada@example.com"],
    )


def test_wrong_password_changes_nothing(
    here: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    response = ask_for(here, "new@example.com", "wrong")
    assert response.status_code == 422
    assert "That is not your password." in response.content.decode()
    assert mailoutbox == []
    assert not EmailAddress.objects.filter(email="new@example.com").exists()


def test_sixth_wrong_password_is_refused(here: Client) -> None:
    here.post(EMAIL, {"action_add": "", "email": "new@example.com"})
    answers = [here.post(AGAIN, {"password": f"guess {n}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Please fill this in."),
        ("nonsense", "Enter a valid email address."),
        ("ADA@example.com", "This is your address already."),
    ],
)
def test_bad_address_is_refused_and_kept(here: Client, email: str, said: str) -> None:
    response = here.post(EMAIL, {"action_add": "", "email": email})
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert f'value="{email}"' in html or not email


def test_pending_change_can_be_cancelled(here: Client, ada: User) -> None:
    ask_for(here, "new@example.com")
    page = here.post(EMAIL, {"action_remove": "", "email": "new@example.com"}, follow=True)
    assert "your address stays as it was" in page.content.decode()
    assert not EmailAddress.objects.filter(email="new@example.com").exists()
    assert User.objects.get().email == "ada@example.com"


def test_link_of_a_cancelled_change_does_nothing(
    here: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    ask_for(here, "new@example.com")
    here.post(EMAIL, {"action_remove": "", "email": "new@example.com"})
    assert here.post(link_in(mailoutbox[0])).status_code == 404
    assert User.objects.get().email == "ada@example.com"


def test_address_of_somebody_else_is_not_told_apart(
    here: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    make_user(email="eve@example.com", password=PASSWORD)
    seen = []
    for email in ("eve@example.com", "new@example.com"):
        client = log_in()
        seen.append([told(ask_for(client, email), email), told(client.get(EMAIL), email)])
        client.post(EMAIL, {"action_remove": "", "email": email})
    assert seen[0] == seen[1]
    assert [mail.to for mail in mailoutbox[::2]] == [["eve@example.com"], ["new@example.com"]]


def test_address_of_somebody_else_cannot_be_taken(
    here: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    make_user(email="eve@example.com", password=PASSWORD)
    ask_for(here, "eve@example.com")
    link = link_in(mailoutbox[0])
    assert "confirmed already, for another log-in" in here.get(link).content.decode()
    here.post(link)
    assert set(User.objects.values_list("email", flat=True)) == {
        "ada@example.com",
        "eve@example.com",
    }


def test_stranger_sees_nothing_of_it(ada: User, client: Client, stranger_client: Client) -> None:
    assert client.get(EMAIL).url == f"/accounts/login/?next={EMAIL}"
    assert "ada@example.com" not in stranger_client.get(EMAIL).content.decode()


def test_another_s_pending_change_cannot_be_cancelled(
    here: Client, ada: User, stranger: User
) -> None:
    ask_for(here, "new@example.com")
    client_of(stranger).post(EMAIL, {"action_remove": "", "email": "new@example.com"})
    assert EmailAddress.objects.filter(email="new@example.com", user=ada).exists()
