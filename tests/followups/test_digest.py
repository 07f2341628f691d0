"""What the morning mail says, to whom it shows what, and that nothing is missing in it."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from contacts.models import Fact
from contacts.photos import set_photo
from crm.models import User
from followups import answering, digest, mail, scheduling
from followups.models import Delivery, Nudge
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_issue,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_user,
)

DAY = timedelta(days=1)
TODAY = NOW.date()
MORNING = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def rosa(db: None, now: datetime) -> User:
    return make_user(name="Rosa Vega", email="rosa@example.com")


def build(user: User, on=TODAY) -> digest.Digest:
    return digest.build(user, on=on, now=MORNING + (on - TODAY))


def compose(user: User, on=TODAY) -> EmailMessage:
    """The digest as a mail program reads it from the wire."""
    letter = mail.compose(build(user, on), message_id="<digest.20261118.1@kept.example>")
    return message_from_bytes(letter.message(policy=policy.SMTP).as_bytes(), policy=policy.default)


def part(letter: EmailMessage, kind: str) -> str:
    return letter.get_body((kind,)).get_content().replace("\r\n", "\n")


class Reader(HTMLParser):
    """What somebody sees of a page, and where its links lead."""

    UNSEEN = {"style", "title"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.unseen = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.unseen += tag in self.UNSEEN
        self.links += [given["href"]] if tag == "a" else []
        self.pictures += [given["src"]] if tag == "img" else []
        if tag in {"p", "td", "h1", "h2", "h3"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in self.UNSEEN

    def handle_data(self, data: str) -> None:
        self.words += [] if self.unseen else [data]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def delivered(user: User, on, state=Delivery.State.SENT, items=(), **more: object) -> Delivery:
    at = MORNING + (on - TODAY)
    return Delivery.objects.create(
        user=user,
        local_date=on,
        state=state,
        due_at=at,
        made_at=at,
        written_at=at,
        ended_at=at,
        items=list(items),
        **more,
    )


def wake(event, on) -> None:
    """Have the scheduler look at `event` on `on`, and know it since long before."""
    type(event).objects.filter(pk=event.pk).update(wake_on=on, noted_on=on - 30 * DAY)


# --- What it says ----------------------------------------------------------------------------


def fill(user: User) -> None:
    """A book in which every part of a digest has something to say on `TODAY`."""
    long_ago = NOW - 60 * DAY
    tom = make_contact(
        keeper=user,
        name="Tom Beaumont",
        uid="tom",
        pronouns="he",
        title="Operations",
        company="Northline",
    )
    set_photo(tom, author=user, data=picture())
    make_detail(tom, kind="phone", value="+15085550142")
    make_detail(tom, kind="email", value="tom@northline.example")
    make_promise(tom, text="Send the revised quote", due_on=TODAY, at=long_ago)
    make_fact(tom, kind="interest", text="the boat on the Cape")
    make_fact(tom, kind="preference", text="a text, not a voicemail")
    abby = make_contact(keeper=user, name="Abby Feldman", uid="abby", pronouns="she")
    make_promise(abby, text="Send a sample", due_on=TODAY - DAY, at=long_ago, made_by="them")
    mei = make_contact(keeper=user, name="Mei Tanaka", uid="mei", pronouns="she")
    make_life_event(mei, year=1987, month=11, day=18, noted_on=TODAY - 9 * DAY)
    priya = make_contact(
        keeper=user, name="Priya Raman", uid="priya", circle="inner", created_at=long_ago
    )
    make_note(priya, at=long_ago)
    agnes = make_contact(keeper=user, name="Agnes Novak", uid="agnes", pronouns="she")
    make_life_event(agnes, month=11, day=18, noted_on=TODAY - 9 * DAY)
    make_life_event(agnes, kind="bereavement", title="mother’s death", year=2026, month=11, day=9)
    omar = make_contact(keeper=user, name="Omar Siddiqui", uid="omar", circle="inner")
    wet = "The cold chain broke and half the vaccines were spoilt."
    make_issue(omar, text=wet, severity="grave", at=NOW - 2 * DAY)
    ines = make_contact(keeper=user, name="Ines Duarte", uid="ines")
    make_life_event(ines, kind="anniversary", year=2016, month=11, day=19, noted_on=TODAY)


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (200, 200), (120, 80, 40)).save(file, "PNG")
    return file.getvalue()


def settled(text: str) -> str:
    """`text` without what differs from run to run: keys of rows, and signatures."""
    text = re.sub(r"/(done|talked|tomorrow|off)/[^/]+/", r"/\1/TOKEN/", text)
    return re.sub(r"(contacts/|promises/|who=|face)\d+", r"\1N", text)


def assert_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(settled(text))
        pytest.fail(f"{path.name} was not there and has been written: look at it.")
    assert settled(text) == path.read_text()


def test_digest_reads_as_it_always_did(rosa) -> None:
    """To renew the golden files, delete them, run this, and read what it wrote."""
    fill(rosa)
    letter = compose(rosa)
    subject = f"Subject: {letter['Subject']}\n\n"
    assert_golden("digest.txt", subject + part(letter, "plain"))
    assert_golden("digest.html", part(letter, "html"))


def test_words_and_html_say_the_same(rosa) -> None:
    fill(rosa)
    delivered(rosa, TODAY - 2 * DAY)
    letter = compose(rosa)
    page = Reader(part(letter, "html"))
    lines = part(letter, "plain").replace("\n    ", " ").splitlines()
    said = [line.strip(" *-=") for line in lines if line.strip(" *-=")]
    assert len(said) > 30
    for line in said:
        words, _, url = line.partition(": http")
        assert words in page.text, line
        assert not url or f"http{url}" in page.links, line


def test_subject_says_how_many_and_nothing_else(rosa) -> None:
    fill(rosa)
    assert build(rosa).subject == "6 people today, 1 promise due (Wed 18 Nov)"
    assert build(rosa, TODAY + 300 * DAY).subject == ("4 people today, 1 promise due (Tue 14 Sep)")


def test_people_stand_under_the_kind_of_reason_that_leads(rosa) -> None:
    fill(rosa)
    sections = build(rosa).sections
    shown = [(s.title, [p.contact.name for p in s.people]) for s in sections]
    assert shown == [
        ("Make it right first", ["Omar Siddiqui"]),
        ("You promised", ["Tom Beaumont"]),
        ("Promised to you", ["Abby Feldman"]),
        ("Occasions", ["Mei Tanaka", "Agnes Novak"]),
        ("Time to be in touch", ["Priya Raman"]),
    ]


def test_done_is_offered_where_there_is_more_to_answer_than_one_s_word(rosa) -> None:
    fill(rosa)
    buttons = {
        person.contact.first_name: [button.word for button in person.buttons]
        for section in build(rosa).sections
        for person in section.people
    }
    assert buttons["Tom"] == ["We talked", "Tomorrow"]
    assert buttons["Mei"] == ["Done", "We talked", "Tomorrow"]


def test_tomorrow_s_birthdays_are_told_today_but_not_to_those_who_mourn(rosa) -> None:
    ines = make_contact(keeper=rosa, name="Ines Duarte")
    make_life_event(ines, year=1986, month=11, day=19, noted_on=TODAY)
    mourning = make_contact(keeper=rosa, name="Agnes Novak")
    make_life_event(mourning, month=11, day=19, noted_on=TODAY)
    make_life_event(mourning, kind="bereavement", year=2026, month=11, day=9)
    gone = make_contact(keeper=rosa, name="Hugo Gone")
    make_life_event(gone, month=11, day=19, noted_on=TODAY)
    make_life_event(gone, kind="death", year=2026, month=11, day=9)

    [tomorrow] = build(rosa).after

    assert tomorrow.title == "Tomorrow: time for a card today"
    assert [(line.contact.name, line.text) for line in tomorrow.lines] == [
        ("Ines Duarte", "turns 40")
    ]


def test_what_is_not_to_be_mentioned_is_nowhere_in_it(rosa) -> None:
    contact = make_contact(keeper=rosa, circle="inner")
    make_fact(contact, kind=Fact.Kind.INTEREST, text="the lawsuit against Dreyer")
    make_fact(contact, kind=Fact.Kind.DO_NOT_MENTION, text="anything about the Dreyer lawsuit")
    trial = make_life_event(contact, kind="other", title="Dreyer lawsuit", year=2026, month=11)
    delivered(rosa, TODAY - 9 * DAY)
    wake(trial, TODAY - 8 * DAY)
    letter = compose(rosa)
    assert "lawsuit" not in part(letter, "plain") + part(letter, "html")


def test_a_digest_without_anything_says_so_kindly(rosa) -> None:
    empty = build(rosa)
    assert (empty.is_empty, empty.subject) == (True, "Nothing is due today (Wed 18 Nov)")
    assert "A good day for a call that nobody expects." in mail.as_text(empty)


# --- What an earlier mail left open ----------------------------------------------------------


def test_what_a_lost_mail_told_of_is_in_the_next_one(rosa) -> None:
    """Also what the number a day keeps out of today's people."""
    rosa.people_a_day = 1
    rosa.save()
    anna = make_contact(keeper=rosa, name="Anna", circle="inner")
    scheduling.sweep_keeper(rosa, today=TODAY - DAY, now=MORNING - DAY)
    scheduling.sweep_keeper(rosa, today=TODAY, now=MORNING)
    [nudge] = Nudge.objects.filter(contact=anna)
    delivered(rosa, TODAY - 2 * DAY)
    delivered(rosa, TODAY - DAY, Delivery.State.UNKNOWN, [nudge.pk])
    for name in ("Zoe", "Yan"):
        other = make_contact(keeper=rosa, name=name, circle="inner", created_at=NOW - 90 * DAY)
        make_note(other, at=NOW - 80 * DAY)

    written = build(rosa)

    [lost] = written.after
    assert lost.title == "Yesterday’s mail may not have reached you; it was to say"
    assert [line.contact.name for line in lost.lines] == ["Anna"]
    assert nudge.pk in written.nudge_ids


