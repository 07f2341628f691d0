"""Icons, faces, dates as people say them, fields: what every page shares."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import LifeEventKind
from crm.templatetags import ui

ROOT = Path(settings.ROOT)
SPRITE = (ROOT / "static" / "icons.svg").read_text()
TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


def words(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


class Person:
    pk = 1
    uid = "urn:uuid:0b5e"

    def __init__(self, name: str, photo: str = "") -> None:
        self.name, self.photo = name, photo

    def face_url(self, size: str) -> str:
        return f"{self.photo}/{size}" if self.photo else ""


# --- Icons and faces -------------------------------------------------------------------------


def test_icon_uses_the_sprite_and_is_silent() -> None:
    assert render('{% icon "cake" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#cake"/></svg>'
    )


def test_icon_named_in_any_template_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    named = set()
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        named |= set(re.findall(r"""{% icon ["']([\w-]+)["']""", text))
        named |= set(re.findall(r"""\bicon=["']([\w-]+)["']""", text))
        named |= set(re.findall(r"""{% place "[\w:]+" "[^"]+" "([\w-]+)\"""", text))
    assert named - drawn == set()
    assert len(named) > 20


def test_icon_of_every_life_event_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    assert {kind.nature.icon for kind in LifeEventKind} - drawn == set()


def test_face_shows_the_photo_in_the_size_that_fits() -> None:
    small = render("{% face who %}", who=Person("Tom", "/photos/1"))
    large = render('{% face who "huge" %}', who=Person("Tom", "/photos/1"))
    assert (words(small), words(large)) == ("", "")
    assert 'src="/photos/1/small"' in small
    assert 'src="/photos/1/large"' in large
    assert 'alt=""' in small


def test_face_without_photo_shows_initials_on_a_tint() -> None:
    assert render('{% face who "small" %}', who=Person("Tom Beaumont")) == (
        f'<span class="face small tint-{ui.tint_of("urn:uuid:0b5e")}" aria-hidden="true">TB</span>'
    )


def test_face_escapes_what_a_name_brings() -> None:
    assert "<b>" not in render("{% face who %}", who=Person("<b> <i>"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Tom Beaumont", "TB"),
        ("tom", "T"),
        ("María de la Cruz", "MC"),
        ("Åsa Öberg", "ÅÖ"),
        ("A\u030asa O\u0308berg", "ÅÖ"),  # the same, decomposed
        ("Robert Casey Jr.", "RC"),
        ("John Smith III", "JS"),
        ("(Dr) 'Bob' Hope", "DH"),
        ("Oyelaran & Sons", "OS"),
        ("Иван Петров", "ИП"),
        ("Νίκος Παπαδόπουλος", "ΝΠ"),
        ("王小明", "王"),
        ("김 민준", "김"),
        ("محمد الفاتح", "م"),
        ("क्षमा शर्मा", "क्ष"),
        ("ßtefan Groß", "ßG"),
        ("\u202eTom", "T"),
        ("42", "?"),
        ("", "?"),
        ("🚀 Neil", "N"),
        ("🚀", "?"),
    ],
)
def test_initials_of_a_name_in_any_script(name: str, expected: str) -> None:
    assert ui.initials(name) == expected


@given(st.text(max_size=60))
def test_initials_are_short_and_never_a_lone_mark(name: str) -> None:
    short = ui.initials(name)
    assert short == "?" or short[0].isalpha()
    assert len(short.split()) == 1


def test_tint_stays_the_same_and_uses_all_eight() -> None:
    assert ui.tint_of("urn:uuid:0b5e") == 4
    assert {ui.tint_of(str(UUID(int=n))) for n in range(100)} == set(range(8))


# --- Dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (8, "Thu 26 Nov"),
        (-6, "Thu 12 Nov"),
        (-7, "11 Nov"),
        (20, "Tue 8 Dec"),
        (21, "in 3 weeks"),
        (35, "in 5 weeks"),
        (70, "in 10 weeks"),
        (71, "28 Jan 2027"),
        (-400, "14 Oct 2025"),
    ],
)
def test_relative_date_says_it_as_people_do(days: int, expected: str) -> None:
    assert words(str(ui.relative_date(TODAY + timedelta(days=days), TODAY))) == expected


def test_relative_date_has_the_exact_one_on_hover() -> None:
    assert ui.relative_date(date(2026, 11, 26), TODAY) == (
        '<time datetime="2026-11-26" title="Thursday 26 November 2026">Thu 26 Nov</time>'
    )


def test_relative_date_at_new_year_keeps_the_weekday() -> None:
    assert words(str(ui.relative_date(date(2027, 1, 2), date(2026, 12, 28)))) == "Sat 2 Jan"


def test_date_that_is_unknown_is_empty() -> None:
    assert render("{{ day|relative_date:today }}{{ day|short_date:today }}", today=TODAY) == ""
    assert ui.ago(None, NOW) == ""


def test_short_date_names_the_year_only_if_it_is_another() -> None:
    assert words(str(ui.short_date(date(2026, 9, 30), TODAY))) == "30 Sep"
    assert words(str(ui.short_date(date(2024, 9, 30), TODAY))) == "30 Sep 2024"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=10), "yesterday"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=50), "7 weeks ago"),
        (timedelta(days=152), "5 months ago"),
        (timedelta(days=740), "2 years ago"),
        (-timedelta(days=3), "in 3 days"),
        (-timedelta(hours=1), "today"),
    ],
)
def test_ago_counts_as_people_do(before: timedelta, expected: str) -> None:
    assert words(str(ui.ago(NOW - before, NOW))) == expected


