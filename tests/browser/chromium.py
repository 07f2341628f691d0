"""Debian's chromium under Playwright, for the browser tests and the screens."""

import shutil

from playwright.sync_api import Browser, Playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright) -> Browser:
    """A headless browser that talks to nobody but the page's own server."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
