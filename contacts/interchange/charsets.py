"""Which letters the bytes of an address book stand for, when the file does not say or lies."""

import re
from collections.abc import Iterable
from itertools import pairwise

# Names that files give to encodings, folded to letters and digits, and what Python calls them.
# Anything not listed is not tried: Python also knows codecs that are no encodings of text.
_CODECS = {
    **dict.fromkeys(["utf8", "usascii", "ascii", "ansix341968", "7bit", "utf8mb4"], "utf-8"),
    **dict.fromkeys(["iso88591", "latin1", "l1", "cp819", "ansi"], "cp1252"),
    **{f"iso8859{part}": f"iso8859-{part}" for part in (*range(2, 12), *range(13, 17))},
    **{f"{by}{page}": f"cp{page}" for by in ("windows", "cp") for page in range(1250, 1259)},
    **{f"{by}{page}": f"cp{page}" for by in ("ibm", "cp") for page in (437, 850, 852, 866)},
    **dict.fromkeys(["shiftjis", "sjis", "xsjis", "mskanji", "windows31j", "cp932"], "cp932"),
    **dict.fromkeys(["gb2312", "gbk", "gb18030", "euccn", "cp936"], "gb18030"),
    **dict.fromkeys(["big5", "big5hkscs", "cp950"], "big5hkscs"),
    **dict.fromkeys(["euckr", "ksc5601", "ksc56011987", "uhc", "cp949"], "cp949"),
    **dict.fromkeys(["macintosh", "macroman", "mac"], "mac-roman"),
    "iso2022jp": "iso2022_jp",
    "eucjp": "euc_jp",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "tis620": "cp874",
}
# In order of how often they are meant; the first of equally good ones wins.
_GUESSES = {
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1253": "Greek (Windows-1253)",
    "cp932": "Japanese (Shift JIS)",
}
_BOMS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
_HIGH = re.compile(r"[^\x00-\x7f]+")
_VOWELS = frozenset("аеиоуыэюяαεηιουωάέήίόύώ")
_LATIN_MARKS = frozenset("€‚„…†‡‰‹›‘’“”•–—™¡¢£§©ª«»®°±²³·º¿´` ")


def codec_named(name: str) -> str | None:
    """The Python codec for an encoding as files name it; None for one that is not known."""
    return _CODECS.get(re.sub("[^a-z0-9]", "", name[:40].lower()))


def name_of(codec: str) -> str:
    """What to call a codec that `guess_codec` found, to somebody who knows none of them."""
    return _GUESSES[codec]


def as_utf8(data: bytes) -> bytes:
    """`data` as bytes that agree with ASCII: UTF-16 and UTF-32 become UTF-8, marks go.

    Bytes of other encodings stay as they are. What no character stands for becomes U+FFFD.
    """
    for mark, codec in _BOMS.items():
        if data.startswith(mark):
            rest = data[len(mark) :]
            return rest if codec == "utf-8" else rest.decode(codec, "replace").encode()
    wide = _wide_codec(data[:64])
    return data.decode(wide, "replace").encode() if wide else data


def mend_utf8(data: bytes) -> str | None:
    """`data` as the UTF-8 it mostly is, damaged places as U+FFFD; None if it is something else."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = len(re.findall("[^\x00-\x7f\ufffd]", text))
    return text if sound > 2 * damaged or not damaged else None


def guess_codec(lines: Iterable[bytes]) -> str:
    """The likeliest encoding of lines that are not UTF-8: judged by which letters stand together.

    A guess between Windows' four European alphabets and Shift JIS, never a certainty.
    """
    sample = b"\n".join(lines)
    return max(_GUESSES, key=lambda codec: _plausibility(sample, codec))


def _wide_codec(head: bytes) -> str | None:
    """UTF-16 without a mark shows in every other byte of its ASCII being zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and even == 0:
        return "utf-16-le"
    if even > len(head) // 4 and odd == 0:
        return "utf-16-be"
    return None


def _plausibility(sample: bytes, codec: str) -> int:
    """How well `sample` reads in `codec`: how many bytes make letters that stand as in words."""
    text = sample.decode(codec, "replace")
    if codec in ("cp1252", "cp1250"):
        return sum(_latin_score(run[0]) for run in _HIGH.finditer(text))
    score = 0
    for run in _HIGH.finditer(text):
        around = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
        is_mixed = any(char.isalpha() for char in around)
        score += -2 * len(run[0]) if is_mixed else _other_score(run[0])
    return 2 * score if codec == "cp932" else score


def _latin_score(run: str) -> int:
    """Accented letters stand between plain ones, seldom three in a row."""
    if not run.isalpha():
        return -sum(char not in _LATIN_MARKS and not char.isalpha() for char in run)
    return len(run) if len(run) < 3 else -len(run)


def _other_score(run: str) -> int:
    """Letters of another alphabet stand among themselves, with vowels, and capitals in front."""
    letters = sum(char.isalpha() and not "\uff61" <= char <= "\uff9f" for char in run)
    vowels = sum(char in _VOWELS for char in run.lower())
    odd = sum(first.islower() and second.isupper() for first, second in pairwise(run))
    return letters + vowels - (len(run) - letters) - 2 * odd
