"""Handing people over: nothing private goes along, no promise is orphaned, and it can be undone."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, Detail, Fact, Keepsake, Note, Photo
from contacts.notes import write_note
from contacts.photos import set_photo
from contacts.searching import index_contacts, index_notes
from crm.models import Member, User
from followups import scheduling
from followups.handing import Choice, HandoverError, hand_over, undo
from followups.models import HandedPromise, Handover, Nudge, Promise
from tests.factories import (
    NOW,
    client_of,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_note,
    make_promise,
    make_relative,
    make_tag,
    make_user,
)
from tests.visibility.belongings import models
from tests.visibility.canaries import paint

TODAY = NOW.date()
CHANGED_BY_IT = {
    "followups.Handover",
    "followups.HandedContact",
    "followups.HandedPromise",
    "followups.PromiseEvent",  # the history is only added to
    "contacts.SearchEntry",  # written anew: compared without keys below
    "contacts.Keepsake",
}


@pytest.fixture
def colleague(keeper: User) -> User:
    return make_user(name="Sam Colleague", team=keeper.member.team)


def hand(contacts: list[Contact], to: User, **options: object) -> Handover:
    keeper = contacts[0].keeper
    options = {"by": keeper, "at": NOW} | options
    return hand_over(
        contact_ids=[contact.pk for contact in contacts], keeper=keeper, to=to, **options
    )


def full_contact(keeper: User, name: str = "Maria Lindqvist") -> Contact:
    """With one of everything."""
    contact = make_contact(
        keeper=keeper,
        name=name,
        company="Harbour Bakery",
        how_met="privately at sea",
        circle="inner",
        customer_since=2003,
    )
    make_detail(contact, value=f"{contact.pk}@work.example")
    make_detail(contact, kind="phone", value="+4917155", label="personal")
    make_fact(contact, text="privately sailing")
    relative = make_relative(contact, name="privately Emma")
    make_life_event(contact)
    make_life_event(contact, relative=relative, month=5, day=4)
    make_job(contact, company="privately Quay")
    make_tag(f"private tag {contact.pk}", author=keeper, contacts=[contact])
    notes = [
        make_note(contact, text="privately said", feeling="good", at=NOW - timedelta(days=30)),
        make_note(contact, text="openly said", private=False, at=NOW - timedelta(days=40)),
    ]
    make_promise(contact, text="Send the quote", due_on=TODAY, note=notes[0])
    make_promise(contact, text="privately promised", sharing="private", due_on=TODAY)
    make_promise(contact, text="They send the plans", made_by="them", sharing="team")
    index_contacts([contact])
    index_notes(notes)
    return contact


def plain_contact(keeper: User, name: str) -> Contact:
    """With a word of each kind, as cheaply as that goes."""
    contact = make_contact(keeper=keeper, name=name, how_met="privately by chance", circle="wide")
    make_note(contact, text="openly said", private=False)
    make_promise(contact, text="Call back", due_on=TODAY)
    make_fact(contact, text="privately known")
    return contact


def stored() -> dict[str, list[object]]:
    """Every row of every table that handing over may not leave different."""
    rows: dict[str, list[object]] = {
        label: list(model._base_manager.order_by("pk").values())
        for label, model in models().items()
        if label not in CHANGED_BY_IT and label.split(".")[0] in {"crm", "contacts", "followups"}
    }
    entries = models()["contacts.SearchEntry"]._base_manager
    columns = ("team", "author", "contact", "note", "source", "private", "text")
    # PostgreSQL reads pieces in no order: the words of an entry count, not which comes first.
    rows["contacts.SearchEntry"] = sorted(
        ((*row[:-1], sorted(row[-1].split())) for row in entries.values_list(*columns)), key=str
    )
    rows["contacts.Keepsake"] = list(Keepsake.objects.values_list("contact", "author", "how_met"))
    return rows


# --- Who has what afterwards -----------------------------------------------------------------


def test_card_shared_notes_and_care_go_along(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    hand([contact], colleague)
    contact.refresh_from_db()
    assert list(Contact.objects.kept_by(colleague)) == [contact]
    assert not Contact.objects.kept_by(keeper).exists()
    assert (contact.circle, contact.customer_since) == ("inner", 2003)
    shared = Note.objects.visible_to(colleague).filter(contacts=contact)
    assert [note.text for note in shared] == ["openly said"]
    details = contact.details.visible_to(colleague)
    assert [detail.value for detail in details] == [f"{contact.pk}@work.example"]


def test_everything_private_stays_with_its_author(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    set_photo(contact, author=keeper, data=paint("keeper"))
    hand([contact], colleague)
    contact.refresh_from_db()
    assert contact.how_met == ""
    assert (contact.last_touch_at, contact.last_feeling) == (None, "")
    for pieces in (contact.facts, contact.relatives, contact.life_events, contact.jobs):
        assert not pieces.visible_to(colleague).exists()
        assert pieces.visible_to(keeper).exists()
    assert not contact.tags.visible_to(colleague).exists()
    assert not Photo.objects.visible_to(colleague).exists()
    assert not Contact.objects.with_face(colleague).get().face_url("small")
    assert Keepsake.objects.visible_to(keeper).get().how_met == "privately at sea"
    assert not Keepsake.objects.visible_to(colleague).exists()
    personal = Detail.objects.get(label="personal")
    assert list(contact.details.visible_to(keeper).filter(label="personal")) == [personal]


def test_each_finds_by_search_what_they_may_see(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    hand([contact], colleague)
    for word in ("privately", "4917155", "sailing", "tag"):
        assert not Contact.objects.visible_to(colleague).search(colleague, word).exists()
        assert list(Contact.objects.visible_to(keeper).search(keeper, word)) == [contact]
    assert list(Contact.objects.kept_by(colleague).search(colleague, "openly")) == [contact]


def test_new_keeper_writes_what_the_former_one_has_too(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    set_photo(contact, author=keeper, data=paint("keeper"))
    hand([contact], colleague)
    contact = Contact.objects.select_related("keeper").get()
    make_life_event(contact)
    make_detail(contact, kind="phone", value="+4917155", label="personal")
    set_photo(contact, author=colleague, data=paint("teammate"))
    assert Photo.objects.visible_to(colleague).get() != Photo.objects.visible_to(keeper).get()


def test_open_promises_have_one_who_owes_them(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    stays = make_promise(contact, text="Lunch together")
    friday = TODAY + timedelta(days=2)
    quote = Promise.objects.get(text="Send the quote")
    choices = {stays.pk: Choice(stays=True, due_on=None), quote.pk: Choice(False, friday)}
    hand([contact], colleague, choices=choices)
    owners = {promise.text: promise.owner for promise in Promise.objects.open()}
    assert owners == {
        "Send the quote": colleague,
        "They send the plans": colleague,
        "privately promised": keeper,
        "Lunch together": keeper,
    }
    quote.refresh_from_db()
    assert (quote.due_on, quote.told_due_on, quote.wake_on, quote.note) == (
        friday,
        TODAY,  # nobody told them: late is what is late for them
        friday,
        None,
    )
    event = quote.events.get(kind="handed")
    assert event.comment == "from Karin Keeper to Sam Colleague"
    assert (event.due_before, event.due_after) == (TODAY, friday)


def test_private_promise_leaves_no_trace_in_the_packet(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    hand([contact], colleague)
    packed = HandedPromise.objects.values_list("promise__text", flat=True)
    assert sorted(packed) == ["Send the quote", "They send the plans"]


def test_reminders_change_hands(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    hand([contact], colleague)
    waiting = Nudge.objects.filter(keeper=keeper, state="open")
    assert [nudge.promise.text for nudge in waiting] == ["privately promised"]
    scheduling.sweep_keeper(colleague, today=TODAY, now=NOW)
    theirs = Nudge.objects.filter(keeper=colleague).order_by("kind")
    assert [nudge.kind for nudge in theirs] == ["cadence", "promise"]


def test_many_at_once_are_spread_over_their_cadence(keeper: User, colleague: User) -> None:
    contacts = [make_contact(keeper=keeper, circle="inner") for _ in range(21)]
    hand(contacts, colleague)
    due = Contact.objects.order_by("due_on").values_list("due_on", flat=True)
    assert [(day - TODAY).days for day in due] == list(range(21))


def test_same_person_in_both_books_stays_two(keeper: User, colleague: User) -> None:
    theirs = make_contact(keeper=colleague, uid="urn:uuid:1")
    mine = make_contact(keeper=keeper, uid="urn:uuid:1")
    handover = hand([mine], colleague)
    mine.refresh_from_db()
    assert mine.uid != theirs.uid
    undo(handover, by=keeper, at=NOW)
    mine.refresh_from_db()
    assert mine.uid == "urn:uuid:1"


def test_whoever_gets_somebody_back_finds_their_own_as_it_was(
    keeper: User, colleague: User
) -> None:
    contact = full_contact(keeper)
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    hand([contact], colleague)
    contact = Contact.objects.select_related("keeper").get()
    hand([contact], keeper)
    contact.refresh_from_db()
    assert (contact.keeper, contact.how_met) == (keeper, "privately at sea")
    assert contact.last_feeling == "good"
    assert Detail.objects.get(label="personal").sealed_for is None
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    waiting = Nudge.objects.filter(keeper=keeper, state="open", kind="promise")
    assert len(waiting) == 2


# --- Refused ---------------------------------------------------------------------------------


def test_nobody_is_handed_to_another_team_or_to_who_is_gone(
    keeper: User, colleague: User, stranger: User
) -> None:
    contact = make_contact(keeper=keeper)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    colleague.refresh_from_db()
    for to in (stranger, colleague, keeper):
        with pytest.raises(HandoverError):
            hand([contact], to)
    assert not Handover.objects.exists()


def test_nobody_elses_people_are_handed_over(keeper: User, colleague: User) -> None:
    contact = make_contact(keeper=colleague)
    with pytest.raises(HandoverError, match="Nobody is left"):
        hand_over(contact_ids=[contact.pk], keeper=keeper, to=colleague, by=keeper, at=NOW)


# --- Undoing ---------------------------------------------------------------------------------


def test_undoing_leaves_everything_as_it_was(keeper: User, colleague: User) -> None:
    contacts = [full_contact(keeper, f"Person {number}") for number in range(3)]
    scheduling.sweep_keeper(keeper, today=TODAY, now=NOW)
    before = stored()
    handover = hand(contacts, colleague)
    assert stored() != before
    done = undo(handover, by=keeper, at=NOW + timedelta(days=1))
    assert (done.people, done.promises, done.left) == (3, 6, [])
    assert stored() == before


def test_undoing_leaves_what_has_changed_since(keeper: User, colleague: User) -> None:
    contact, other = full_contact(keeper), make_contact(keeper=keeper, name="Walt Ames")
    third = make_user(team=keeper.member.team)
    handover = hand([contact, other], colleague)
    quote = Promise.objects.select_related("owner").get(text="Send the quote")
    quote.keep(by=colleague, at=NOW)
    Contact.objects.filter(pk=contact.pk).update(circle="wide")
    hand([Contact.objects.select_related("keeper").get(pk=other.pk)], third)
    done = undo(handover, by=keeper, at=NOW)
    assert done.left == [
        "Walt Ames, whom somebody else keeps by now",
        "“Send the quote”, which has changed since",
    ]
    contact.refresh_from_db()
    other.refresh_from_db()
    quote.refresh_from_db()
    assert (contact.keeper, contact.circle) == (keeper, "wide")
    assert (other.keeper, quote.owner) == (third, colleague)


def test_what_the_new_keeper_wrote_stays_theirs(keeper: User, colleague: User) -> None:
    contact = full_contact(keeper)
    handover = hand([contact], colleague)
    contact = Contact.objects.select_related("keeper").get()
    make_fact(contact, text="chess")
    make_detail(contact, kind="phone", value="+4917166", label="personal")
    Contact.objects.update(how_met="by handing over")
    undo(handover, by=keeper, at=NOW)
    contact.refresh_from_db()
    assert contact.how_met == "privately at sea"
    assert [fact.text for fact in Fact.objects.visible_to(colleague)] == ["chess"]
    assert [fact.text for fact in Fact.objects.visible_to(keeper)] == ["privately sailing"]
    assert not contact.details.visible_to(keeper).filter(value="+4917166").exists()
    assert Keepsake.objects.visible_to(colleague).get().how_met == "by handing over"


def test_undoing_finds_that_a_note_was_deleted_meanwhile(keeper: User, colleague: User) -> None:
    contact = make_contact(keeper=keeper)
    note = make_note(contact)
    promise = make_promise(contact, note=note)
    handover = hand([contact], colleague)
    note.delete()
    undo(handover, by=keeper, at=NOW)
    promise.refresh_from_db()
    assert (promise.owner, promise.note) == (keeper, None)


def test_undoing_counts_what_was_said_meanwhile(keeper: User, colleague: User) -> None:
    contact = make_contact(keeper=keeper, circle="inner")
    make_note(contact, at=NOW - timedelta(days=50))
    handover = hand([contact], colleague)
    write_note(author=keeper, contacts=[contact], text="Met again", at=NOW, now=NOW)
    undo(handover, by=keeper, at=NOW)
    contact.refresh_from_db()
    due_on = contact.due_on
    contact.recount_touches()
    assert (contact.last_touch_at, contact.due_on) == (NOW, due_on)


def test_a_form_sent_again_after_handing_over_keeps_nothing_from_coming_back(
    keeper: User, colleague: User
) -> None:
    contact, key = make_contact(keeper=keeper), uuid4()
    promise = make_promise(contact, key=key)
    handover = hand([contact], colleague)
    again = make_promise(contact, owner=keeper, key=key)
    undo(handover, by=keeper, at=NOW)
    assert [*Promise.objects.owned_by(keeper).order_by("pk")] == [promise, again]


def test_undoing_works_once_and_within_thirty_days(keeper: User, colleague: User) -> None:
    handover = hand([make_contact(keeper=keeper)], colleague)
    with pytest.raises(HandoverError, match="thirty days"):
        undo(handover, by=keeper, at=NOW + timedelta(days=30))
    undo(handover, by=keeper, at=NOW)
    with pytest.raises(HandoverError, match="already"):
        undo(handover, by=keeper, at=NOW)


def test_undoing_needs_both_in_the_team(keeper: User, colleague: User) -> None:
    handover = hand([make_contact(keeper=keeper)], colleague)
    Member.objects.filter(user=keeper).delete()
    with pytest.raises(HandoverError, match="Invite them again"):
        undo(handover, by=colleague, at=NOW)


# --- Two hundred -----------------------------------------------------------------------------

# However many people: what each statement does, it does to all of them.
HANDING, UNDOING = 26, 29


def test_two_are_handed_over_in_as_many_queries_as_two_hundred(
    keeper: User, colleague: User
) -> None:
    contacts = [full_contact(keeper, f"Person {number}") for number in range(2)]
    with CaptureQueriesContext(connection) as queries:
        handover = hand(contacts, colleague)
    assert len(queries) == HANDING
    with CaptureQueriesContext(connection) as queries:
        undo(handover, by=keeper, at=NOW)
    assert len(queries) == UNDOING


def test_two_hundred_leave_no_orphan_and_no_private_word_and_come_back(
    keeper: User, colleague: User
) -> None:
    client = client_of(colleague)
    contacts = [full_contact(keeper, f"Person {number}") for number in range(20)]
    contacts += [plain_contact(keeper, f"Further {number}") for number in range(180)]
    index_contacts(contacts)
    before = stored()
    with CaptureQueriesContext(connection) as queries:
        handover = hand(contacts, colleague)
    assert len(queries) == HANDING
    owed = Promise.objects.open().values_list("sharing", "owner").distinct()
    assert set(owed) == {
        ("managers", colleague.pk),
        ("team", colleague.pk),
        ("private", keeper.pk),
    }
    assert Contact.objects.kept_by(colleague).count() == 200
    assert _pages_of(handover, client).count("privately") == 0
    with CaptureQueriesContext(connection) as queries:
        done = undo(handover, by=keeper, at=NOW)
    assert len(queries) == UNDOING
    assert (done.people, done.promises, done.left) == (200, 220, [])
    assert stored() == before


def _pages_of(handover: Handover, client: Client) -> str:
    """All pages of the packet, one after the other."""
    page, pages = "", []
    while True:
        html = client.get(f"{handover.get_absolute_url()}{page}").text
        pages.append(html)
        rest = re.search(r'hx-get="(\?after=\d+)"', html)
        if rest is None:
            break
        page = rest[1]
    assert len(pages) == 4
    assert "openly said" in pages[-1]
    return "".join(pages)
