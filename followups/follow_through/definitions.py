"""What each figure means, in words: the page prints them beside it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in words: what it means, what would help, and how exactly it is counted."""

    slug: str
    title: str
    means: str
    helps: str
    defined: str


FIGURES = {
    figure.slug: figure
    for figure in [
        Figure(
            "word",
            "Kept on time",
            "How many of the promises that came due were kept by the day they had been told.",
            "When a date will not hold, tell them before it comes, and move it together.",
            "Of the promises with a date that were due in the period, those kept by the day the "
            "other side had been told. Moved without telling them, or told only after the day had "
            "passed, a promise goes by the date they knew. Open and overdue counts as not kept; so "
            "does one released after its day. One released in time is left out, and so is one that "
            "was kept on the very day it was written down: a night is what makes it one to "
            "remember. One that ended unkept and was made again in the same words within 90 days "
            "counts once, as not kept. Done in the queue keeps no promise.",
        ),
        Figure(
            "open",
            "Open promises",
            "What is still owed, by how long ago it was promised.",
            "Start with the oldest: keep it, tell them of another date, or let it go with a word.",
            "Everything promised and not ended yet, today, whatever the period; overdue is what "
            "the other side expected before today. People in the trash are left out.",
        ),
        Figure(
            "late",
            "How late",
            "Of the promises that were kept after all, how long they waited.",
            "A day late with a call beforehand is forgotten; a week of silence is not.",
            "Promises that count under “Kept on time”, were due in the period and were kept later, "
            "by the days between the date they knew and the day it was done.",
        ),
        Figure(
            "moved",
            "Moved in time, or broken",
            "How often a new date was agreed before the old one passed, against promises given up.",
            "A word in time costs little. Ask what stood in the way of the broken ones.",
            "Moved: how often, of the promises due in the period, the date had been moved and they "
            "were told before the day they reckoned with had passed. Broken: promises ended in the "
            "period as not kept. Released: those ended because they were no longer wanted.",
        ),
        Figure(
            "occasions",
            "Occasions",
            "Birthdays, graduations and the like that were answered, and those that went by.",
            "A late word is welcome, too. Fewer people a day may leave more room for these.",
            "Occasions that fell in the period and came up on somebody’s Today: marked if they "
            "said “done”, missed if nobody answered until it was over. Left out on purpose, or "
            "still waiting, counts as neither.",
        ),
        Figure(
            "cadence",
            "Within their cadence",
            "How many people were spoken to as recently as was meant for them.",
            "If a whole circle lags, its cadence may be wishful: make it longer, or smaller.",
            "People on a cadence, today: within it if the last touch (a note of a call, a meeting, "
            "a mail and so on) is no longer ago than their cadence; somebody never spoken to, "
            "until the day Kept first asks. “Done” without a touch does not count. The dead are "
            "left out.",
        ),
        Figure(
            "loyal",
            "Loyal and unheard of",
            "Customers of two years and more with whom nobody has spoken for half a year.",
            "They never complain, and so nobody calls. One call each, with no reason at all.",
            "Customers for at least two years, today, whose last touch by their keeper is more "
            "than 180 days ago, or who have been in the book for as long without one. The dead "
            "are left out.",
        ),
        Figure(
            "issues",
            "Issues",
            "What went wrong for somebody, and how long it took to put it right.",
            "Answer on the first day, even without a remedy; then promise one with a date.",
            "Issues open today, of them those opened more than a week ago; and those settled in "
            "the period, by the time from when they were opened. They count for who is on them, "
            "or, while nobody is, for who opened them. What belongs to somebody in the trash is "
            "left out.",
        ),
        Figure(
            "answers",
            "Answered within a day",
            "Of those who got in touch by themselves, how many had their answer within a day.",
            "Two lines today are worth more than two pages next week: say when the rest will come.",
            "Notes, in the period, of which their author said that the other side got in touch. "
            "One of a call or a meeting was answered there and then; one that says “and I "
            "answered”, by the time that was written down; any other by its author’s next word to "
            "them. Who has waited for more than a day without one counts as not answered, while "
            "the author keeps them.",
        ),
    ]
}
