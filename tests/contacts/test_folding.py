"""What is found by what, and what may be stored."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.folding import clean_line, clean_text, fold, sort_key, terms

ANY_TEXT = st.text(st.characters(), max_size=60)
# Letters and marks that act on one another, more often than chance would bring them together.
TRICKY = st.text(
    st.sampled_from(
        "aeiIouиИуi\u0300\u0301\u0306\u0307\u0308\u0323\u0327\u0345\u3099\u309aかカｶﾞﾟ"
        "각ᄀ\u1161\u11a8क\u093c\u0f71\u0f72\u0f73\u064b\u05b0\u200d\u200c\u00ad\ufe0f"
        "ßẞſıİŉǰΐßﬃĳǆ²٣'’\"- \t\0\n\ufdfaΣςσ\u2126\u212a"
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("Grace Hopper", "grace hopper"),
        ("  Grace \t\n Hopper  ", "grace hopper"),
        ("Müller-Lüdenscheidt", "muller ludenscheidt"),
        ("Mu\u0308ller", "muller"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("GROẞE", "grosse"),
        ("Ægir Þór Œuvre Ðjúp", "aegir thor oeuvre djup"),
        ("Łukasz Wałęsa", "lukasz walesa"),
        ("Søren Kierkegård", "soren kierkegard"),
        ("Đặng Thị Ánh Nguyệt", "dang thi anh nguyet"),
        ("Phở Ưu Ơn", "pho uu on"),
        ("İstanbul IŞIK ışık", "istanbul isik isik"),
        ("Əliyev", "eliyev"),
        ("Țiriac Ştefan", "tiriac stefan"),
        ("Novák Řehoř", "novak rehor"),
        ("Σοφός ΣΟΦΟΣ Ἀθηνᾶ", "σοφοσ σοφοσ αθηνα"),
        ("Алёна Йосиф", "алена йосиф"),
        ("Йосиф".replace("Й", "И\u0306"), "йосиф"),
        ("Ґедройць Їжак", "гедройць іжак"),
        ("Ўладзімір", "ўладзімір"),
        ("مُحَمَّد", "محمد"),
        ("أحمد إبراهيم آل", "احمد ابراهيم ال"),
        ("فاطمة موسى", "فاطمه موسي"),
        ("عـــلي", "علي"),
        ("می\u200cخواهم", "ميخواهم"),
        ("שָׁלוֹם", "שלום"),
        ('צה"ל', "צהל"),
        ("צה״ל", "צהל"),
        ("ג׳ורג'", "גורג"),
        ("हिन्दी ज़िन्दगी", "हिन्दी ज़िन्दगी"),
        ("தமிழ் பெண்", "தமிழ் பெண்"),
        ("ไทยแท้", "ไทยแท้"),
        ("홍길동", "홍길동"),
        (unicodedata.normalize("NFD", "홍길동"), "홍길동"),
        ("ｶﾞｰﾄﾞ", "ガード"),
        ("がか", "がか"),
        ("マイケル・ジョーダン", "マイケル ジョーダン"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("葛\U000e0100城", "葛城"),
        ("٠١٢ ۳४", "012 34"),
        ("Հայկ", "հայկ"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("OʼBrien", "obrien"),
        ("Hawaiʻi", "hawaii"),
        ("D´Angelo", "dangelo"),
        ("Gal·la Paraŀlel", "galla parallel"),
        ("Robert “Bob” Smith", "robert bob smith"),
        ("Smith–Jones", "smith jones"),
        ("Smith‑Jones", "smith jones"),
        ("mary.jane@example.com", "mary.jane@example.com"),
        ("J. R. & Söhne", "j. r. & sohne"),
        ("nul\0 and\x1b controls", "nul and controls"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("👩\u200d👧 ❤\ufe0f", "👩👧 ❤"),
        ("a\ud800b", "ab"),
    ],
)
def test_fold_gives_the_form_that_is_compared(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    "one_and_other", ["Андрей Андреи", "か が", "カ ガ", "कि कु", "ดี ดิ", "பெண் பேண்", "ö p", "ひ ヒ"]
)
def test_fold_keeps_different_words_apart(one_and_other):
    one, other = one_and_other.split()
    assert fold(one) != fold(other)


@given(ANY_TEXT | TRICKY)
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT | TRICKY)
def test_fold_minds_neither_case_nor_composition(text):
    folded = fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(ANY_TEXT | TRICKY)
def test_fold_leaves_one_line_without_edges_or_control_characters(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert folded == folded.casefold()
    assert {unicodedata.category(char) for char in folded}.isdisjoint({"Cc", "Cf", "Cs"})


def test_sort_key_orders_names_as_people_do():
    names = ["Zoë", "Özil", "oliver", "Łukasz", "Lara", "émile", "Eva"]
    assert sorted(names, key=sort_key) == [
        "émile",
        "Eva",
        "Lara",
        "Łukasz",
        "oliver",
        "Özil",
        "Zoë",
    ]


# --- What a search looks for ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", []),
        ("   ", []),
        ("' - \"", []),
        ("Müller", ["muller"]),
        ("müller MULLER", ["muller"]),
        ("o'brien", ["obrien"]),
        ("o brien", ["o", "brien"]),
        ('"New York" giants', ["new york", "giants"]),
        ("“New York”", ["new york"]),
        ("«New York»", ["new york"]),
        ('"New York', ["new", "york"]),
        ('""', []),
        ("Jean-Luc", ["jean luc"]),
        ('צה"ל ירושלים', ["צהל", "ירושלים"]),
        ("a b c d e f g h i j", list("abcdefgh")),
        ("x" * 99, ["x" * 60]),
        ("x" * 59 + "-y", ["x" * 59]),
        ("a\0b", ["ab"]),
    ],
)
def test_terms_are_folded_words_and_phrases(query, found):
    assert terms(query) == found


@given(st.text(max_size=2000))
def test_terms_stay_few_and_short(query):
    found = terms(query)
    assert len(found) <= 8
    assert all(0 < len(term) <= 60 and term == term.strip() for term in found)


# --- What may be stored --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("A\0d\x1ba\x7f\x9f", "Ada"),
        ("Ada\r\nLovelace", "Ada Lovelace"),
        ("Ada\u2028Lovelace\u00a0King", "Ada Lovelace King"),
        ("E\u0301mile", "Émile"),
        ("\u202eevil\u202c name\u2066\u2069", "evil name"),
        ("\u202d+1 202 555 0123\u202c", "+1 202 555 0123"),
        ("زهرا می\u200cخواهم", "زهرا می\u200cخواهم"),
        ("\u200fمحمد\u200f", "\u200fمحمد\u200f"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("\u200b\u2060\ufeff", ""),
        ("\u200d\u200c \u200e", ""),
        ("\u3164", ""),
        ("\ufe0f", ""),
        ("a\ud83db\ufffe\ufdd0c", "abc"),
        ("", ""),
    ],
)
def test_clean_line_keeps_what_can_be_seen(text, line):
    assert clean_line(text) == (text if line is None else line)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\n\n one\r\ntwo\rthree\u2028four\x0bfive \n", "one\ntwo\nthree\nfour\nfive"),
        ("tab\there", "tab\there"),
        ("two  spaces\n\n\nthree lines", "two  spaces\n\n\nthree lines"),
        ("nul\0 bell\a", "nul bell"),
        ("left \u2067open\u202b", "left open"),
        ("e\u0301", "é"),
        ("\u200b\n\u200d", ""),
    ],
)
def test_clean_text_keeps_lines_and_tabs(text, clean):
    assert clean_text(text) == clean


@given(ANY_TEXT | TRICKY)
def test_cleaning_twice_changes_nothing(text):
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(ANY_TEXT | TRICKY)
def test_clean_text_can_be_stored_and_turns_nothing_round(text):
    clean = clean_text(text)
    clean.encode()
    assert unicodedata.is_normalized("NFC", clean)
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert turning.isdisjoint(map(unicodedata.bidirectional, clean))


@given(ANY_TEXT | TRICKY)
def test_cleaning_does_not_change_what_is_found(text):
    assert fold(clean_line(text)) == fold(text)
    assert fold(clean_text(text)) == fold(text)


# --- Growth --------------------------------------------------------------------------------------

TOKENS = [
    "a",
    " ",
    "\n",
    "'",
    '"',
    '" ',
    "- ",
    "é",
    "e\u0301",
    "\u0301",
    "\u0301\u0327",
    "\u0f73",
    "\uff9e\u0301",
    "\u3099\u0323",
    "한",
    "ᄀ\u1161\u11a8",
    "か\u3099",
    "\ufdfa",
    "\u200d",
    "\u202e",
    "\0",
    "ß",
    "和",
    "हि",
    "محمد ",
    "👩\u200d👧",
    "\U0001d15e",
    "\ud800",
    "\r\n",
    "\u2028",
]


@pytest.mark.parametrize("act", [fold, terms, clean_line, clean_text])
@pytest.mark.parametrize("token", TOKENS, ids=ascii)
def test_time_grows_no_faster_than_the_text(token, act):
    def seconds(size: int) -> float:
        text = token * (size // len(token))
        start = time.process_time()
        act(text)
        return time.process_time() - start

    half, whole = seconds(32_000), seconds(64_000)
    assert whole < 0.05 or whole / half <= 2.5 or seconds(64_000) / seconds(32_000) <= 2.5
