"""How static files are served outside DEBUG: hashed, compressed, the style sheets as one."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)

SHEET = "css/app.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
COMMENT_OR_INDENT = re.compile(r"/\*.*?\*/|(?<=\n)\s+", re.DOTALL)
NOTHING = re.compile(r"(?!)")

type Sources = dict[str, tuple[Storage, str]]


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes also what the web manifest names, and puts what `app.css` imports into it.

    Forty small files are good to work in and bad to wait for on a phone: each is a request, and
    together they compress to twice the size.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "*.webmanifest",
            ((r'(?P<matched>"src": "(?P<url>[^"]+)")', '"src": "%(url)s"', NOTHING),),
        ),
    )

    def post_process(
        self, paths: Sources, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if SHEET in paths and not dry_run:
            whole = in_one(paths)
            self.delete(SHEET)
            paths = paths | {SHEET: (self, self.save(SHEET, ContentFile(whole)))}
        yield from super().post_process(paths, dry_run, **options)


def in_one(paths: Sources) -> str:
    """`app.css` with each import replaced by what it imports, in its layer.

    A sheet that lies deeper may hold no relative URL: it would point elsewhere from up here.
    """

    def layered(match: re.Match[str]) -> str:
        name, layer = match.groups()
        text = _read(paths, f"css/{name}")
        if "/" in name and "url(" in text:
            raise ValueError(f"css/{name} holds a URL, which only sheets beside app.css may.")
        return f"@layer {layer} {{\n{text}}}"

    return COMMENT_OR_INDENT.sub("", IMPORT.sub(layered, _read(paths, SHEET)))


def _read(paths: Sources, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        text: str = file.read().decode()
    return text
