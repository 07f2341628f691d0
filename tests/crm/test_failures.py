"""What people see when something broke: a page of ours, never a traceback."""

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client

from tests.factories import client_of, make_user


@pytest.fixture
def browser(db: None) -> Client:
    browser = client_of(make_user())
    browser.raise_request_exception = False
    return browser


def failing_with(error: type[Exception]):
    def fail(execute, sql, params, many, context):
        raise error("secret words of the database")

    return connection.execute_wrapper(fail)


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_with_the_database_away_a_page_asks_to_come_back(path, browser):
    with failing_with(OperationalError):
        answer = browser.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Kept is being looked after" in answer.content.decode()
    assert "secret words" not in answer.content.decode()


def test_any_other_fault_is_a_fault(browser):
    with failing_with(ProgrammingError):
        answer = browser.get("/")
    assert (answer.status_code, "Retry-After" in answer.headers) == (500, False)
    assert "Something broke on our side" in answer.content.decode()
    assert "secret words" not in answer.content.decode()


def test_what_a_form_refused_is_not_logged(browser, caplog):
    assert browser.post("/contacts/new/", {"name": ""}).status_code == 422
    assert browser.get("/nowhere/").status_code == 404
    assert caplog.messages == ["Not Found: /nowhere/"]


def test_form_in_another_alphabet_than_ours_is_not_understood(browser):
    kind = "application/x-www-form-urlencoded; charset=utf-7"
    answer = browser.post("/notes/new/", b"text=+ADw-", content_type=kind)
    assert answer.status_code == 400
    assert "Kept could not read that" in answer.content.decode()


def test_form_that_is_too_large_is_told_so(browser):
    answer = browser.post("/notes/new/", {"text": "x" * 4_000_000})
    assert answer.status_code == 413
    assert "That is too large for Kept" in answer.content.decode()
