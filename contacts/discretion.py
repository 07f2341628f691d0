"""What is better left unsaid: every opener, brief and digest obeys it (engine.md 11)."""

import re
from collections.abc import Callable, Iterable

from contacts.folding import fold
from contacts.models import Fact

_WORD = re.compile(r"\w+")
_OWNED = re.compile(r"[’']s\b")
# Too common to tell what a text is about.
_LIGHT = frozenset(
    """
    about after again also always anything because been before being could does doing dont
    down ever from have having hers herself himself into just like made make mention more
    most much must never only other over really should some still talk tell than that their
    them then there these they thing things this those very want wants were what when where
    which while will with would your years year daughter mother father brother sister wife
    husband
    """.split()  # noqa: SIM905
)


def hushed(facts: Iterable[Fact]) -> Callable[[str], bool]:
    """Whether a text touches on what is not to be mentioned: shares a word of weight with it."""
    words: set[str] = set()
    for fact in facts:
        if fact.kind == Fact.Kind.DO_NOT_MENTION:
            words |= _weighty(fact.text)
    return lambda text: bool(words) and bool(words & _weighty(text))


def _weighty(text: str) -> set[str]:
    return {
        word
        for word in _WORD.findall(fold(_OWNED.sub("", text)))
        if len(word) > 3 and word not in _LIGHT
    }