def test_ago_counts_days_on_the_calendar_of_the_zone_in_force() -> None:
    evening = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Kolkata"):  # already the 18th there
        assert words(str(ui.ago(evening, NOW))) == "10 hours ago"
    with timezone.override("UTC"):
        assert words(str(ui.ago(evening, NOW))) == "yesterday"


def test_ago_of_a_date_against_a_date() -> None:
    assert words(str(ui.ago(TODAY - timedelta(days=30), TODAY))) == "4 weeks ago"


# --- Numbers ---------------------------------------------------------------------------------


def test_plural_counts_with_the_noun() -> None:
    said = render('{% plural 1 "person" "people" %}, {% plural 1204 "person" "people" %}')
    assert said == "1 person, 1,204 people"
    assert render('{% plural 0 "note" %}') == "0 notes"


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "100%"), (0.999, "99%"), (0.29, "29%"), (0, "0%"), (None, "")]
)
def test_percent_is_all_only_when_it_is_all(share: float | None, said: str) -> None:
    assert ui.percent(share) == said


def test_sparkline_draws_from_oldest_to_newest_and_says_what_it_shows() -> None:
    drawn = render('{% sparkline points "rising" %}', points=[1, 2, 3])
    assert 'd="M0 36 L120 20 L240 4"' in drawn
    assert 'role="img" aria-label="rising"' in drawn


def test_sparkline_of_a_level_line_stands_in_the_middle() -> None:
    assert 'd="M0 20 L240 20"' in render('{% sparkline points "level" %}', points=[5, 5])


def test_sparkline_needs_two_points() -> None:
    assert render('{% sparkline points "none" %}', points=[5]) == ""


# --- Fields ----------------------------------------------------------------------------------


class SomeForm(forms.Form):
    name = forms.CharField(help_text="As they say it.")
    due_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    circle = forms.ChoiceField(choices=[("inner", "Inner"), ("wide", "Wide")])
    feeling = forms.ChoiceField(
        choices=[("good", "Good"), ("bad", "Bad")],
        widget=forms.RadioSelect,
        help_text="How they left it.",
    )
    is_private = forms.BooleanField(label="Only for me", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def field(name: str, options: str = "", data: dict[str, str] | None = None) -> str:
    return render(f"{{% field form.{name} {options} %}}", form=SomeForm(data))


def test_field_ties_label_hint_and_control() -> None:
    drawn = field("name")
    assert '<label for="id_name">Name</label>' in drawn
    assert 'aria-describedby="id_name_helptext"' in drawn
    assert '<div class="hint" id="id_name_helptext">As they say it.</div>' in drawn


def test_field_says_what_is_wrong_next_to_the_control() -> None:
    drawn = field("name", data={"name": ""})
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_error"' in drawn
    assert "This field is required." in words(drawn)


def test_field_keeps_what_was_typed_and_escapes_it() -> None:
    assert 'value="&lt;script&gt;"' in field("name", data={"name": "<script>"})


def test_field_takes_another_label_hint_and_size() -> None:
    drawn = field("due_on", 'label="By when" hint="Friday, or 15/8" size="short"')
    assert '<div class="field short">' in drawn
    assert ">By when</label>" in drawn
    assert 'aria-describedby="id_due_on_helptext"' in drawn
    assert ">Friday, or 15/8</div>" in drawn


def test_field_escapes_a_hint_that_is_not_the_developers() -> None:
    drawn = render("{% field form.due_on hint=hint %}", form=SomeForm(), hint="<b>")
    assert ">&lt;b&gt;</div>" in drawn


def test_field_draws_a_select_with_its_arrow() -> None:
    drawn = field("circle")
    assert '<div class="select-box"><select name="circle"' in drawn
    assert "#chevron-down" in drawn


def test_field_draws_radios_as_choices_in_a_named_group() -> None:
    drawn = field("feeling", data={"feeling": "good"})
    assert '<fieldset aria-describedby="id_feeling_helptext"><legend>Feeling</legend>' in drawn
    assert re.findall(r'<label for="(id_feeling_\d)">', drawn) == ["id_feeling_0", "id_feeling_1"]
    assert drawn.count(" checked") == 1


def test_field_draws_a_check_box_inside_its_label() -> None:
    drawn = field("is_private")
    assert drawn.startswith('<div class="field full"><label class="check"><input type="checkbox"')
    assert words(drawn).strip() == "Only for me"


def test_field_that_is_hidden_has_no_label() -> None:
    assert field("version") == '<input type="hidden" name="version" id="id_version">'


def test_field_with_hidden_label_keeps_it_for_screen_readers() -> None:
    drawn = field("name", "hide_label=True")
    assert '<label for="id_name" class="visually-hidden">Name</label>' in drawn


# --- Places ----------------------------------------------------------------------------------


def place(path: str, view: str = "people") -> str:
    request = RequestFactory().get(path)
    return render(f'{{% place "{view}" "People" "users" number %}}', request=request, number=3)


@pytest.fixture
def addresses() -> object:
    with override_settings(ROOT_URLCONF="tests.crm.addresses"):
        yield


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize(
    ("path", "current"),
    [("/people/", ' aria-current="page"'), ("/people/3/", ' aria-current="true"'), ("/", "")],
)
def test_place_is_current_on_its_page_and_below(path: str, current: str) -> None:
    assert place(path) == (
        f'<a class="place" href="/people/"{current}><svg class="icon" aria-hidden="true">'
        '<use href="/static/icons.svg#users"/></svg><span>People</span><b>3</b></a>'
    )


@pytest.mark.usefixtures("addresses")
def test_place_at_the_root_is_not_above_everything() -> None:
    assert "aria-current" not in place("/people/", view="root")


@pytest.mark.usefixtures("addresses")
def test_place_that_does_not_exist_yet_is_not_shown() -> None:
    assert place("/people/", view="nowhere") == ""
