"""Two teams whose members keep, each, one of everything, with a canary in every field.

Team A: keeper and teammate (sellers), manager, owner, and one who was deactivated. Team B: the
stranger, who is its owner, and the foreigner, its manager. The teamless are in no team.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.test import Client
from django.utils import timezone

from contacts.models import Contact, Detail, Fact, ImportRecord, Note
from contacts.notes import edit_note, trash_note, write_note
from contacts.photos import set_photo
from contacts.searching import index_contacts
from contacts.trash import remove
from crm.accounts import vouch_for
from crm.looks import looked
from crm.models import Away, Heartbeat, Invitation, Member, Team, User
from crm.policy import Role
from followups import answering, scheduling
from followups.handing import hand_over
from followups.models import Delivery, InboundMail, Issue, Nudge, Promise
from tests.factories import (
    NOW,
    make_contact,
    make_detail,
    make_fact,
    make_job,
    make_life_event,
    make_promise,
    make_relative,
    make_tag,
)
from tests.visibility.canaries import RECEIVER, TEAM_OF, Audience, Aviary, Canary, paint

TODAY = NOW.date()
PASSWORD = "a-Long-one-6103"
A_YEAR_AGO = NOW - timedelta(days=365)

# Each has one of everything.
KEEPERS = ["keeper", "teammate", "manager", "stranger"]
SIGNED_IN = ["keeper", "teammate", "manager", "owner", "stranger", "foreigner", "teamless"]
SIGNED_OUT = ["anonymous", "deactivated", "password_changed", "logged_out"]
ROLES = SIGNED_IN + SIGNED_OUT
_MEMBERS = {
    "keeper": Role.SELLER,
    "teammate": Role.SELLER,
    "manager": Role.MANAGER,
    "owner": Role.OWNER,
    "deactivated": Role.SELLER,
    "stranger": Role.OWNER,
    "foreigner": Role.MANAGER,
}

NOBODY, OWN, COACHES, TEAM, HANDED = Audience
_SHARED_WITH = {"private": OWN, "managers": COACHES, "team": TEAM}
# Whose contact each writes about beside their own.
_COLLEAGUES = {"keeper": "teammate", "teammate": "keeper", "manager": "keeper"}
# Who offers whom a hand.
_HELPERS = {
    "keeper": "manager",
    "teammate": "manager",
    "manager": "owner",
    "stranger": "foreigner",
}

# To whom each could hand somebody over.
_HANDS_TO = {
    "keeper": "teammate",
    "teammate": "keeper",
    "manager": "keeper",
    "stranger": "foreigner",
}

type Things = dict[str, Any]


@dataclass(slots=True)
class World:
    """`users` and `clients` by role; `things` by whose they are and what they are called here."""

    aviary: Aviary = field(default_factory=Aviary)
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    things: dict[str, Things] = field(default_factory=dict)


def make_world() -> World:
    """All of it, seen by the scheduler and answered once, with a browser for every role."""
    world = World()
    teams = {name: Team.objects.create(name=name) for name in "AB"}
    for who in _MEMBERS:
        world.users[who] = _make_member(world, who, teams[TEAM_OF[who]])
    world.users["teamless"] = _make_user("Toni Teamless", "teamless@example.com")
    writers = [_Writer(world, who) for who in KEEPERS]
    for writer in writers:
        writer.keep()
    for writer in writers:
        writer.write_about_a_colleagues()
    for writer in writers:
        writer.answer()
        writer.be_helped()
    _Writer(world, "keeper").be_relieved()
    make_contact(keeper=world.users["foreigner"], name="Kept by a manager")
    for who, colleague in _HANDS_TO.items():
        world.things[who]["colleague"] = world.users[colleague]
    for who in ("keeper", "teammate", "foreigner"):
        world.things.setdefault(who, {})["member"] = world.users[who].member
    _Writer(world, "owner").lead(teams["A"])
    _Writer(world, "stranger").lead(teams["B"])
    for thing in [thing for things in world.things.values() for thing in things.values()]:
        if isinstance(thing, Model):
            thing.refresh_from_db()
    world.clients = _browsers(world.users)
    Heartbeat.beat(Heartbeat.TICK, timezone.now())
    return world


def _make_member(world: World, who: str, team: Team) -> User:
    name = world.aviary.add(Canary(who, "user", "name", Audience.TEAM))
    email = Canary(who, "user", "email", Audience.TEAM)
    world.aviary.add(email)
    user = _make_user(name, f"{email}@example.com")
    Member.objects.create(user=user, team=team, role=_MEMBERS[who])
    return user


def _make_user(name: str, email: str) -> User:
    user = User(name=name, email=email.lower(), time_zone="UTC")
    user.set_password("their-first-one-2210")
    user.save()
    vouch_for(user)
    return user


def _browsers(users: dict[str, User]) -> dict[str, Client]:
    """A browser for each role; those who are signed out have, but for one, been signed in."""
    clients = {role: Client(raise_request_exception=False) for role in ROLES}
    for role in ("logged_out", "password_changed"):
        clients[role].force_login(users["keeper"])
    keeper = users["keeper"]
    keeper.set_password(PASSWORD)
    keeper.save()
    for role in ("deactivated", *SIGNED_IN):
        clients[role].force_login(users[role])
    User.objects.filter(pk=users["deactivated"].pk).update(is_active=False)
    cookie = clients["logged_out"].cookies["sessionid"].value
    clients["logged_out"].logout()
    clients["logged_out"].cookies["sessionid"] = cookie
    return clients


class _Writer:
    """Fills somebody's book; `things` has what it made by the names that the table uses."""

    def __init__(self, world: World, who: str) -> None:
        self.world, self.who, self.user = world, who, world.users[who]
        self.things: Things = world.things.setdefault(who, {})

    def say(self, thing: str, field: str, audience: Audience = Audience.OWN) -> str:
        """A canary with its needle, to be written into `field` of `thing`."""
        return self.world.aviary.add(Canary(self.who, thing, field, audience))

    def say_in_one_word(self, thing: str, field: str, audience: Audience = Audience.OWN) -> str:
        """The same where no space may be: in addresses of mails and of the web."""
        return self.say(thing, field, audience).replace(" ", ".").lower()

    def keep(self) -> None:
        """A book in which every field of everything is filled."""
        contact = self._add_contact()
        self._add_details(contact)
        self._add_known(contact)
        self._add_notes(contact)
        self._add_promises(contact)
        self._add_issues(contact)
        self._add_the_rest(contact)
        index_contacts(Contact.objects.filter(keeper=self.user))

    def _add_contact(self) -> Contact:
        contact = make_contact(
            keeper=self.user,
            name=self.say("contact", "name", TEAM),
            nickname=self.say("contact", "nickname", TEAM),
            pronunciation=self.say("contact", "pronunciation", TEAM),
            title=self.say("contact", "title", TEAM),
            company=self.say("company", "name", TEAM),
            how_met=self.say("contact", "howmet"),
            customer_since=2003,
            circle="inner",
            created_at=A_YEAR_AGO,
        )
        company = contact.company
        company.website = f"https://{self.say_in_one_word('company', 'website', TEAM)}.example/"
        company.about = self.say("company", "about", TEAM)
        company.save()
        self.things |= {"contact": contact, "company": company}
        self.things["tag"] = make_tag(self.say("tag", "name"), author=self.user, contacts=[contact])
        photo = set_photo(contact, author=self.user, data=self.world.aviary.add_painted(self.who))
        self.things["photo"] = photo
        return contact

    def _add_details(self, contact: Contact) -> None:
        for kind in Detail.Kind:
            for label, audience in (("work", TEAM), ("other", TEAM), ("personal", OWN)):
                value = self.say_in_one_word(f"{label}{kind}", "value", audience)
                form = {"email": "{}@example.com", "url": "https://{}.example/"}.get(kind, "{}")
                detail = make_detail(contact, kind=kind, label=label, value=form.format(value))
                detail.use = self.say(f"{label}{kind}", "use", audience)[:60]
                detail.save()
                self.things[f"{label}_{kind}"] = detail

    def _add_known(self, contact: Contact) -> None:
        quiet = make_contact(keeper=self.user, name=self.say("quiet", "name", TEAM), circle="wide")
        self.things["quiet"] = quiet
        for kind in Fact.Kind:
            whom = quiet if kind == Fact.Kind.DO_NOT_MENTION else contact
            text = self.say("fact", kind.replace("_", ""))
            self.things[f"fact_{kind}"] = make_fact(whom, kind=kind, text=text)
        relative = make_relative(
            contact, name=self.say("relative", "name"), about=self.say("relative", "about")
        )
        self.things |= {
            "relative": relative,
            "birthday": make_life_event(contact, year=1961, month=TODAY.month, day=TODAY.day),
            "relatives_birthday": make_life_event(
                contact, year=2004, month=12, day=24, relative=relative
            ),
            "life_event": make_life_event(
                contact, kind="trip", title=self.say("event", "title"), year=2026, month=12
            ),
            "relatives_event": make_life_event(
                contact,
                kind="graduation",
                title=self.say("relativesevent", "title"),
                year=TODAY.year,
                month=TODAY.month,
                day=TODAY.day + 3,
                relative=relative,
            ),
            "sorrow": make_life_event(
                quiet,
                kind="bereavement",
                title=self.say("sorrow", "title"),
                year=TODAY.year,
                month=TODAY.month,
                day=1,
            ),
            "job": make_job(
                contact, company=self.say("job", "company"), title=self.say("job", "title")
            ),
        }

    def _add_notes(self, contact: Contact) -> None:
        things = self.things
        things["note_private"] = self._note(contact, thing="privatenote", audience=OWN)
        things["note_shared"] = self._note(contact, thing="sharednote", audience=TEAM)
        things["note_unveiled"] = self._note(contact, thing="unveilednote", audience=OWN)
        self._rewrite(things["note_unveiled"], "unveilednote", TEAM)
        things["note_rewritten"] = self._note(contact, thing="rewrittennote", audience=OWN)
        self._rewrite(things["note_rewritten"], "rewrittennote", audience=OWN)
        things["note_trashed"] = self._note(contact, thing="trashednote", audience=OWN)
        trash_note(things["note_trashed"], at=NOW)

    def _note(self, *contacts: Contact, thing: str = "", audience: Audience = OWN) -> Note:
        return write_note(
            author=self.user,
            contacts=contacts,
            text=self.say(thing, "text", audience),
            at=A_YEAR_AGO,
            now=A_YEAR_AGO,
            feeling="bad",
            private=audience is OWN,
        )

    def _rewrite(self, note: Note, thing: str, audience: Audience) -> None:
        edit_note(
            note,
            seen=note.version,
            contacts=list(note.contacts.all()),
            text=self.say(thing, "latertext", audience),
            at=note.at,
            now=NOW,
            channel=note.channel,
            feeling=note.feeling,
            private=audience is OWN,
            began="me",
        )

    def _add_promises(self, contact: Contact) -> None:
        for sharing, audience in _SHARED_WITH.items():
            promise = self._promise(contact, f"{sharing}promise", sharing, audience)
            comment = self.say(f"{sharing}promise", "movingcomment")
            promise.renegotiate(due_on=TODAY, told=True, by=self.user, at=NOW, comment=comment)
            before = self.say(f"{sharing}promise", "before")
            promise.events.create(kind="reworded", by=self.user, at=NOW, comment=before)
            self.things[f"promise_{sharing}"] = promise
        ended = self._promise(contact, "endedpromise", "managers", COACHES)
        ended.release(by=self.user, at=NOW, comment=self.say("endedpromise", "comment"))
        self.things["promise_ended"] = ended
        broken = self._promise(contact, "brokenpromise", "managers", COACHES)
        broken.break_(by=self.user, at=NOW, comment=self.say("brokenpromise", "comment"))
        said = self.say("brokenpromise", "context", COACHES)
        broken.add_context(said, by=self.user, at=NOW)
        self.things["promise_broken"] = broken
        owed = self._promise(contact, "owedpromise", "private", OWN, made_by="them")
        self.things["promise_owed"] = owed

    def _promise(
        self,
        contact: Contact,
        thing: str,
        sharing: str,
        audience: Audience,
        made_by: str = "me",
        **more: Any,
    ) -> Promise:
        return Promise.make(
            contact=contact,
            owner=self.user,
            text=self.say(thing, "text", audience),
            at=A_YEAR_AGO,
            made_by=made_by,
            due_on=TODAY,
            sharing=sharing,
            **more,
        )

    def _add_issues(self, contact: Contact) -> None:
        issue = self._issue("issue", contact=contact)
        self.things["issue_event"] = issue.events.first()
        before = self.say("issue", "before", TEAM)
        issue.events.create(kind="reworded", by=self.user, at=A_YEAR_AGO, comment=before)
        self._issue("companyissue", company=contact.company)
        self._promise(contact, "mending", "team", TEAM, issue=issue)
        settled = self._issue("settledissue", contact=contact)
        comment = self.say("settledissue", "comment", TEAM)
        settled.settle(by=self.user, at=NOW, feeling="bad", comment=comment)
        self.things |= {
            "issue": issue,
            "company_issue": contact.company.issues.get(),
            "settled_issue": settled,
        }

    def _issue(self, thing: str, audience: Audience = TEAM, **about: Any) -> Issue:
        return Issue.open(
            by=self.user,
            at=A_YEAR_AGO,
            text=self.say(thing, "text", audience),
            severity="grave",
            assignee=self.user,
            key=uuid4(),
            **about,
        )

    def _add_the_rest(self, contact: Contact) -> None:
        self.things["import"] = ImportRecord.objects.create(
            keeper=self.user,
            file_name=self.say("import", "filename"),
            format="vcard",
            at=NOW,
            read=1,
            failed=1,
            problems=[{"at": 3, "what": self.say("import", "problem")}],
        )
        self.things["away"] = Away.objects.create(
            user=self.user,
            starts_on=TODAY + timedelta(days=40),
            ends_on=TODAY + timedelta(days=44),
        )
        self.things["reply"] = InboundMail.objects.create(
            user=self.user,
            message_id="<1@example.com>",
            at=NOW,
            said_at=NOW,
            outcome=InboundMail.Outcome.NOBODY,
            words=self.say("reply", "words"),
        )
        self.things["delivery"] = Delivery.objects.create(
            user=self.user,
            local_date=TODAY,
            state=Delivery.State.REFUSED,
            due_at=NOW,
            made_at=NOW,
            ended_at=NOW,
            answer=self.say("delivery", "answer"),
        )
        self.things["fact_trashed"] = make_fact(contact, text=self.say("trashedfact", "text"))
        remove(self.things["fact_trashed"], at=NOW)
        trashed = make_contact(
            keeper=self.user,
            name=self.say("trashed", "name"),
            how_met=self.say("trashed", "howmet", NOBODY),
        )
        make_fact(trashed, text=self.say("trashed", "fact", NOBODY))
        self.things["trashed_issue"] = self._issue("trashedissue", NOBODY, contact=trashed)
        self.things["trashed"] = trashed
        remove(trashed, at=NOW)

    def write_about_a_colleagues(self) -> None:
        """On a contact that somebody else keeps: what one writes there is one's own, too."""
        colleague = _COLLEAGUES.get(self.who)
        if colleague is None:
            return
        whom = self.world.things[colleague]["contact"]
        self.things |= {
            "colleagues_contact": whom,
            "note_on_colleagues": self._note(whom, thing="noteoncolleagues", audience=OWN),
            "shared_on_colleagues": self._note(whom, thing="sharedoncolleagues", audience=TEAM),
            "promise_on_colleagues": self._promise(whom, "oncolleagues", "private", OWN),
        }

    def answer(self) -> None:
        """Have the scheduler come by, and answer for somebody."""
        answered = make_contact(
            keeper=self.user,
            name=self.say("answered", "name", TEAM),
            circle="inner",
            created_at=A_YEAR_AGO,
        )
        index_contacts([answered])
        scheduling.sweep_keeper(self.user, today=TODAY, now=NOW)
        answer = answering.done(keeper=self.user, contact=answered, today=TODAY, at=NOW)
        scheduling.sweep_keeper(self.user, today=TODAY, now=NOW)
        assert not Nudge.objects.filter(keeper=self.user, contact=answered, state="open").exists()
        self.things |= {"answered": answered, "answer": answer}

    def be_relieved(self) -> None:
        """Somebody of whom one knows all sorts of things is handed to the teammate by the owner."""
        receiver = _Writer(self.world, RECEIVER)
        handed = make_contact(
            keeper=self.user,
            name=receiver.say("handed", "name", TEAM),
            how_met=self.say("handed", "howmet"),
            circle="close",
        )
        number = self.say_in_one_word("handed", "phone")
        make_detail(handed, kind="phone", label="personal", value=number)
        make_tag(self.say("handed", "tag"), author=self.user, contacts=[handed])
        make_fact(handed, text=self.say("handed", "fact"))
        relative = make_relative(handed, name=self.say("handed", "relative"))
        make_life_event(
            handed, kind="trip", title=self.say("handed", "event"), year=2027, relative=relative
        )
        make_job(handed, company=self.say("handed", "job"))
        set_photo(handed, author=self.user, data=paint(self.who))
        index_contacts([handed])
        self._note(handed, thing="handednote", audience=OWN)
        self._note(handed, thing="handedshared", audience=TEAM)
        self._promise(handed, "handedprivate", "private", OWN)
        # It is owed by the teammate from now on.
        text = receiver.say("handedpromise", "text", COACHES)
        make_promise(handed, text=text, due_on=TODAY)
        scheduling.sweep_keeper(self.user, today=TODAY, now=NOW)
        owner = self.world.users["owner"]
        handover = hand_over(
            contact_ids=[handed.pk],
            keeper=User.objects.select_related("member__team").get(pk=self.user.pk),
            to=User.objects.select_related("member__team").get(pk=receiver.user.pk),
            by=owner,
            at=NOW,
            introduction=_Writer(self.world, "owner").say("handover", "introduction", HANDED),
        )
        self.things |= {"handed": handed, "handover": handover}
        scheduling.sweep_keeper(receiver.user, today=TODAY, now=NOW)
        looked(viewer=owner, whose_id=self.user.pk, thing=f"contact:{handed.pk}", now=NOW)

    def be_helped(self) -> None:
        """Somebody who coaches offers a hand; `taker` could owe what this one owes."""
        users = self.world.users
        said = self.say("brokenpromise", "help", COACHES)
        helper, broken = users[_HELPERS[self.who]], self.things["promise_broken"]
        broken.offer_help(said, by=helper, at=NOW)
        self.things["taker"] = users[_COLLEAGUES.get(self.who, "foreigner")].member

    def lead(self, team: Team) -> None:
        """Name the team, and invite somebody."""
        team.name = self.say("team", "name", TEAM)
        team.save()
        invitation = Invitation.objects.create(
            team=team,
            email=f"{self.say_in_one_word('invitation', 'email', TEAM)}@example.com",
            token=self.say("invitation", "token", NOBODY).replace(" ", "-"),
            invited_by=self.user,
            sent_at=NOW,
        )
        self.things |= {"invitation": invitation, "token": invitation.token}
