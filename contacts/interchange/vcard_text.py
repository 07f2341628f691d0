"""The text inside a property: escapes, separators, base64, and the fold at 75 bytes."""

import binascii
import re

MAX_PARTS = 200
# What stands for an escaped backslash and an escaped separator while the others are read; values
# have no control characters of their own by then.
_BACKSLASH, _SEPARATOR = "\x00", "\x01"


def unescape(text: str) -> str:
    r"""`text` without its escapes: `\n` is a line break, `\,` a comma; others stay as they are."""
    return _restored(_marked(text)) if "\\" in text else text


def split(text: str, separator: str, most: int = MAX_PARTS) -> list[str]:
    """The parts of `text` between separators that are not escaped, without their escapes."""
    if "\\" not in text:
        return text.split(separator, most - 1)
    marked = _marked(text).replace("\\" + separator, _SEPARATOR)
    parts = (part.replace(_SEPARATOR, separator) for part in marked.split(separator, most - 1))
    return [_restored(part) for part in parts]


def split_raw(text: str, separator: str, most: int = MAX_PARTS) -> list[str]:
    """As `split`, but the parts keep their escapes: they are lists themselves."""
    marked = _marked(text).replace("\\" + separator, _SEPARATOR)
    parts = (
        part.replace(_SEPARATOR, "\\" + separator) for part in marked.split(separator, most - 1)
    )
    return [part.replace(_BACKSLASH, "\\\\") for part in parts]


def decode_parameter(text: str) -> str:
    """What a parameter says: RFC 6868, and backslashes as RFC 6350 has them in its examples."""
    text = unescape(text).replace("^^", _BACKSLASH).replace("^n", "\n").replace("^'", '"')
    return text.replace(_BACKSLASH, "^")


def encode_parameter(text: str) -> str:
    """A parameter's value in quotes, for `decode_parameter`."""
    text = text.replace("\\", "\\\\").replace("^", "^^").replace('"', "^'")
    return f'"{text}"'


def escape(text: str) -> str:
    """`text` as a value that `unescape` turns back into it, without bare separators."""
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace(",", "\\,").replace(";", "\\;")


def escape_uri(text: str) -> str:
    """`text` as a value where separators mean nothing, as in links."""
    return text.replace("\\", "\\\\")


def decode_base64(data: bytes) -> bytes | None:
    """What `data` stands for; None if it is damaged. Missing padding is no damage."""
    data = data.translate(None, b" \t\r\n")
    if not re.fullmatch(rb"[A-Za-z0-9+/]*+={0,2}+", data):
        return None
    data = data.rstrip(b"=")
    if len(data) % 4 == 1:
        return None
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def fold(line: str) -> bytes:
    """`line` as the bytes of one property: 75 to a line, never parted inside a character."""
    data = line.encode()
    pieces, start, room = [], 0, 75
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start, room = end, 74
    pieces.append(data[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def types_in(listed: str) -> list[str]:
    """The words of a TYPE parameter, in lower case."""
    words = listed.lower().split(",", MAX_PARTS)
    return [word for each in words if (word := each.strip())]


def _marked(text: str) -> str:
    return text.replace("\\\\", _BACKSLASH)


def _restored(text: str) -> str:
    text = text.replace("\\n", "\n").replace("\\N", "\n").replace("\\\r\n", "\n")
    text = text.replace("\\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\:", ":")
    return text.replace("\\'", "'").replace('\\"', '"').replace(_BACKSLASH, "\\")
