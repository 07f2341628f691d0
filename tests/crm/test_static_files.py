"""What the production server serves as static files."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from crm.static_files import in_one

ROOT = Path(settings.ROOT)
STORAGES = {"staticfiles": {"BACKEND": "crm.static_files.StaticFilesStorage"}}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=root, STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def served(root: Path, name: str) -> Path:
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    return root / names[name]


def test_style_sheet_is_one_file_with_every_component(collected: Path) -> None:
    sheet = served(collected, "css/app.css").read_text()
    assert "@import" not in sheet
    assert sheet.startswith("\n@layer reset, tokens, base, components, pages, utilities;")
    for name in ("reset", "tokens", "base", "components", "pages", "utilities"):
        assert f"@layer {name} {{" in sheet
    assert sheet.count("{") == sheet.count("}")


def test_style_sheet_names_fonts_that_are_there(collected: Path) -> None:
    sheet = served(collected, "css/app.css")
    fonts = re.findall(r'url\("(\.\./fonts/[^"]+)"\)', sheet.read_text())
    assert len(fonts) == 13
    for font in fonts:
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)
        assert (sheet.parent / font).is_file()


def test_web_manifest_names_icons_that_are_there(collected: Path) -> None:
    manifest = served(collected, "site.webmanifest")
    icons = [icon["src"] for icon in json.loads(manifest.read_text())["icons"]]
    assert len(icons) == 2
    for icon in icons:
        assert (manifest.parent / icon).is_file()


def test_what_every_page_loads_is_small(collected: Path) -> None:
    """Over the wire, without photos and fonts; a page of Today adds its own HTML."""
    names = ["css/app.css", "icons.svg", "vendor/htmx.min.js"]
    names += [f"js/{path.name}" for path in (ROOT / "static" / "js").glob("*.js")]
    total = 0
    for name in names:
        packed = served(collected, name)
        packed = packed.with_name(packed.name + ".gz")
        total += packed.stat().st_size
    assert total < 56_000


def test_sheet_in_a_folder_may_hold_no_url(tmp_path: Path) -> None:
    class Folder:
        def open(self, path: str) -> object:
            return (tmp_path / path).open("rb")

    (tmp_path / "css/components").mkdir(parents=True)
    (tmp_path / "css/app.css").write_text('@import url("components/x.css") layer(components);')
    (tmp_path / "css/components/x.css").write_text('.x { background: url("y.png") }')
    paths = {name: (Folder(), name) for name in ("css/app.css", "css/components/x.css")}
    with pytest.raises(ValueError, match=r"css/components/x\.css holds a URL"):
        in_one(paths)
