"""The composer: whom, what, when, how, who may read it, and the promises made in it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Contact, Note, NoteRevision
from contacts.notes import edit_note
from contacts.searching import index_contacts, index_note
from followups.models import Promise
from tests.factories import NOW, client_of, make_contact, make_note, make_promise, make_user

TODAY = NOW.date()
HTMX = {"HX-Request": "true"}
NEW = "/notes/new/"
# Session and user; whom it is about, once to choose and once to lock; the note and its people;
# their touches; the search index; a savepoint, for a test is a transaction itself.
QUERIES = 15


@pytest.fixture
def tom(keeper):
    return make_contact(keeper=keeper, name="Tom Beaumont", circle="inner")


def typed(*people: Contact, **more: object) -> dict[str, object]:
    plain = {"text": "He called back", "channel": "call", "reader": "only-me"}
    return {"people": [contact.pk for contact in people]} | plain | more


def edit_url(note: Note) -> str:
    return reverse("followups:note_edit", args=[note.pk])


def as_edited(note: Note, *people: Contact, **more: object) -> dict[str, object]:
    return typed(*people, when="at", at="2026-11-18T15:00", version=note.version) | more


# --- Writing ---------------------------------------------------------------------------------


def test_note_is_logged_and_its_draft_forgotten(keeper, keeper_client, tom):
    response = keeper_client.post(NEW, typed(tom, feeling="good", draft=f"note:{tom.pk}"))

    note = Note.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, tom.get_absolute_url())
    assert (note.text, note.channel, note.feeling, note.private) == (
        "He called back",
        "call",
        "good",
        True,
    )
    assert (note.author, note.at, list(note.contacts.all())) == (keeper, NOW, [tom])
    assert Contact.objects.get().last_touch_at == NOW
    assert response.cookies["draft_saved"].value == quote(f"note:{tom.pk}", safe=":") or (
        response.cookies["draft_saved"].value == f"note:{tom.pk}"
    )


@pytest.mark.parametrize("draft", ["é", "a\r\nb", "x" * 61, "a;b", ""])
def test_draft_under_a_name_that_is_none_has_the_composers_own(keeper_client, tom, draft):
    response = keeper_client.post(NEW, typed(tom, draft=draft))

    assert response.cookies["draft_saved"].value == "note:new"


def test_whoever_got_in_touch_waits_until_they_are_answered(keeper, keeper_client, tom, now):
    earlier = {"when": "at", "at": "2026-11-18T07:00"}
    keeper_client.post(NEW, typed(tom, channel="email", began="them", **earlier))
    asked = Note.objects.get()
    page = keeper_client.get(tom.get_absolute_url()).content.decode()
    assert (asked.began, asked.is_waiting, "waits for your answer" in page) == ("them", True, True)

    keeper_client.post(NEW, typed(tom, channel="email", text="Answered at length"))
    asked.refresh_from_db()
    page = keeper_client.get(tom.get_absolute_url()).content.decode()
    assert (asked.answered_at, "waits for your answer" in page) == (now, False)


def test_note_may_be_about_several_people(keeper, keeper_client, tom):
    ann = make_contact(keeper=keeper, name="Ann Lee")

    response = keeper_client.post(NEW, typed(tom, ann))

    assert response.headers["Location"] == "/"
    assert set(Note.objects.get().contacts.all()) == {tom, ann}


def test_note_finds_a_typed_name(keeper_client, tom):
    keeper_client.post(NEW, typed(people_named="tom beaumont"))

    assert list(Note.objects.get().contacts.all()) == [tom]


def test_note_takes_who_is_called_so_before_those_who_only_know_one(keeper, keeper_client, tom):
    other = make_contact(keeper=keeper, name="Ada Lind")
    index_contacts([tom, other])
    index_note(make_note(other, text="Her brother Tom has moved"))

    keeper_client.post(NEW, typed(people_named="tom"))

    assert [note.contacts.get() for note in Note.objects.filter(text="He called back")] == [tom]


def test_note_asks_where_one_is_called_so_and_another_nicknamed(keeper, keeper_client, tom):
    index_contacts([tom, make_contact(keeper=keeper, name="Tamsin Roe", nickname="Tom")])

    response = keeper_client.post(NEW, typed(people_named="tom"))

    assert response.status_code == 422


def test_note_offers_those_whom_a_name_may_mean_and_takes_the_tick(keeper, keeper_client, tom):
    twin = make_contact(keeper=keeper, name="Tom Beaumont", company="Elsewhere")

    response = keeper_client.post(NEW, typed(people_named="Tom Beaumont"))

    page = response.content.decode()
    assert response.status_code == 422
    assert "Several people may be “Tom Beaumont”. Tick whom you mean." in page
    assert f'value="{tom.pk}"' in page
    assert f'value="{twin.pk}"' in page
    keeper_client.post(NEW, typed(twin, people_named="Tom Beaumont"))
    assert list(Note.objects.get().contacts.all()) == [twin]


def test_note_begins_with_those_whom_the_address_names(keeper, keeper_client, stranger, tom):
    theirs = make_contact(keeper=stranger, name="Not Mine")

    page = keeper_client.get(f"{NEW}?contact={tom.pk}&people={tom.pk}&people={theirs.pk}")

    assert page.context["form"].chosen == [tom]
    assert f'data-draft="note:{tom.pk}"' in page.content.decode()


@pytest.mark.parametrize("people", ["x", "0", "9" * 40, "-1"])
def test_note_shrugs_at_people_who_are_none(keeper_client, people):
    assert keeper_client.get(f"{NEW}?people={people}").context["form"].chosen == []


def test_note_needs_a_log_in_and_refuses_other_methods(client, keeper_client):
    assert client.get(NEW).status_code == 302
    assert keeper_client.delete(NEW).status_code == 405


def test_note_about_somebody_else_s_contact_is_refused(stranger_client, tom):
    response = stranger_client.post(NEW, typed(tom))

    assert response.status_code == 422
    assert b"Tom Beaumont" not in response.content
    assert Note.objects.count() == 0


def test_refused_note_keeps_all_that_was_typed(keeper_client, tom):
    data = typed(
        tom,
        text="What he said",
        feeling="bad",
        channel="nonsense",
        people_named="Nobody At All",
        reader="team",
        **{"promise-0-text": "Call again", "promise-0-due_on": "Blursday"},
    )

    response = keeper_client.post(NEW, data)

    page = response.content.decode()
    assert response.status_code == 422
    for kept in ["What he said", "Nobody At All", "Call again", "Blursday", "Tom Beaumont"]:
        assert kept in page
    assert '<input type="radio" name="feeling" value="bad" checked>' in page
    assert '<option value="team" selected>' in page
    assert "Kept cannot read this as a day." in page


def test_refused_note_to_htmx_is_the_composer_alone(keeper_client, tom):
    response = keeper_client.post(NEW, typed(compact="yes"), headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 422
    assert page.lstrip().startswith('<div class="composer-box"')
    assert "<html" not in page
    assert 'name="compact"' in page


def test_saved_note_sends_htmx_on(keeper_client, tom):
    response = keeper_client.post(NEW, typed(tom), headers=HTMX)

    assert response.headers["HX-Redirect"] == tom.get_absolute_url()


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"people": []}, "Whom is this about?"),
        ({"text": ""}, "What was said? A few words do, or how they left it."),
        ({"text": "", "channel": "other", "feeling": "good"}, "Please say in a few words"),
        ({"at": "2026-11-19T09:00"}, "This is still to come."),
        ({"at": "1066-10-14T09:00"}, "That is too long ago to be right."),
        ({"at": "soon"}, "Please write day and time as 2026-11-18 16:05"),
        ({"when": "at"}, "Which day, and at what time?"),
        ({"promise-0-due_on": "Friday"}, "What was promised for that day?"),
        ({"promise-1-text": "x" * 501}, "This is 501 characters long; 500 fit."),
    ],
)
def test_note_says_what_is_wrong(keeper_client, tom, more, complaint):
    response = keeper_client.post(NEW, typed(tom) | more)

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert Note.objects.count() == 0


def test_megabyte_is_refused_with_a_sentence_and_kept(keeper_client, tom):
    long = "word " * 200_000

    response = keeper_client.post(NEW, typed(tom, text=long))

    assert response.status_code == 422
    assert b"A note holds 100,000 letters; this has more." in response.content
    assert response.content.count(b"word ") >= 200_000 - 1


def test_scripts_and_control_characters_are_only_text(keeper_client, tom):
    keeper_client.post(NEW, typed(tom, text="a\x00b <script>alert(1)</script> \u202ec"))

    note = Note.objects.get()
    assert note.text == "ab <script>alert(1)</script> c"
    assert b"<script>alert" not in keeper_client.get(edit_url(note)).content
    assert b"<script>alert" not in keeper_client.get(tom.get_absolute_url()).content


def test_words_may_be_left_out_where_one_says_how_they_left_it(keeper_client, tom):
    keeper_client.post(NEW, typed(tom, text="", feeling="good"))

    assert Note.objects.get().feeling == "good"


# --- When ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({}, NOW),
        ({"when": "now"}, NOW),
        ({"when": "earlier"}, NOW - timedelta(hours=3)),
        ({"when": "yesterday"}, datetime(2026, 11, 17, 12, tzinfo=UTC)),
        ({"when": "at", "at": "2026-11-01T08:30"}, datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ({"at": "2026-11-01T08:30"}, datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ({"at": "2026-11-18T15:04"}, NOW),
    ],
)
def test_note_is_back_dated_by_choice_or_to_the_minute(keeper_client, tom, more, at):
    keeper_client.post(NEW, typed(tom, **more))

    assert Note.objects.get().at == at


def test_back_dating_goes_by_the_author_s_clock(keeper, keeper_client, tom):
    keeper.time_zone = "Asia/Kathmandu"
    keeper.save()

    keeper_client.post(NEW, typed(tom, at="2026-11-18T20:00"))

    assert Note.objects.get().at == datetime(2026, 11, 18, 14, 15, tzinfo=UTC)


# --- Twice -----------------------------------------------------------------------------------


def test_composer_sent_twice_writes_once(keeper_client, tom):
    data = typed(tom, key=uuid4(), **{"promise-0-text": "Send it"})

    for _ in range(3):
        assert keeper_client.post(NEW, data).status_code == 303

    assert (Note.objects.count(), Promise.objects.count()) == (1, 1)


def test_composer_sent_again_with_other_words_changes_the_note(keeper_client, tom):
    key = uuid4()
    keeper_client.post(NEW, typed(tom, key=key))

    keeper_client.post(NEW, typed(tom, key=key, text="He called back twice"))

    assert Note.objects.get().text == "He called back twice"
    assert NoteRevision.objects.get().text == "He called back"


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        ({"reader": "only-me"}, {"private": True}),
        ({"feeling": "bad"}, {"feeling": "bad"}),
        ({"channel": "meeting"}, {"channel": "meeting"}),
        ({"when": "at", "at": "2026-11-17T12:00"}, {"at": NOW - timedelta(days=1, hours=3)}),
    ],
)
def test_composer_sent_again_holds_what_was_sent_last(keeper_client, tom, more, changed):
    data = typed(tom, key=uuid4(), reader="team")
    keeper_client.post(NEW, data)

    keeper_client.post(NEW, data | more)

    note = Note.objects.get()
    was = {"private": False, "feeling": "", "channel": "call", "at": NOW}
    assert {name: getattr(note, name) for name in was} == was | changed
    assert note.version == 2
    assert not NoteRevision.objects.exists()


def test_composer_sent_again_later_is_about_the_same_time(keeper_client, tom, now):
    data = typed(tom, key=uuid4())
    keeper_client.post(NEW, data)

    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        keeper_client.post(NEW, data)

    note = Note.objects.get()
    assert (note.at, note.version) == (NOW, 1)


def test_composer_sent_again_hides_its_promise_and_leaves_it_kept(keeper, keeper_client, tom):
    data = typed(tom, key=uuid4(), **{"promise-0-text": "Send it"})
    keeper_client.post(NEW, data)
    Promise.objects.get().keep(by=keeper, at=NOW)

    keeper_client.post(NEW, data | {"promise-0-sharing": "private"})

    promise = Promise.objects.get()
    assert (promise.state, promise.sharing) == ("kept", "private")


def test_composer_sent_again_hides_no_promise_that_slipped(keeper, keeper_client, tom):
    data = typed(tom, key=uuid4(), **{"promise-0-text": "Send it"})
    keeper_client.post(NEW, data)
    Promise.objects.get().break_(by=keeper, at=NOW)

    keeper_client.post(NEW, data | {"promise-0-sharing": "private"})

    assert Promise.objects.get().sharing == "managers"


def test_composer_sent_again_brings_back_what_was_taken_back(keeper_client, tom):
    data = typed(tom, key=uuid4(), **{"promise-0-text": "Send it"})
    keeper_client.post(NEW, data)
    keeper_client.post(f"/notes/{Note.objects.get().pk}/undoing/")
    assert Promise.objects.get().state == "released"

    keeper_client.post(NEW, data)

    assert (Note.objects.get().is_trashed, Promise.objects.get().state) == (False, "open")


def test_two_composers_alike_are_two_notes(keeper_client, tom):
    for key in (uuid4(), uuid4(), "", "junk"):
        keeper_client.post(NEW, typed(tom, key=key))

    assert Note.objects.count() == 4


def test_key_of_somebody_else_s_composer_is_one_s_own(keeper, tom, keeper_client, stranger):
    key = uuid4()
    keeper_client.post(NEW, typed(tom, key=key))
    theirs = make_contact(keeper=stranger)

    client_of(stranger).post(NEW, typed(theirs, key=key, text="Mine"))

    assert [(note.author, note.text) for note in Note.objects.order_by("pk")] == [
        (keeper, "He called back"),
        (stranger, "Mine"),
    ]


# --- Promises in it --------------------------------------------------------------------------


def test_promises_are_made_with_the_note(keeper, keeper_client, tom):
    keeper_client.post(
        NEW,
        typed(
            tom,
            when="yesterday",
            **{
                "promise-0-made_by": "me",
                "promise-0-text": "Send the quote",
                "promise-0-due_on": "Friday",
                "promise-1-made_by": "them",
                "promise-1-text": "Sign it",
                "promise-1-sharing": "private",
            },
        ),
    )

    mine, theirs = Promise.objects.order_by("pk")
    assert (mine.text, mine.made_by, mine.sharing) == ("Send the quote", "me", "managers")
    assert (mine.due_on, mine.made_on) == (TODAY + timedelta(days=2), TODAY - timedelta(days=1))
    assert (theirs.text, theirs.made_by, theirs.sharing) == ("Sign it", "them", "private")
    assert (theirs.owner, theirs.contact, theirs.note) == (keeper, tom, Note.objects.get())


def test_promise_in_a_note_about_several_asks_whose_it_is(keeper, keeper_client, tom):
    ann = make_contact(keeper=keeper, name="Ann Lee")
    data = typed(tom, ann, **{"promise-0-text": "Send it"})

    refused = keeper_client.post(NEW, data)

    assert refused.status_code == 422
    assert b"Whose promise is it?" in refused.content
    assert Note.objects.count() == 0
    keeper_client.post(NEW, data | {"promise-0-contact": ann.pk})
    assert Promise.objects.get().contact == ann


def test_promise_cannot_be_made_to_somebody_the_note_is_not_about(keeper, keeper_client, tom):
    ann = make_contact(keeper=keeper, name="Ann Lee")

    keeper_client.post(
        NEW, typed(tom, **{"promise-0-text": "Send it", "promise-0-contact": ann.pk})
    )

    assert Promise.objects.get().contact == tom


def test_undo_takes_note_and_promises_back(keeper_client, tom):
    data = typed(tom, key=uuid4(), **{"promise-0-text": "Send it"})
    keeper_client.post(NEW, data)
    note = Note.objects.get()

    keeper_client.post(reverse("followups:note_undoing", args=[note.pk]))

    assert Note.objects.get().is_trashed
    assert Promise.objects.get().state == "released"
    assert Contact.objects.get().last_touch_at is None
    keeper_client.post(NEW, data)
    assert not Note.objects.get().is_trashed
    assert Promise.objects.get().is_open


# --- Cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("book", [1, 10])
def test_saving_asks_the_database_as_often_in_a_large_book(
    keeper, keeper_client, tom, book, django_assert_num_queries
):
    for number in range(book):
        make_note(make_contact(keeper=keeper, name=f"P{number}"), tom)

    with django_assert_num_queries(QUERIES):
        keeper_client.post(NEW, typed(tom))


# --- Changing --------------------------------------------------------------------------------


def test_edit_shows_what_it_says_now(keeper_client, tom):
    note = make_note(tom, text="As it was", channel="video", feeling="bad", private=False)

    page = keeper_client.get(edit_url(note)).content.decode()

    assert "As it was" in page
    assert 'value="2026-11-18T15:00"' in page
    assert '<option value="video" selected>' in page
    assert '<option value="team" selected>' in page
    assert '<input type="radio" name="feeling" value="bad" checked>' in page


def test_edit_keeps_the_earlier_text(keeper_client, tom):
    note = make_note(tom, text="As it was")

    response = keeper_client.post(edit_url(note), as_edited(note, tom, text="As it is"))

    assert response.headers["Location"] == tom.get_absolute_url()
    assert Note.objects.get().text == "As it is"
    history = keeper_client.get(reverse("followups:note_history", args=[note.pk])).content
    assert b"As it was" in history
    assert b"As it is" in history


def test_edit_over_another_edit_shows_both_and_can_be_saved_on_purpose(keeper_client, tom):
    note = make_note(tom, text="As it was")
    edit_note(
        Note.objects.get(),
        seen=note.version,
        contacts=[tom],
        text="From the other window",
        at=NOW,
        now=NOW,
        channel="call",
        feeling="",
        private=True,
        began="me",
    )

    response = keeper_client.post(edit_url(note), as_edited(note, tom, text="From this one"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "This note was changed in another window." in page
    assert "From the other window" in page
    assert "From this one" in page
    assert Note.objects.get().text == "From the other window"
    again = as_edited(note, tom, text="From this one", version=note.version + 1)
    assert keeper_client.post(edit_url(note), again).status_code == 303
    assert Note.objects.get().text == "From this one"


def test_edit_keeps_whomever_is_in_the_trash(keeper, keeper_client, tom):
    ann = make_contact(keeper=keeper, name="Ann Lee")
    note = make_note(tom, text="As it was")
    note.contacts.add(ann)
    ann.trash(NOW)

    keeper_client.post(edit_url(note), as_edited(note, tom, ann, text="As it is"))

    ann.restore()
    assert Note.objects.get().text == "As it is"
    assert set(note.contacts.all()) == {tom, ann}


def test_refused_edit_keeps_what_was_typed(keeper_client, tom):
    note = make_note(tom, text="As it was")

    response = keeper_client.post(edit_url(note), as_edited(note, text="Whom was it about"))

    assert response.status_code == 422
    assert b"Whom was it about" in response.content
    assert Note.objects.get().text == "As it was"


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("note_edit", ["get", "post"]),
        ("note_history", ["get"]),
        ("note_removal", ["post"]),
        ("note_undoing", ["post"]),
        ("note_return", ["post"]),
    ],
)
def test_notes_are_changed_by_their_author_only(keeper, stranger_client, tom, name, methods):
    note = make_note(tom, private=False)
    address = reverse(f"followups:{name}", args=[note.pk])
    teammate = client_of(make_user(team=keeper.member.team))
    for client in (stranger_client, teammate):
        codes = {getattr(client, method)(address).status_code for method in methods}
        assert codes == {404}
    other = "post" if methods == ["get"] else "delete"
    assert getattr(client_of(keeper), other)(address).status_code == 405


def test_removed_note_comes_back(keeper_client, tom):
    note = make_note(tom)

    keeper_client.post(reverse("followups:note_removal", args=[note.pk]))

    assert Contact.objects.get().last_touch_at is None
    keeper_client.post(reverse("followups:note_return", args=[note.pk]))
    assert Contact.objects.get().last_touch_at == NOW


def test_removing_an_old_note_leaves_its_promises(keeper_client, tom):
    note = make_note(tom)
    make_promise(tom, note=note)

    keeper_client.post(reverse("followups:note_removal", args=[note.pk]))

    assert Promise.objects.get().is_open