@pytest.mark.parametrize("state", [Delivery.State.UNKNOWN, Delivery.State.REFUSED])
def test_lost_mails_are_caught_up_with_until_one_arrives(rosa, state) -> None:
    anna = make_contact(keeper=rosa, name="Anna")
    event = make_life_event(anna, month=11, day=14)
    wake(event, TODAY - 4 * DAY)
    scheduling.sweep_keeper(rosa, today=TODAY - 4 * DAY, now=MORNING - 4 * DAY)
    rosa.people_a_day = 1
    rosa.save()
    make_contact(keeper=rosa, name="First", circle="inner", created_at=NOW - 90 * DAY)
    make_life_event(make_contact(keeper=rosa, name="Today"), month=11, day=18)
    items = list(Nudge.objects.values_list("pk", flat=True))
    delivered(rosa, TODAY - 4 * DAY, state, items)
    delivered(rosa, TODAY - 3 * DAY, state, [])

    [left] = build(rosa).after
    assert (left.title, [line.contact.name for line in left.lines]) == (
        "Sunday’s mail may not have reached you; it was to say",
        ["Anna"],
    )
    delivered(rosa, TODAY - DAY)
    assert build(rosa).after == []


def test_what_came_up_in_an_outage_is_told_once_mail_goes_again(rosa) -> None:
    rosa.people_a_day = 1
    rosa.save()
    delivered(rosa, TODAY - 5 * DAY)
    delivered(rosa, TODAY - DAY, Delivery.State.SKIPPED, why=Delivery.Why.OUTAGE)
    birthday = make_life_event(make_contact(keeper=rosa, name="Anna"), month=11, day=15)
    wake(birthday, TODAY - 3 * DAY)
    make_life_event(make_contact(keeper=rosa, name="Today"), month=11, day=18)

    [left] = build(rosa).after

    assert (left.title, [line.contact.name for line in left.lines]) == (
        "Since your last mail",
        ["Anna"],
    )


