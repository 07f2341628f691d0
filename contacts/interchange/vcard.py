"""vCard files in and out: the face of the rooms behind it."""

from contacts.interchange.vcard_lines import MAX_BYTES, MAX_CARDS, NotVCard, TooLarge
from contacts.interchange.vcard_reading import read_cards
from contacts.interchange.vcard_writing import Version, write_cards

__all__ = [
    "MAX_BYTES",
    "MAX_CARDS",
    "NotVCard",
    "TooLarge",
    "Version",
    "read_cards",
    "write_cards",
]
