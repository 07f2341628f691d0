"""Every address of Kept, and to whom it answers what.

One line each: `"name": [Row(…)]`. A name of the resolver that is missing here fails the walk, and
so does one here that has no address any more. What a page may hold is not said here: the canaries
know who may hear them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Who(Enum):
    """Those to whom an address answers; to everybody else its object does not exist (404)."""

    ANYBODY = "also those who have not logged in"
    MEMBERS = "whoever has logged in"
    OWNERS = "owners of the team of whose thing it is"
    TEAM = "the team of whose thing it is"
    COACHES = "whose thing it is, and the managers and owners of their team"
    HELPERS = "the managers and owners of the team of whose thing it is, but not they themselves"
    COACHING = "managers and owners, of whatever team"
    OWN = "whose thing it is"
    NOBODY = "nobody"
    LEADERS = "managers and owners of the team of whose thing it is"
    PARTIES = "those between whom somebody was handed over, and the owner"
    GIVERS = "whose thing it was, and owners of their team"
    RECEIVER = "to whom somebody was handed over"


ANYBODY, MEMBERS, OWNERS, TEAM, COACHES, HELPERS, COACHING, OWN, NOBODY = list(Who)[:9]
LEADERS, PARTIES, GIVERS, RECEIVER = list(Who)[9:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One address, or one kind of object at it.

    `args` name things of `world.things`, a word after "=" stands for itself. `whole` get all of
    the page, `card` the page with nothing on it that is private. `get` and `post` are the statuses
    of the answers, None for a method that is refused (405); `other` has further methods, which
    allauth's views know, `signed_out` what differs for those who are. In `queries` and `data`
    `{thing}` is the key of the thing of whoever's turn it is, `{thing.version}` a column of it.
    """

    args: tuple[str, ...] = ()
    whole: Who = MEMBERS
    card: Who | None = None
    get: int | None = 200
    post: int | None = None
    data: Mapping[str, str | list[str]] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    other: Mapping[str, int] = field(default_factory=dict)
    signed_out: Mapping[str, int] = field(default_factory=dict)


def page(*queries: str, **more: Any) -> Row:
    """A page that is everybody's own, to look at."""
    return Row(queries=queries, **more)


def own(*args: str, **more: Any) -> Row:
    """A page about one's own thing, with a form (an empty one is refused)."""
    return Row(args=args, **{"whole": OWN, "post": 303} | more)


def act(*args: str, **more: Any) -> Row:
    """Something to do with one's own thing: nothing to look at."""
    return Row(args=args, **{"whole": OWN, "get": None, "post": 303} | more)


def look(*args: str, **more: Any) -> Row:
    """A page about one's own thing, only to look at."""
    return Row(args=args, **{"whole": OWN} | more)


def piece(slug: str, thing: str, **data: str) -> Row:
    """The form of a piece of what is known of a contact, in place."""
    data |= {"version": f"{{{thing}.version}}"}
    return own("contact", f"={slug}", thing, data=data)


def no_page(**more: Any) -> Row:
    """Something that whoever has logged in may send."""
    return Row(**{"get": None, "post": 303} | more)


def open_to_all(**more: Any) -> Row:
    return Row(whole=ANYBODY, **more)


ALWAYS_302: dict[str, Any] = {
    "get": 302,
    "post": 302,
    "other": {"PUT": 302, "PATCH": 302, "DELETE": 302, "OPTIONS": 302},
}


def entrance() -> Row:
    """A form of allauth's for those who are not in; who is goes on to Today."""
    asked = {"GET": 200, "HEAD": 200, "OPTIONS": 200}
    return open_to_all(
        **ALWAYS_302, signed_out=asked | {"POST": 422, "PUT": 422, "PATCH": 405, "DELETE": 405}
    )


A_NOTE = {"people": ["{contact}"], "text": "Hello.", "channel": "call", "reader": "only-me"}
A_PROMISE = {"contact": "{contact}", "made_by": "me", "text": "Call back", "sharing": "private"}
A_STEP = {"apology-ticked": "on", "apology-text": "Say sorry", "apology-due_on": "tomorrow"}
OPEN_PROMISES = ("promise_private", "promise_managers", "promise_team")

