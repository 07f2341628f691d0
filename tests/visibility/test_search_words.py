"""Whoever looks for a word that somebody else wrote in private finds nobody by it."""

from urllib.parse import urlencode

import pytest

from contacts.models.search_entry import SearchEntryQuerySet
from tests.visibility.canaries import Audience, Canary
from tests.visibility.walking import content_of
from tests.visibility.world import World

NONSENSE = "zqnobodywrotethis"
BOXES = [
    ("/contacts/suggestions/?name=people", "people_named"),
    ("/contacts/?whose=team", "q"),
]
# Who looks, and whose words they look for.
CURIOUS = [
    ("teammate", "keeper"),
    ("manager", "keeper"),
    ("keeper", "teammate"),
    ("stranger", "keeper"),
]
# What search reads of a contact that one keeps.
FOUND_BY_KEEPER = [
    *("contact-name", "contact-nickname", "contact-title", "contact-howmet", "company-name"),
    *("tag-name", "workemail-value", "personalemail-value", "personaladdress-value"),
    *("fact-interest", "fact-preference", "fact-need", "fact-gift", "fact-other"),
    *("relative-name", "relative-about", "event-title", "relativesevent-title", "job-company"),
    *("job-title", "privatenote-text", "sharednote-text", "unveilednote-latertext"),
    "issue-text",
]
FOUND_BY_TEAM = [
    *("contact-name", "contact-nickname", "contact-title", "company-name", "workemail-value"),
    *("sharednote-text", "unveilednote-latertext", "issue-text"),
]


def found(world: World, role: str, box: tuple[str, str], word: str) -> set[Canary]:
    """All canaries in what is shown to `role` who looks for `word`."""
    address, name = box
    query = urlencode({name: word})
    url = f"{address}{'&' if '?' in address else '?'}{query}"
    response = world.clients[role].get(url, headers={"HX-Request": "true"})
    assert response.status_code == 200
    songs = world.aviary.songs_in(content_of(response).decode())
    return {canary for song in songs for canary in song}


def found_by_private_words(world: World, role: str, whose: str) -> list[str]:
    """The private words of `whose` by which `role` finds more than by nonsense."""
    private = [c for c in world.aviary if c.who == whose and c.audience in HIDDEN]
    assert len(private) > 20
    wrong = []
    for box in BOXES:
        nobody = found(world, role, box, NONSENSE)
        wrong += [f"{box[0]} {c}" for c in private if found(world, role, box, c.needle) != nobody]
    return wrong


HIDDEN = {Audience.NOBODY, Audience.OWN, Audience.COACHES}


@pytest.mark.parametrize(("role", "whose"), CURIOUS)
def test_private_words_find_nobody_for_others(role: str, whose: str, world: World) -> None:
    assert found_by_private_words(world, role, whose) == []


@pytest.mark.parametrize(
    ("role", "words"), [("keeper", FOUND_BY_KEEPER), ("teammate", FOUND_BY_TEAM)]
)
def test_words_find_the_contact_for_those_who_may_know_them(
    role: str, words: list[str], world: World
) -> None:
    name = world.aviary.by_text["cnry-keeper-contact-name"]
    needles = {word: f"zqkeeper{word.replace('-', '')}" for word in words}

    lost = [
        w
        for w, needle in needles.items()
        if name not in found(world, role, ("/search/", "q"), needle)
    ]

    assert lost == []


def test_this_test_finds_a_search_that_reads_everything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SearchEntryQuerySet, "visible_to", lambda rows, _: rows.all())

    assert "/contacts/?whose=team CNRY-keeper-fact-need" in found_by_private_words(
        world, "teammate", "keeper"
    )
