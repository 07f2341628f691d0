"""Whom the first line of a reply names, and how they were reached."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups.replies.naming import Circle, Named, read, split

TOM, PRIYA, FORD, ZOE = 1, 2, 3, 4
PEOPLE = [
    (TOM, "tom baker", "tommy"),
    (PRIYA, "priya nair", ""),
    (FORD, "tom ford", ""),
    (ZOE, "zoe", ""),
]
DIGEST, BOOK = Circle(PEOPLE[:2]), Circle(PEOPLE)
BOTH = [DIGEST, BOOK]


@pytest.mark.parametrize(
    ("words", "pk", "text", "channel"),
    [
        ("Tom: the lease ends.", TOM, "the lease ends.", "other"),
        ("tom baker: the lease ends.", TOM, "the lease ends.", "other"),
        ("Baker: the lease ends.", TOM, "the lease ends.", "other"),
        ("Tommy, the lease ends.", TOM, "the lease ends.", "other"),
        ("Tom – the lease ends.", TOM, "the lease ends.", "other"),
        ("Tom：租约三月到期。", TOM, "租约三月到期。", "other"),
        ("@Tom the lease ends.", TOM, "Tom the lease ends.", "other"),
        ("@Tom: the lease ends.", TOM, "the lease ends.", "other"),
        ("Tom Baker likes it.", TOM, "Tom Baker likes it.", "other"),
        ("Tom Baker\nlikes it.", TOM, "likes it.", "other"),
        ("Tom Baker", TOM, "Tom Baker", "other"),
        ("Ford: yes.", FORD, "yes.", "other"),
        ("Zoë: yes.", ZOE, "yes.", "other"),
        ("Tom: called him back.", TOM, "called him back.", "call"),
        ("Tom: called, all well.", TOM, "called, all well.", "call"),
        ("Tom:\nphoned at noon.", TOM, "phoned at noon.", "call"),
        ("Called Tom about the lease.", TOM, "Called Tom about the lease.", "call"),
        ("Spoke with Tom.", TOM, "Spoke with Tom.", "call"),
        ("I met Priya: she likes it.", PRIYA, "she likes it.", "meeting"),
        ("Priya Nair met me at the fair.", PRIYA, "Priya Nair met me at the fair.", "other"),
        ("Texted Priya.", PRIYA, "Texted Priya.", "message"),
        ("Priya - emailed her.", PRIYA, "emailed her.", "email"),
        ("Zoomed with Tom Ford today.", FORD, "Zoomed with Tom Ford today.", "video"),
    ],
)
def test_name_is_read(words: str, pk: int, text: str, channel: str) -> None:
    assert read(words, BOTH) == Named(pk, text, channel)


@pytest.mark.parametrize(
    "words", ["Tom: call him tomorrow", "Tom: met his quota", "Tom: called off"]
)
def test_plan_is_no_touch(words: str) -> None:
    assert read(words, BOTH) == Named(TOM, words.removeprefix("Tom: "), "other")


@pytest.mark.parametrize(
    "words", ["Great news: he signed.", "Emma: got the job.", "Tom likes it.", "@", ":", "", "::"]
)
def test_nobody_is_named(words: str) -> None:
    assert read(words, BOTH) == Named(None, words, "other")


def test_nobody_is_named_and_the_channel_is_read() -> None:
    assert read("Called, all well.", BOTH) == Named(None, "Called, all well.", "call")


def test_digests_people_go_before_the_book() -> None:
    assert read("Tom: hm.", [BOOK]) == Named(None, "Tom: hm.", "other", is_unclear=True)
    assert read("Tom: hm.", BOTH) == Named(TOM, "hm.", "other")


def test_whole_name_goes_before_a_part_of_one() -> None:
    people = Circle([(1, "tom baker", ""), (2, "tom", ""), (3, "ann", "tom b")])
    assert read("Tom: hm.", [people]) == Named(2, "hm.", "other")


def test_further_addresses_begin_further_pieces() -> None:
    words = "Tom: the lease ends.\n\nAsk: when?\nPriya: met her\nat the fair.\n@Ford nothing."
    assert split(words, BOTH) == [
        Named(TOM, "the lease ends.\n\nAsk: when?", "other"),
        Named(PRIYA, "met her\nat the fair.", "meeting"),
        Named(FORD, "Ford nothing.", "other"),
    ]


def test_first_piece_need_not_name_anybody() -> None:
    assert split("All well.\nTom: not he.", BOTH) == [
        Named(None, "All well.", "other"),
        Named(TOM, "not he.", "other"),
    ]


@pytest.mark.parametrize("unit", ["a:\n", "@a\n", "Tom: ", "a " * 200, "@", "called ", "-"])
def test_long_words_are_read_in_no_time(unit: str) -> None:
    started = time.process_time()
    split(unit * (100_000 // len(unit)), BOTH)
    assert time.process_time() - started < 1


@given(st.text())
def test_words_that_name_nobody_stay_as_they_are(words: str) -> None:
    assert [piece.words for piece in split(words, [Circle([])])] == [words.strip()]


@given(st.lists(st.sampled_from(["Tom", "@", ":", "Priya", " ", "\n", "called", "x", ",", "Ford"])))
def test_any_words_are_split(pieces: list[str]) -> None:
    words = "".join(pieces)
    found = split(words, BOTH)
    assert sum(len(piece.words) for piece in found) <= len(words)
    assert words.count("x") == sum(piece.words.count("x") for piece in found)