# --- People ----------------------------------------------------------------------------------

PEOPLE = {
    "contacts:list": [
        page(
            *("q=cnry&sort=silence", "q=cnry&whose=team", "birthday=this"),
            "whose=team&circle=inner&spoken=never&birthday=11&sort=silence",
            *("company={company}", "company={company}&whose=team"),
            *("tag={tag}", "tag={tag}&whose=team"),
        )
    ],
    "contacts:grouping": [
        no_page(data={"contact": ["{contact}"], "circle": "wide", "add_tag": "{tag.name}"}),
        no_page(data={"contact": ["{contact}", "{quiet}"], "remove_tag": "{tag}"}),
    ],
    "contacts:grouping_undoing": [no_page(args=("=none",))],
    "contacts:search": [page("q=cnry")],
    "contacts:suggestions": [page("people_named=cnry", "name=contact&contact_named=cnry")],
    "contacts:companies": [page("q=cnry")],
    "contacts:company": [Row(args=("company",), whole=TEAM)],
    "contacts:company_edit": [
        own("company", whole=TEAM, data={"name": "Quay", "version": "{company.version}"})
    ],
    "contacts:company_names": [page("company=cnry")],
    "contacts:team_names": [page("text=red")],
}

# --- A person --------------------------------------------------------------------------------

PERSON = {
    "contacts:new": [page(post=303, data={"name": "Anna", "company": "{company.name}"})],
    "contacts:twins": [page("name=cnry", "email={personal_email.value}")],
    "contacts:detail": [
        look("contact", card=TEAM, queries=("twin={contact}", "before=2026-01-01T00:00%2B00:00_9")),
        look("quiet", card=TEAM),
        look("answered", card=TEAM),
        look("colleagues_contact", whole=TEAM),
        look("trashed", get=404),
        look("handed", whole=TEAM),
    ],
    "contacts:brief": [
        *(look("contact", card=TEAM), look("quiet", card=TEAM)),
        look("handed", whole=TEAM),
    ],
    "contacts:card": [
        own(
            "contact",
            data={"name": "Anna", "company": "{company.name}", "version": "{contact.version}"},
        )
    ],
    "contacts:circle": [own("contact", data={"circle": "wide", "version": "{contact.version}"})],
    "contacts:story": [own("contact", data={"how_met": "At sea.", "version": "{contact.version}"})],
    "contacts:contact_tags": [
        own("contact", data={"names": "golf, {tag.name}", "version": "{contact.version}"})
    ],
    "contacts:photo": [own("contact", data={"focus_x": "0.2", "focus_y": "0.3"})],
    "contacts:face": [
        *(look("contact", f"={size}") for size in ("small", "large", "whole")),
        look("handed", "=small"),
    ],
    "contacts:piece_new": [
        own("contact", "=details", data={"kind": "phone", "value": "555 1", "label": "work"}),
        own("quiet", "=birthdays", data={"when": "3 May 1971"}),
        own(
            *("contact", "=life-events"),
            data={"kind": "trip", "when": "June 2027", "relative": "{relative}"},
        ),
        own("contact", "=relatives", data={"relation": "son", "name": "Ben"}),
        own("contact", "=facts", data={"kind": "interest", "text": "chess"}),
        own("contact", "=jobs", data={"company": "Quay"}),
    ],
    "contacts:piece": [
        piece("details", "personal_phone", kind="phone", value="555 1234", label="personal"),
        piece("birthdays", "birthday", when="3 May 1971"),
        piece("life-events", "life_event", kind="trip", when="June 2027"),
        piece(
            "life-events", "relatives_event", kind="exam", when="May 2027", relative="{relative}"
        ),
        piece("relatives", "relative", relation="son", name="Ben"),
        piece("facts", "fact_interest", kind="interest", text="chess"),
        piece("jobs", "job", company="Quay"),
    ],
}