def test_what_nobody_answered_in_time_is_said_once(rosa) -> None:
    delivered(rosa, TODAY - 2 * DAY)
    birthday = make_life_event(
        make_contact(keeper=rosa, name="Anna", pronouns="she"), month=11, day=10
    )
    wake(birthday, TODAY - 8 * DAY)
    scheduling.sweep_keeper(rosa, today=TODAY - 8 * DAY, now=MORNING - 8 * DAY)
    scheduling.sweep(MORNING)

    [slipped] = build(rosa).after

    assert (slipped.title, slipped.lines[0].text) == (
        "Slipped by",
        "Her birthday was 8 days ago (you noted on 11 Oct)",
    )
    delivered(rosa, TODAY)
    assert build(rosa, TODAY + DAY).after == []


def test_what_was_answered_meanwhile_is_not_told_again(rosa) -> None:
    anna = make_contact(keeper=rosa, name="Anna", circle="inner")
    scheduling.sweep_keeper(rosa, today=TODAY, now=MORNING)
    delivered(rosa, TODAY - DAY, Delivery.State.UNKNOWN, [Nudge.objects.get().pk])
    answering.done(keeper=rosa, contact=anna, today=TODAY, at=NOW)
    assert build(rosa).is_empty


# --- Faces, size and cost --------------------------------------------------------------------


