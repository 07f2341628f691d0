"""One form for finding, one for keeping: text as it is compared, and text as it may be stored.

``fold`` is what both sides of every search and every sort take, so that "muller" finds "Müller" and
"obrien" finds "O’Brien". It decides, beyond Unicode's own case folding and compatibility forms:

- Accents, harakat and niqqud go, also those of letters that Unicode does not take apart (ø, đ, ł,
  ı, æ, ß, ...). Marks that spell words stay: Indic, Thai, Khmer and other vowel signs, the voicing
  of kana, and the breve of Cyrillic й and ў, which makes another letter (ё and ї become е and і).
- Apostrophes and quotation marks vanish ("O'Brien", "Hawaiʻi", 'צה"ל'); hyphens and dashes are
  spaces ("Smith-Jones" is found by "jones"). Other punctuation stays, for emails and addresses.
- Digits of every script are 0 to 9. Arabic letters that are typed for one another (ى ي ی, ة ه, ک ك)
  are one. Hangul stays whole; hiragana and katakana stay two.
- What cannot be seen vanishes; any whitespace is one space.
"""

import re
from functools import lru_cache
from itertools import chain, groupby, islice
from unicodedata import category, combining, decimal, normalize

MAX_TERMS = 8
MAX_TERM_LENGTH = 60
_MAX_QUERY_LENGTH = 1000


def fold(text: str) -> str:
    """The form in which texts are compared; folding it again changes nothing.

    It can be longer than the text ("ß" is "ss", and a few signs stand for whole phrases).
    """
    text = _REMOVED.sub("", text)
    if not text.isascii():
        text = normalize("NFKD", _calm(text).translate(_SPACING_ACCENTS))
        text = normalize("NFKD", text.casefold())
        text = text.replace("и\u0306", "й").replace("у\u0306", "ў")
        text = normalize("NFC", text.translate(_OTHERS))
    return " ".join(text.casefold().translate(_ASCII).split())


def sort_key(name: str) -> str:
    """By this names are put in order: without regard to case and accents."""
    return fold(name)


def terms(query: str) -> list[str]:
    """What a search looks for, folded: every term must be found somewhere.

    A term is a word, or several between quotation marks. At most 8 of at most 60 characters count.
    """
    query = query[:_MAX_QUERY_LENGTH].translate(_STRAIGHT_QUOTES)
    found = (
        fold(phrase or word)[:MAX_TERM_LENGTH].strip() for phrase, word in _TERM.findall(query)
    )
    return list(islice(filter(None, dict.fromkeys(found)), MAX_TERMS))


def clean_line(text: str) -> str:
    """One line as it may be stored: a name, a title, a place. Empty if nothing could be seen."""
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    """Text as it may be stored: NFC, trimmed, lines ended by ``\\n``, tabs kept.

    NUL and other control characters go, and so do characters that turn the direction of writing
    round (U+202A to 202E, 2066 to 2069): right-to-left text needs none in a field of its own, and
    one left open would turn what follows it on the page.
    """
    text = _REMOVED.sub("", _LINE_END.sub("\n", text))
    if not text.isascii():
        text = normalize("NFC", _calm(text))
    text = text.strip()
    return text if text.strip(_UNSEEN) else ""


# A term is preceded by a space or the start: the mark inside צה"ל opens nothing.
_TERM = re.compile(r'"([^"]+)"|(\S+)')
_STRAIGHT_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))

_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_REMOVED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\xad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u3164\uffa0"  # never to be seen
    "\u202a-\u202e\u2066-\u206f"  # direction of writing
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters at all
    "]"
)
# Joiners, direction marks and variation selectors have a use beside a letter, and none alone.
_UNSEEN = " \t\n\u034f\u061c\u200c\u200d\u200e\u200f\ufe0e\ufe0f"

_APOSTROPHES = "'`‘’‚‛′‵ʹʻʼʽʾʿˈꞌ՚׳"
_QUOTES = '"“”„‟«»″‹›״'
# As compatibility forms these would become a space and an accent, and split a word.
_SPACING_ACCENTS = str.maketrans(dict.fromkeys("´¨¸˙῀᾽΄", ""))
_ASCII = str.maketrans(dict.fromkeys("'`\"", "") | {"-": " "})
_LETTERS = {
    **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ƕ": "hv", "ƣ": "gh", "ʔ": "", "·": ""},
    **dict(zip("đðɖɗħıɨłƚøɔŧƀɓƙĸƒǥŋɲəǝɛʉɍɏƴƶȷґ", "ddddhiillootbbkkfgnneeeuryyzjг", strict=True)),
    **dict(zip("ٱىیةہک", "اييههك", strict=True)),
    "ـ": "",
}
_MARKS = re.compile(
    "["
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # Latin, Greek, ...
    "\u0483-\u0489"  # Cyrillic
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic
    "\u0897-\u089f\u08ca-\u08ff"  # Arabic
    "\u0711\u0730-\u074a"  # Syriac
    "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variants of one letter
    "]"
)


class _Others(dict[int, str]):
    """What becomes of a character that is not ASCII, found when it is first met."""

    def __missing__(self, code: int) -> str:
        return _other(chr(code))


# Not kept in the dictionary itself, which would grow with every character ever sent.
@lru_cache(maxsize=20_000)
def _other(char: str) -> str:
    kind = category(char)
    if kind == "Nd":
        return str(decimal(char))
    if kind == "Pd" or char == "\u30fb":  # the dot between the parts of a foreign name in kana
        return " "
    if kind == "Cf" or _MARKS.match(char) or char in _APOSTROPHES or char in _QUOTES:
        return ""
    return _LETTERS.get(char, char)


_OTHERS = _Others()

_MANY = 1000
_MOST_MARKS = 30
# These count as letters, and are taken apart into marks.
_MARKS_IN_DISGUISE = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")


def _calm(text: str) -> str:
    """Leave out marks beyond the 30th on one letter (Unicode Standard Annex 15, Stream-Safe Text).

    Putting n marks into their order takes n² steps: 64,000 characters would keep a processor busy
    for two seconds, a megabyte for minutes.
    """
    if len(text) < _MANY:
        return text
    runs = groupby(text, key=_is_mark)
    return "".join(
        chain.from_iterable(islice(run, _MOST_MARKS) if marks else run for marks, run in runs)
    )


def _is_mark(char: str) -> bool:
    return combining(char) != 0 or char in _MARKS_IN_DISGUISE