# --- Trash -----------------------------------------------------------------------------------

TRASH = {
    "contacts:trash": [page("after=2026-11-18T15%3A00%3A00%2B00%3A00_notes_9")],
    "contacts:removal": [
        act("=companies", "company", whole=TEAM),
        act("=contacts", "contact"),
        *(
            act(f"={kind}", thing)
            for kind, thing in {
                "details": "personal_email",
                "facts": "fact_need",
                "jobs": "job",
                "life-events": "life_event",
                "notes": "note_shared",
                "photos": "photo",
                "relatives": "relative",
            }.items()
        ),
    ],
    "contacts:restoration": [
        act("=contacts", "trashed"),
        act("=facts", "fact_trashed"),
        act("=notes", "note_trashed"),
        act("=facts", "fact_interest", post=404),
    ],
}

# --- Today, notes, promises ------------------------------------------------------------------

FOLLOWUPS = {
    "followups:today": [page("just={answer}")],
    "followups:why": [look("contact"), look("quiet")],
    "followups:done": [act("contact")],
    "followups:talked": [act("contact")],
    "followups:skipping": [act("contact")],
    "followups:snoozing": [act("contact", data={"on": "tomorrow"})],
    "followups:next": [act("answer", data={"on": "tomorrow"})],
    "followups:answer_undoing": [act("answer")],
    "followups:calendar": [page("show=list", "month=2026-12")],
    "followups:note_new": [
        page(
            *("people={contact}", "contact={contact}", "people={trashed}"),
            post=303,
            data=A_NOTE,
        )
    ],
    "followups:note_edit": [
        own(note, data=A_NOTE | {"version": f"{{{note}.version}}"})
        for note in ("note_private", "note_shared", "note_unveiled")
    ],
    "followups:note_history": [
        look(note) for note in ("note_private", "note_shared", "note_unveiled", "note_rewritten")
    ],
    "followups:note_removal": [act("note_private"), act("note_shared")],
    "followups:note_undoing": [act("note_private"), act("note_shared")],
    "followups:note_return": [act("note_trashed"), act("note_shared")],
    "followups:promises": [page("show=theirs", "show=ended", "show=ended&after=2027-01-01_9")],
    "followups:promise_new": [page("contact={contact}", post=303, data=A_PROMISE)],
    "followups:promise": [
        look("promise_private"),
        look("promise_managers", whole=COACHES),
        look("promise_team", whole=TEAM),
        look("promise_ended", whole=COACHES),
        look("promise_broken", whole=COACHES),
        look("promise_owed"),
    ],
    "followups:promise_keeping": [act(promise) for promise in OPEN_PROMISES],
    "followups:promise_reopening": [act("promise_ended"), act("promise_team")],
    "followups:promise_wording": [
        own("promise_team", data={"text": "Call them", "sharing": "private"})
    ],
    "followups:promise_moving": [own("promise_team", data={"due_on": "Friday", "told": "yes"})],
    "followups:promise_ending": [own("promise_team", data={"how": "broken"})],
}

# --- Issues ----------------------------------------------------------------------------------

AN_ISSUE = {"contact": "{contact}", "text": "It broke.", "severity": "grave", "assignee": ""}
OF_THE_TEAM = {"whole": TEAM}
ISSUES = {
    "followups:issues": [
        page("show=mine", "show=settled", "show=settled&after=2027-01-01T00:00%2B00:00_9")
    ],
    "followups:issue_new": [
        page(
            *("contact={contact}", "contact={trashed}", "company={company}"),
            post=303,
            data=AN_ISSUE,
        )
    ],
    "followups:issue": [
        look("issue", **OF_THE_TEAM),
        look("company_issue", **OF_THE_TEAM),
        look("settled_issue", **OF_THE_TEAM),
        look("trashed_issue", get=404),
    ],
    "followups:issue_change": [
        own(
            "issue",
            **OF_THE_TEAM,
            data={"text": "It broke.", "severity": "grave", "version": "{issue.version}"},
        )
    ],
    "followups:issue_answer": [act("issue", **OF_THE_TEAM)],
    "followups:issue_assignee": [act("issue", **OF_THE_TEAM, data={"assignee": ""})],
    "followups:issue_mending": [
        own("issue", **OF_THE_TEAM, data=A_STEP),
        own("company_issue", **OF_THE_TEAM, data=A_STEP),
    ],
    "followups:issue_settling": [
        own("issue", **OF_THE_TEAM, data={"feeling": "good"}),
        own("company_issue", **OF_THE_TEAM, data={"feeling": "bad"}),
    ],
    "followups:issue_reopening": [act("settled_issue", **OF_THE_TEAM)],
    "followups:issue_undoing": [act("issue_event", **OF_THE_TEAM)],
}

