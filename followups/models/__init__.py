"""Promises, and the reasons to reach out."""

from followups.models.answer import Answer
from followups.models.nudge import Nudge
from followups.models.promise import Promise, PromiseEvent

__all__ = ["Answer", "Nudge", "Promise", "PromiseEvent"]
