"""vCards as cards, one after the other."""

from collections.abc import Iterator

from contacts.interchange.card import Card, Problem
from contacts.interchange.charsets import name_of
from contacts.interchange.vcard_draft import Draft
from contacts.interchange.vcard_lines import MAX_BYTES, Block, Blocks
from contacts.interchange.vcard_properties import read_property


def read_cards(data: bytes, *, max_bytes: int = MAX_BYTES) -> Iterator[Card | Problem]:
    """The cards of a vCard file of any version, each followed by the problems there were with it.

    Raises at once `TooLarge` beyond `max_bytes` or `MAX_CARDS`, and `NotVCard` for a file without
    a single card; whatever else is wrong with the file is a `Problem`. Cards come as they end: one
    without an end comes last. Groups of contacts are no persons and are left out.
    """
    return _read_blocks(Blocks(data, max_bytes=max_bytes))


def _read_blocks(blocks: Blocks) -> Iterator[Card | Problem]:
    has_warned = False
    for block in blocks:
        yield from _read_block(block)
        if blocks.guessed and not has_warned:
            has_warned = True
            likeliest = name_of(blocks.guessed)
            what = f"The file does not say how it writes letters; they were read as {likeliest}."
            yield Problem(block.line, f"{what} Please look at the accents in the names.")


def _read_block(block: Block) -> Iterator[Card | Problem]:
    """The card, or why there is none, and what was wrong with it."""
    draft = Draft(block)
    for prop in block.properties:
        read_property(draft, prop)
    if draft.is_group:
        return
    card = draft.finish()
    yield card if card.name else Problem(block.line, _why_nobody(card), skipped=True)
    for line, what in draft.problems:
        yield Problem(line, what, card.name)


def _why_nobody(card: Card) -> str:
    if card == Card():
        return "This card is empty, so it was left out."
    return "This card names nobody (no name, company, email or phone), so it was left out."