# --- Handing over ----------------------------------------------------------------------------

HANDING = {
    "followups:handovers": [page()],
    "followups:handover_new": [
        page(
            *("contact={contact}", "contact={handed}", "book={colleague}"),
            post=303,
            data={"contact": ["{contact}"], "to": "{colleague}", "introduction": "Hello."},
        )
    ],
    "followups:handover": [look("handover", whole=PARTIES, queries=("after=0",))],
    "followups:handover_looking": [act("handover", whole=RECEIVER)],
    "followups:handover_introduction": [act("handover", "handed", whole=RECEIVER)],
    "followups:handover_undoing": [act("handover", whole=GIVERS)],
    # Leaving or removing somebody needs a word on who takes over.
    "followups:leaving": [page(post=422)],
    "followups:member_removal": [own("member", whole=OWNERS, post=422)],
    "followups:looks": [page()],
}

# --- Follow-through --------------------------------------------------------------------------

FOLLOW_THROUGH = {
    "followups:follow_through": [
        page(
            *("period=year", "period=own&first=2025-01-01", "who={member}"),
            "period=quarter&who={member}",
        )
    ],
    "followups:follow_through_table": [page("period=year&who={member}")],
    "followups:follow_through_list": [
        page(f"period=own&first=2025-01-01{who}", args=(f"={slug}",))
        for slug in (
            *("word", "word-kept", "word-not", "open", "overdue", "late", "moved", "broken"),
            *("released", "cadence", "loyal", "occasions"),
        )
        for who in ("", "&who={member}")
    ],
    "followups:promise_context": [own("promise_broken", data={"text": "We were closed"})],
    "followups:promise_help": [
        own("promise_broken", whole=HELPERS, data={"text": "Can I help?"}),
        # Not missed: whoever may help is led back to it.
        own("promise_team", whole=HELPERS, get=302, post=302, data={"text": "Can I help?"}),
        own("promise_private", whole=NOBODY),
    ],
    "followups:promise_taking": [own("promise_team", whole=HELPERS, data={"to": "{taker}"})],
}

# --- The morning mail ------------------------------------------------------------------------

# What a link that Kept wrote lets anybody do, test_mail_pages.py tells.
MAIL = {
    "followups:digest": [page()],
    "followups:digest_html": [page()],
    "followups:weekly_html": [Row(whole=COACHING)],
    "followups:digest_settings": [no_page(data={"digest_wanted": "on", "digest_when_empty": "on"})],
    "followups:digest_sending": [no_page()],
    "followups:digest_resumption": [no_page()],
    "followups:fired": [page()],
    "followups:fired_on": [page(args=("=2026-11-17",))],
    "followups:mail_act": [open_to_all(args=("=done", "=none"), get=404, post=404)],
    "followups:inbound": [open_to_all(args=("=none",), get=None, post=404)],
    "followups:replies": [page()],
    "followups:reply": [own("reply", data=A_NOTE)],
    "followups:reply_removal": [act("reply")],
    "followups:reply_return": [act("reply")],
    "followups:mail_off": [open_to_all(args=("=none",), get=404, post=404)],
}

# --- In and out ------------------------------------------------------------------------------