def test_faces_travel_in_the_mail_small_and_only_those_one_may_see(rosa) -> None:
    mine, theirs = (make_contact(keeper=rosa, name=name, circle="inner") for name in ("A", "B"))
    set_photo(mine, author=rosa, data=picture())
    set_photo(theirs, author=make_user(), data=picture())

    letter = compose(rosa)

    assert [p.get_content_type() for p in letter.iter_parts()] == [
        "text/plain",
        "multipart/related",
    ]
    [face] = [p for p in letter.walk() if p.get_content_type() == "image/jpeg"]
    assert face["Content-ID"] == f"<face{mine.pk}@kept>"
    assert face.get_content_disposition() == "inline"
    assert Image.open(BytesIO(face.get_content())).size == (96, 96)
    assert Reader(part(letter, "html")).pictures == [f"cid:face{mine.pk}@kept"]


def test_a_face_that_is_lost_or_damaged_leaves_initials(rosa) -> None:
    contact = make_contact(keeper=rosa, name="Anna Berg", circle="inner")
    photo = set_photo(contact, author=rosa, data=picture())
    Path(photo.small.path).write_bytes(b"no picture")
    page = Reader(part(compose(rosa), "html"))
    assert (page.pictures, "AB" in page.text) == ([], True)


def test_the_largest_digest_stays_under_what_gmail_cuts(rosa) -> None:
    for number in range(70):
        contact = make_contact(keeper=rosa, name=f"Somebody {number}", title="Head of the works")
        set_photo(contact, author=rosa, data=picture()) if number < 12 else None
        make_detail(contact, kind="phone", value=f"+1508555{number:04}")
        make_detail(contact, value="somebody.with.a.long.name@company.example")
        for kind in ("need", "interest", "preference"):
            make_fact(contact, kind=kind, text="something of a usual length, said in few words")
        make_promise(contact, text="Send the revised quote for the lanes", due_on=TODAY, at=NOW)
        make_life_event(contact, year=1970, month=11, day=18)
    letter = compose(rosa)
    assert len(part(letter, "html").encode()) < 100_000
    assert len(letter.as_bytes()) < 200_000
    assert "And 20 more, in Kept." in part(letter, "plain")


@pytest.mark.parametrize("people", [1, 3])
def test_digest_costs_the_same_for_one_and_for_many(
    rosa, people, django_assert_num_queries
) -> None:
    for number in range(people):
        contact = make_contact(keeper=rosa, name=f"P{number}", circle="inner")
        set_photo(contact, author=rosa, data=picture())
        make_fact(contact)
        make_relative(contact)
        make_life_event(contact, month=11, day=18)
        make_life_event(contact, kind="anniversary", month=11, day=19)
    delivered(rosa, TODAY - 2 * DAY)
    build(rosa)
    user = User.objects.select_related("member__team").get(pk=rosa.pk)

    with django_assert_num_queries(15):
        written = build(user)
        mail.compose(written, message_id="<x@kept.example>")


