"""Promises, issues, the reasons to reach out, and the mails that tell of them."""

from followups.models.answer import Answer
from followups.models.delivery import Delivery
from followups.models.handover import HandedContact, HandedPromise, Handover
from followups.models.inbound_mail import InboundMail
from followups.models.issue import Issue
from followups.models.issue_event import IssueEvent
from followups.models.nudge import Nudge
from followups.models.press import Press
from followups.models.promise import Promise
from followups.models.promise_event import PromiseEvent

__all__ = [
    "Answer",
    "Delivery",
    "HandedContact",
    "HandedPromise",
    "Handover",
    "InboundMail",
    "Issue",
    "IssueEvent",
    "Nudge",
    "Press",
    "Promise",
    "PromiseEvent",
]
