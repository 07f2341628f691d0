"""Telephone numbers as people write them, and as they are kept and shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.phones import normal_phone, region_of_zone, shown_phone


@pytest.mark.parametrize(
    ("text", "region", "kept"),
    [
        ("202-555-0123", "US", "+12025550123"),
        ("(202) 555-0123", "CA", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("+1 (202) 555-0123", None, "+12025550123"),
        ("tel:+1-202-555-0123", None, "+12025550123"),
        ("\u202d+1 202 555 0123\u202c", None, "+12025550123"),
        ("020 7946 0000", "GB", "+442079460000"),
        ("+44 (0)20 7946 0000", "US", "+442079460000"),
        ("0044 20 7946 0000", "DE", "+442079460000"),
        ("0044 20 7946 0000", "US", "+442079460000"),
        ("0044 20 7946 0000", None, "+442079460000"),
        ("011 44 20 7946 0000", "US", "+442079460000"),
        ("030/12345-67", "DE", "+49301234567"),
        ("030 / 12345 67", "DE", "+49301234567"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("٠٢٠ ٧٩٤٦ ٠٠٠٠", "GB", "+442079460000"),
        ("２０２－５５５－０１２３", "US", "+12025550123"),
        ("+81 3-1234-5678", None, "+81312345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+1 202 555 0123 (mobile)", None, "+12025550123"),
        ("(office) 202 555 0123", "US", "+12025550123"),
        ("Tel. 202 555 0123", "US", "+12025550123"),
        ("+1 999 999 9999", None, "+19999999999"),
        ("617-555-0142 x45", "US", "+16175550142;ext=45"),
        ("(617) 555-0142 ext. 45", "US", "+16175550142;ext=45"),
        ("+1 617 555 0142;ext=45", None, "+16175550142;ext=45"),
        ("+16175550142,,45#", None, "+16175550142;ext=45"),
        ("555-0123", "US", None),
        ("202-555-0123", None, None),
        ("202-555-0123", "no such region", None),
        ("12345678", "DE", None),
        ("911", "US", None),
        ("+999 123 456 789", None, None),
        ("call me", "US", None),
        ("", "US", None),
        ("+", None, None),
        ("202-555-0123 or 202-555-0199", "US", None),
        ("202-555-0123 / 202-555-0199", "US", None),
        ("202-555-0123, 202-555-0199", "US", None),
        ("202-555-0123; 202-555-0199", "US", None),
        ("202-555-0123\n202-555-0199", "US", None),
        ("530-583-6985 x302/x2303", "US", None),
        ("030 12345 und 030 12346", "DE", None),
        ("1" * 5000, "US", None),
        ("+1 202 555 0123" + " " * 200, None, "+12025550123"),
        ("+1 202 555 0123 " + "ask for Tom " * 20, None, None),
    ],
)
def test_phone_is_understood_or_left_as_given(text, region, kept):
    assert normal_phone(text, region) == kept


@given(
    st.text(max_size=120) | st.from_regex(r"[+0-9() x/,;.#-]{0,40}"),
    st.sampled_from([None, "US", "DE"]),
)
def test_whatever_is_written_the_kept_form_is_one(text, region):
    kept = normal_phone(text, region)
    if kept is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{3,16}(;ext=[0-9]+)?", kept)
        assert normal_phone(kept, None) == kept


@pytest.mark.parametrize(
    ("phone", "region", "shown"),
    [
        ("+12025550123", "US", "(202) 555-0123"),
        ("+12025550123", "CA", "(202) 555-0123"),
        ("+12025550123", "GB", "+1 202-555-0123"),
        ("+12025550123", None, "+1 202-555-0123"),
        ("+12025550123", "no such region", "+1 202-555-0123"),
        ("+442079460000", "GB", "020 7946 0000"),
        ("+442079460000", "DE", "+44 20 7946 0000"),
        ("+390612345678", "IT", "06 1234 5678"),
        ("+16175550142;ext=45", "US", "(617) 555-0142 ext. 45"),
        ("+16175550142;ext=45", "FR", "+1 617-555-0142 ext. 45"),
        ("555-0123", "US", "555-0123"),
        ("+1 202 555 0123 and Tom", "US", "+1 202 555 0123 and Tom"),
        ("+999123456789", "US", "+999123456789"),
        ("", "US", ""),
    ],
)
def test_phone_is_shown_as_it_is_dialled_from_there(phone, region, shown):
    assert shown_phone(phone, region) == shown


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("America/New_York", "US"),
        ("America/Indiana/Knox", "US"),
        ("America/Toronto", "CA"),
        ("Europe/London", "GB"),
        ("Europe/Amsterdam", "NL"),
        ("Europe/Kiev", "UA"),
        ("Europe/Kyiv", "UA"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("Asia/Kathmandu", "NP"),
        ("US/Pacific", "US"),
        ("GB", "GB"),
        ("Australia/Sydney", "AU"),
        ("UTC", None),
        ("Etc/UTC", None),
        ("Etc/GMT+5", None),
        ("CET", None),
        ("EST5EDT", None),
        ("No/Such", None),
        ("", None),
    ],
)
def test_region_follows_from_the_time_zone(zone, region):
    assert region_of_zone(zone) == region


@pytest.mark.shared
def test_every_real_phone_number_is_understood(shared):
    """The offices of 537 American legislators."""
    cards = (shared / "data/people/people.vcf").read_text()
    written = re.findall(r"^TEL[^:]*:(?:tel:)?(.*)$", cards, re.MULTILINE)
    assert len(written) > 500
    assert {text for text in written if normal_phone(text, "US") is None} == set()