# --- The mail itself -------------------------------------------------------------------------


def test_headers_say_what_machines_need(rosa, settings) -> None:
    settings.BASE_URL, settings.REPLY_DOMAIN = "https://kept.example", "in.kept.example"
    fill(rosa)
    letter = compose(rosa)
    assert letter["To"] == "rosa@example.com"
    assert letter["Message-ID"] == "<digest.20261118.1@kept.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://kept\.example/mail/off/[\w:.-]+/>", letter["List-Unsubscribe"])
    assert re.fullmatch(r"reply\+[a-z2-7]{48}@in\.kept\.example", letter["Reply-To"])


def test_the_unsubscribe_address_stands_on_the_wire_as_it_is(rosa, settings) -> None:
    """Folded at 78, it would be coded, and one click would lead nowhere."""
    settings.BASE_URL = "https://a-host-with-a-long-name.kept.example"
    letter = mail.compose(build(rosa), message_id="<1@kept.example>")
    wire = letter.message(policy=policy.SMTP).as_bytes().decode()
    [line] = [line for line in wire.splitlines() if line.startswith("List-Unsubscribe:")]
    assert line.startswith(
        "List-Unsubscribe: <https://a-host-with-a-long-name.kept.example/mail/off/"
    )
    assert line.endswith("/>")


def test_nobody_is_told_to_answer_where_nobody_reads_answers(rosa, settings) -> None:
    settings.REPLY_DOMAIN = ""
    letter = compose(rosa)
    assert (letter["Reply-To"], "Answer beginning" in part(letter, "plain")) == (None, False)


def test_links_are_whole_and_lead_to_one_host(rosa, settings) -> None:
    settings.BASE_URL = "https://kept.example"
    fill(rosa)
    letter = compose(rosa)
    links = [link for link in Reader(part(letter, "html")).links if link.startswith("http")]
    links += re.findall(r"https?://\S+", part(letter, "plain"))
    assert len(links) > 30
    assert [link for link in links if not link.startswith("https://kept.example/")] == []


NAMES = [
    "Zoë Ångström",
    "李小龙",
    "محمد بن سلمان",
    "דוד בן־גוריון",
    "ナオミ・キャンベル",
    "Владимир Ильич",
    "👩‍👩‍👧‍👦 Family",
    "🦄",
    'Dwayne "The Rock" Johnson',
    "O’Brien, Jr.; <CEO>",
    "<script>alert(1)</script>",
    "a & b < c > d",
    "=?utf-8?q?Bcc=3A?=",
    "x" * 200,
    "İstanbul Ğ",
    "e\u0301 combining",
    "\u202egnirts desrever",
    "Anna\r\nBcc: all@example.com",
    "Anna\nSubject: won",
    "{{ settings.SECRET_KEY }} {% debug %}",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_kind_arrive_whole_and_inject_nothing(rosa, name: str) -> None:
    make_promise(make_contact(keeper=rosa, name=name), due_on=TODAY, at=NOW)
    rosa.name = name
    letter = compose(rosa)
    shown = " ".join(name.split())
    assert letter.defects == []
    assert shown in " ".join(part(letter, "plain").split())
    assert shown in Reader(part(letter, "html")).text
    assert (letter["Bcc"], letter["Subject"], letter["To"]) == (
        None,
        "1 person today, 1 promise due (Wed 18 Nov)",
        "rosa@example.com",
    )


def test_lines_fit_a_terminal_and_addresses_stay_whole(rosa) -> None:
    fill(rosa)
    lines = part(compose(rosa), "plain").splitlines()
    assert [line for line in lines if len(line) > mail.WIDTH and "://" not in line] == []
