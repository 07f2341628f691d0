"""`make screens`: pictures of the main pages, with the demo book, as PNG in var/screens/.

The book lives in a throw-away folder. Pages that do not exist (yet) are skipped; one that is wider
than its screen is named, for that is the commonest fault on a phone.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import find_chromium, launch

ROOT = Path(__file__).resolve().parent.parent
SCREENS = Path(os.environ.get("KEPT_VAR", ROOT / "var")) / "screens"

# {person} is the first contact on *Today*.
PAGES = {
    "today": "/",
    "people": "/contacts/",
    "search": "/contacts/?q=an",
    "person": "/contacts/{person}/",
    "brief": "/contacts/{person}/brief/",
    "new-contact": "/contacts/new/",
    "note": "/notes/new/",
    "promises": "/promises/",
    "calendar": "/calendar/",
    "issues": "/issues/",
    "follow-through": "/follow-through/",
    "digest": "/digest/",
    "fired": "/fired/",
    "replies": "/replies/",
    "import": "/import/",
    "export": "/export/",
    "settings": "/settings/",
    "team": "/team/",
    "handovers": "/handovers/",
    "looks": "/settings/looks/",
    "trash": "/trash/",
}
BEFORE_LOG_IN = {
    "log-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "password-reset": "/accounts/password/reset/",
}
SIZES = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "390": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
    "360": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
}


def main() -> int:
    if find_chromium() is None:
        sys.stderr.write("Pictures need a browser: Debian's package chromium.\n")
        return 1
    SCREENS.mkdir(parents=True, exist_ok=True)
    with demo_server() as url, sync_playwright() as playwright:
        browser = launch(playwright)
        session, person = log_in(browser, url)
        for size, options in SIZES.items():
            with browser.new_context(base_url=url, **options) as context:
                take_all(context, BEFORE_LOG_IN, size)
            with browser.new_context(base_url=url, storage_state=session, **options) as context:
                take_all(context, {k: v.format(person=person) for k, v in PAGES.items()}, size)
        browser.close()
    print(f"The pictures are in {SCREENS}")
    return 0


@contextmanager
def demo_server() -> Iterator[str]:
    """The address of a server with a fresh demo book, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kept-screens-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--demo", "--port", str(port)],
            cwd=ROOT,
            env=os.environ
            | {
                "DATABASE_URL": f"sqlite:///{folder}/db",
                "MEDIA_ROOT": folder,
                "LOG_LEVEL": "ERROR",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            if not any(line.startswith("Kept is at") for line in server.stdout):
                raise SystemExit("The demo did not start.")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def log_in(browser: Browser, url: str) -> tuple[object, str]:
    """The seller's session, and the id of the first contact on their *Today*."""
    with browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", "seller@kept.example")
        page.fill("input[name=password]", "kept-demo")
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{url}/")
        ids = re.findall(r'href="/contacts/(\d+)/"', page.content())
        return context.storage_state(), ids[0] if ids else "1"


def take_all(context: BrowserContext, pages: dict[str, str], size: str) -> None:
    page = context.new_page()
    for name, path in pages.items():
        response = page.goto(path)
        assert response is not None
        if response.ok:
            take(page, f"{name}-{size}")
        else:
            print(f"{name}-{size}: skipped, {path} answers {response.status}")


def take(page: Page, name: str) -> None:
    """The whole page in a window as tall as it is, so that bars stand at its edges."""
    before = page.viewport_size
    assert before is not None
    wide, tall = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    page.set_viewport_size({"width": before["width"], "height": max(tall, before["height"])})
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SCREENS / f"{name}.png")
    page.set_viewport_size(before)
    if wide > before["width"]:
        print(f"{name}: {wide} px wide on a screen of {before['width']} px")


if __name__ == "__main__":
    sys.exit(main())