EXCHANGE = {
    "contacts:import": [page(post=422)],
    "contacts:import_result": [look("import")],
    "contacts:export": [page()],
    "contacts:export_file": [
        page(args=("=kept.json",)),
        page(args=("=kept.vcf",)),
        page(args=("=kept-3.vcf",)),
    ],
    "contacts:vcard": [look("contact", card=TEAM), look("trashed", get=404)],
}

# --- Settings and team -----------------------------------------------------------------------

SETTINGS = {
    "settings": [page()],
    "settings_me": [
        no_page(data={"name": "Ada", "time_zone": "Europe/Zurich", "day_first": "True"})
    ],
    "settings_days": [
        no_page(data={"people_a_day": "5", "working_days": ["1", "2"], "digest_at": "08:00"})
    ],
    "settings_look": [no_page(data={"theme": "dark", "keys_on": "on"})],
    "settings_away": [no_page(data={"starts_on": "2027-02-01", "ends_on": "2027-02-03"})],
    "settings_away_removal": [act("away")],
    "settings_away_return": [no_page(args=("=2027-03-01", "=2027-03-02"))],
    "settings_log_out": [no_page(post=302)],
}
TEAM_PAGES = {
    "team": [page()],
    "team_name": [act(whole=OWNERS, data={"name": "Quay"})],
    "team_invitations": [
        act(whole=OWNERS, data={"email": "somebody@example.com", "role": "seller"})
    ],
    "team_invitation_return": [act(whole=OWNERS, post=404)],
    "team_invitation_sending": [act("invitation", whole=OWNERS)],
    "team_invitation_withdrawal": [act("invitation", whole=OWNERS)],
    "team_role": [act("member", whole=OWNERS, data={"role": "owner"})],
    "team_role_return": [act("member", "=manager", whole=OWNERS)],
    "view_as": [
        act("=seller", whole=LEADERS),
        act("=manager", whole=OWNERS),
        act("=owner", whole=OWNERS, post=404),
    ],
    "view_as_stop": [no_page()],
    "invitation": [open_to_all(args=("token",), get=302), open_to_all(args=("=none",), get=302)],
    "followups:invitation": [open_to_all(get=404, post=404, signed_out={"POST": 302})],
}

# --- Log-in: allauth's pages, which take PUT for POST and say what they take ------------------

SAYS = {"OPTIONS": 200}
ACCOUNT = {
    "account_login": [entrance()],
    "account_signup": [entrance()],
    "account_confirm_login_code": [open_to_all(**ALWAYS_302)],
    "account_logout": [open_to_all(post=302, other=SAYS, signed_out={"GET": 302, "HEAD": 302})],
    "account_inactive": [open_to_all(other=SAYS)],
    "account_reauthenticate": [page(post=422, other=SAYS | {"PUT": 422})],
    "account_email": [page(post=302, other=SAYS | {"PUT": 302})],
    "account_email_verification_sent": [open_to_all(other=SAYS)],
    "account_confirm_email": [open_to_all(args=("=none",), post=404, other=SAYS)],
    "account_change_password": [page(post=422, other=SAYS | {"PUT": 422})],
    "account_set_password": [page(**ALWAYS_302)],
    "account_reset_password": [open_to_all(post=422, other=SAYS | {"PUT": 422})],
    "account_reset_password_done": [open_to_all(other=SAYS)],
    "account_reset_password_from_key": [
        open_to_all(
            args=("=1", "=none"),
            post=422,
            other=SAYS | {"PUT": 422, "PATCH": 200, "DELETE": 200},
        )
    ],
    "account_reset_password_from_key_done": [open_to_all(other=SAYS)],
    "usersessions_list": [page(post=302, other=SAYS | {"PUT": 302})],
}

# --- The installation ------------------------------------------------------------------------

HEALTH = {"healthz": [open_to_all()], "readyz": [open_to_all()]}

TABLE = PEOPLE | PERSON | TRASH | FOLLOWUPS | FOLLOW_THROUGH | ISSUES | HANDING | MAIL | EXCHANGE
TABLE |= SETTINGS | TEAM_PAGES | ACCOUNT | HEALTH
