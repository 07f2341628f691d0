"""A real browser for the tests in this folder: Debian's chromium, driven by Playwright."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from crm.models import User
from tests.browser.chromium import find_chromium, launch
from tests.factories import NOW, client_of

HERE = Path(__file__).parent
type OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("needs a browser: Debian's package chromium")
    with pytest.MonkeyPatch.context() as patch:
        # Playwright runs an event loop in this thread; Django takes every query in it for a slip.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            chromium = launch(playwright)
            yield chromium
            chromium.close()


# What a browser reports as errors though the page expects them: a refused form, a conflict,
# a connection that a test has cut.
EXPECTED = (
    "status of 422",
    "status of 409",
    "net::ERR_INTERNET_DISCONNECTED",
    "htmx:error: Failed to fetch",
)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """`open_page(user, **options)` gives a page at the live server in which `user` has logged in.

    `user` may be None; the options are Playwright's for a new context (viewport, color_scheme,
    java_script_enabled ...). Whatever the page complains of in its console (a script's error, a
    missing file, something that the content security policy refused) fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(known in message.text for known in EXPECTED):
            complaints.append(f"{message.text} ({message.location['url']})")

    def open_one(user: User | None = None, **options: object) -> Page:
        context = browser.new_context(**{"base_url": live_server.url} | options)
        contexts.append(context)
        context.clock.set_fixed_time(NOW)
        if user is not None:
            name = settings.SESSION_COOKIE_NAME
            session = client_of(user).cookies[name].value
            context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)
        return page

    yield open_one
    for context in contexts:
        context.close()
    cache.clear()  # not a model, so no flush empties it
    assert complaints == []


@pytest.fixture
def page(open_page: OpenPage, keeper: User) -> Page:
    """The keeper's browser."""
    return open_page(keeper)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fails the test with axe's own words if axe finds anything on the page."""
    axe = Axe()

    def check(page: Page) -> None:
        # Preloading would fetch every style sheet anew, against the content security policy. What
        # passed is counted, but not described.
        options = {"preload": False, "resultTypes": ["violations"]}
        results = axe.run(page, options=options)
        assert results.violations_count == 0, results.generate_report()

    return check
