"""Signed addresses: what is put into one comes out of it, and nobody else can make one."""

import random
import string
import time
from datetime import date, datetime, timedelta

import pytest
from pytest_django import Settings

from crm.models import User
from followups.replies.addresses import (
    LASTS,
    AddressRefused,
    Refusal,
    ReplyTo,
    make_reply_address,
    read_reply_address,
)
from tests.factories import make_contact

DOMAIN = "in.example.org"
MONDAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def reply_domain(settings: Settings) -> None:
    settings.REPLY_DOMAIN = DOMAIN


def refusal_of(address: str, now: datetime) -> Refusal:
    with pytest.raises(AddressRefused) as refused:
        read_reply_address(address, now)
    return refused.value.why


def test_address_says_whose_mail_of_which_day(keeper: User, now: datetime) -> None:
    address = make_reply_address(keeper, MONDAY)
    assert read_reply_address(address, now) == ReplyTo(keeper.pk, MONDAY)


def test_address_says_about_whom(keeper: User, now: datetime) -> None:
    contact = make_contact(keeper=keeper)
    address = make_reply_address(keeper, MONDAY, contact)
    assert read_reply_address(address, now) == ReplyTo(keeper.pk, MONDAY, contact.pk)


def test_address_is_the_same_each_time_it_is_made(keeper: User) -> None:
    assert make_reply_address(keeper, MONDAY) == make_reply_address(keeper, MONDAY)


def test_address_fits_a_local_part_and_needs_no_quotes(keeper: User) -> None:
    contact = make_contact(keeper=keeper)
    local, _, domain = make_reply_address(keeper, MONDAY, contact).partition("@")
    assert domain == DOMAIN
    assert len(local) == 54
    assert set(local) <= set(string.ascii_lowercase + "234567+")


def test_address_survives_servers_that_change_its_case(keeper: User, now: datetime) -> None:
    address = make_reply_address(keeper, MONDAY)
    assert read_reply_address(address.upper(), now) == ReplyTo(keeper.pk, MONDAY)


def test_address_is_found_in_a_whole_header(keeper: User, now: datetime) -> None:
    header = f'"Kept (morning)" <{make_reply_address(keeper, MONDAY)}>, Tom <tom@example.com>'
    assert read_reply_address(header, now) == ReplyTo(keeper.pk, MONDAY)


def test_address_lasts_thirty_days(keeper: User, now: datetime) -> None:
    assert timedelta(days=30) == LASTS
    address = make_reply_address(keeper, now.date())
    assert read_reply_address(address, now + LASTS) == ReplyTo(keeper.pk, now.date())
    assert refusal_of(address, now + LASTS + timedelta(days=1)) is Refusal.EXPIRED


def test_address_without_a_domain_for_replies_is_none(
    keeper: User, now: datetime, settings: Settings
) -> None:
    address = make_reply_address(keeper, MONDAY)
    settings.REPLY_DOMAIN = ""
    assert make_reply_address(keeper, MONDAY) == ""
    assert refusal_of(address, now) is Refusal.NOT_OURS


def test_address_of_another_domain_is_not_ours(keeper: User, now: datetime) -> None:
    address = make_reply_address(keeper, MONDAY)
    for other in (
        address.replace(DOMAIN, "example.org"),
        f"{address}.example.com",
        f"no{address}",
        "reply+short@in.example.org",
        "",
    ):
        assert refusal_of(other, now) is Refusal.NOT_OURS


def test_address_changed_in_any_letter_is_forged(keeper: User, now: datetime) -> None:
    address = make_reply_address(keeper, MONDAY)
    for place in range(len("reply+"), address.index("@")):
        letter = "a" if address[place] != "a" else "b"
        changed = address[:place] + letter + address[place + 1 :]
        assert refusal_of(changed, now) is Refusal.FORGED


def test_address_of_random_letters_is_forged(now: datetime) -> None:
    dice = random.Random(7)
    letters = string.ascii_lowercase + "234567"
    for _ in range(1000):
        token = "".join(dice.choices(letters, k=48))
        assert refusal_of(f"reply+{token}@{DOMAIN}", now) is Refusal.FORGED


def test_address_signed_with_another_key_is_forged(
    keeper: User, now: datetime, settings: Settings
) -> None:
    address = make_reply_address(keeper, MONDAY)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert read_reply_address(address, now) == ReplyTo(keeper.pk, MONDAY)
    settings.SECRET_KEY_FALLBACKS = []
    assert refusal_of(address, now) is Refusal.FORGED


@pytest.mark.parametrize("flood", ["reply+", "reply+a@", "@", "<(\"'", "\x00", "a" * 47 + "@"])
def test_address_of_a_megabyte_is_read_at_once(flood: str, now: datetime) -> None:
    header = flood * (1_000_000 // len(flood))
    started = time.process_time()
    assert refusal_of(header, now) is Refusal.NOT_OURS
    assert time.process_time() - started < 1
