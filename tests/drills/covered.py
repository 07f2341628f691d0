"""Rounds of reliability.md 3.3 and 3.4 that need no processes: `make test` has them, each named."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.drills.checking import Verdict
from tests.drills.rig import Shelf
from tests.stack.compose import ROOT

DATES, WORDS = "tests/contacts/test_partial_dates.py", "tests/followups/test_due_words.py"
DIGEST, PAGES = "tests/followups/test_digest.py", "tests/followups/test_mail_pages.py"
COVERED = {
    "T4": (
        "birthdays of all 366 days",
        [
            f"{DATES}::test_every_birthday_comes_once_a_year_on_its_day_from_2026_to_2034",
            f"{DATES}::test_occurrences_are_those_of_a_calendar_gone_through_day_by_day",
            f"{DATES}::test_age_turns_on_the_day_of_the_occurrence",
        ],
    ),
    "T5": (
        "days in words over every change",
        [
            f"{WORDS}::test_in_some_days_is_that_many_midnights_ahead_in_every_zone",
            f"{WORDS}::test_what_is_said_of_a_due_day_is_read_back",
            "tests/followups/test_occasions.py",
            "tests/followups/test_scheduling.py",
        ],
    ),
    "M1": (
        "every mail, word for word",
        [
            "tests/test_mails.py",
            f"{DIGEST}::test_digest_reads_as_it_always_did",
            f"{DIGEST}::test_words_and_html_say_the_same",
            f"{DIGEST}::test_subject_says_how_many_and_nothing_else",
            f"{DIGEST}::test_headers_say_what_machines_need",
            f"{DIGEST}::test_links_are_whole_and_lead_to_one_host",
        ],
    ),
    "M2": (
        "a scanner follows every link",
        [
            f"{PAGES}::test_a_scanner_that_follows_every_link_changes_nothing",
            f"{PAGES}::test_pages_of_mail_are_kept_by_nobody_and_tell_no_other_site",
        ],
    ),
    "M3": (
        "one-click unsubscribing",
        [
            f"{PAGES}::test_one_click_ends_the_mail_without_cookie_token_or_log_in",
            f"{PAGES}::test_wrong_and_old_unsubscribe_links_are_not_found_and_change_nothing",
            f"{PAGES}::test_a_thousand_guessed_tokens_hit_nobody",
        ],
    ),
    "M4": (
        "a button works once",
        [
            f"{PAGES}::test_of_twenty_presses_at_once_one_does_it",
            f"{PAGES}::test_a_button_pressed_twice_says_kindly_that_it_was_done",
            f"{PAGES}::test_buttons_work_for_a_week",
            f"{PAGES}::test_links_that_kept_did_not_write_lead_nowhere",
        ],
    ),
    "M5": (
        "names of any kind",
        [f"{DIGEST}::test_names_of_any_kind_arrive_whole_and_inject_nothing"],
    ),
}


def run_tests(name: str) -> Callable[[str, int, Shelf, Path], Verdict]:
    """A round that runs the tests in which `name` is held."""

    def run(seed: str, number: int, shelf: Shelf, folder: Path) -> Verdict:
        tests = COVERED[name][1]
        words = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:randomly", *tests]
        small = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        done = subprocess.run(
            words, cwd=ROOT, env=small, capture_output=True, text=True, check=False
        )
        passed = re.search(r"(\d+) passed", done.stdout)
        verdict = Verdict(remarks=[f"{passed[1] if passed else 0} tests"])
        if done.returncode:
            verdict.wrong.append(done.stdout[-2000:])
        return verdict

    return run
