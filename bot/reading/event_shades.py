"""The shades of a trigger: did it happen, is it planned, doubted, denied; and is it news or background."""

from collections.abc import Sequence
from datetime import date

from bot.model import Status, TimeClass
from bot.reading.event_dates import DateExpression
from bot.reading.event_lexicon import Form, Roles, Trigger
from bot.reading.event_roles import first_of_series
from bot.reading.event_scene import CLAUSE_ENDS, PREPOSITIONS, RELATIVES, SUBORDINATORS, Party, Scene, Words
from bot.reading.event_words import word_set

_WILL = frozenset(["will", "'ll", "’ll", "shall"])
_DOUBT, _DENIALS, _PLANS, REPORTS, _BE = (word_set(name) for name in ("doubt", "denials", "plans", "reports", "be"))
_OPEN_BASE, _OPEN_GERUND = frozenset(["to", "can"]), frozenset(["of", "from"])
"""What stands before a form that tells of nothing done: "asked to", "the idea of", "banned from"."""
_GIVEN = frozenset(["the", "this", "these", "his", "her", "their", "its", "'s", "’s"])
_TOWARDS = frozenset(["toward", "towards", "ahead"])
_AHEAD = frozenset(["coming", "next", "upcoming", "later"])
"""What stands after a noun whose time has not come: "a meeting in the coming weeks"."""
_CONDITIONS = frozenset(["if", "unless", "whether"])
HAVE = frozenset(["has", "have"])
LEAD = 3
"""Paragraphs at the top that tell the news in whatever tense."""
_CANCELLED, _LONG_AGO = word_set("cancelled"), word_set("long ago")
_LONG = 30
"""Words that a condition reaches in its clause."""
_NEAR = 6
"""How many words around a trigger may say that it happened long ago."""
_FAR, OPENING = 110, 25
"""How many characters from a trigger its date may stand, and how far from the sentence's beginning."""
_NEWS_DAYS, RECENT_DAYS = 4, 60
"""How many days before publication a thing is still news, and still recent."""
_STRETCH = 10
"""What happened some time in so many days or more that are over ("in April", told in May) is not news of the last one."""


def status_of(scene: Scene, trigger: Trigger, reported: bool) -> Status:
    """What the words before a trigger make of it. ``reported``: it stands in what somebody said."""
    before = _clause_before(scene.words, first_of_series(scene.words, trigger))
    near = before[-4:]
    if trigger.sense.noun:
        return _noun_status(before, _phrase_after(scene.words, trigger.end))
    if not _DENIALS.isdisjoint(near) or "no" in scene.words[trigger.start : trigger.end]:
        return Status.NEGATED
    if trigger.form is Form.BASE and _single_before(scene, trigger):
        return Status.HYPOTHETICAL
    if _is_conditional(_clause_before(scene.words, trigger.start, _LONG)) or near[-2:] == ["able", "to"]:
        return Status.HYPOTHETICAL
    if not _WILL.isdisjoint(near):
        return Status.PLANNED
    if "would" in near:
        planned = reported or not REPORTS.isdisjoint(scene.words[: trigger.start])
        return Status.PLANNED if planned and "if" not in scene.words else Status.HYPOTHETICAL
    if trigger.form in (Form.BASE, Form.GERUND) and not _PLANS.isdisjoint(before[-6:]):
        return Status.PLANNED
    if near and near[-1] in (_OPEN_BASE if trigger.form is Form.BASE else _OPEN_GERUND if trigger.form is Form.GERUND else ()):
        return Status.HYPOTHETICAL
    if not _DOUBT.isdisjoint(near if trigger.form is Form.BASE else near[-2:]):
        return Status.HYPOTHETICAL
    return Status.HAPPENED


def _is_conditional(before: Words) -> bool:
    """Behind "if", but not behind "even if"."""
    return any(word in _CONDITIONS and before[max(0, i - 1) : i] != ["even"] for i, word in enumerate(before))


def _single_before(scene: Scene, trigger: Trigger) -> bool:
    """A base form right after one actor is what is asked of it: "demands Norland withdraw"."""
    party = scene.ends.get(trigger.start - 1)
    return party is not None and len(party.actors) == 1


def _noun_status(clause: Words, after: Words) -> Status:
    before = clause[-3:]
    if not _CANCELLED.isdisjoint(before) or not _CANCELLED.isdisjoint(after):
        return Status.CANCELLED
    if "no" in before or "without" in before:
        return Status.NEGATED
    if not _PLANS.isdisjoint(before) or "plans" in clause or not _TOWARDS.isdisjoint(before) or not _AHEAD.isdisjoint(after):
        return Status.PLANNED
    return Status.HYPOTHETICAL if not _DOUBT.isdisjoint(before) else Status.HAPPENED


def _phrase_after(words: Words, position: int) -> Words:
    """A noun's own words after it: at most so many, up to the next clause or comma."""
    end = min(position + _NEAR, len(words))
    ends = (i for i in range(position, end) if words[i] in CLAUSE_ENDS or words[i] in RELATIVES or words[i] == ",")
    return words[position : next(ends, end)]


def _clause_before(words: Words, position: int, most: int = 12) -> Words:
    """The words of the same clause before ``position``, at most so many."""
    start = position
    while (
        start > max(0, position - most)
        and words[start - 1] not in CLAUSE_ENDS
        and words[start - 1] not in ("that", "which", "who")
    ):
        start -= 1
    return words[start:position]


def nearest_date(dates: Sequence[DateExpression], sentence: int, offset: int) -> DateExpression | None:
    """Of a sentence's dates the one that stands nearest to a code point: not far off, or where the sentence begins."""
    near = (d for d in dates if abs(d.start - offset) <= _FAR or d.start - sentence <= OPENING)
    return min(near, key=lambda d: abs(d.start - offset), default=None)


def time_class(words: Words, trigger: Trigger, found: DateExpression | None, published_on: date | None) -> TimeClass | None:
    """News, recent or background by a date, else by words such as "long"; ``None`` where nothing tells. A "long-held demand" is
    old, whenever it is dropped."""
    if not _LONG_AGO.isdisjoint(words[max(0, trigger.start - 2) : trigger.start]):
        return TimeClass.BACKGROUND
    if found and published_on:
        age = (published_on - found.until).days
        if age > RECENT_DAYS:
            return TimeClass.BACKGROUND
        over = age > 0 and (found.until - found.on).days >= _STRETCH
        return TimeClass.RECENT if age > _NEWS_DAYS or over else TimeClass.NEWS
    around = words[max(0, trigger.start - _NEAR) : trigger.end + _NEAR]
    told = (word for i, word in enumerate(around) if around[max(0, i - 1) : i] != ["at"])
    return None if _LONG_AGO.isdisjoint(told) else TimeClass.BACKGROUND


def time_by_tense(scene: Scene, trigger: Trigger, source: Party | None, reported: bool) -> TimeClass | None:
    """Undated: what "has happened" is recent, as is what news comes "after"; what "had happened" lies further back
    unless somebody reports it, as does what a relative clause reminds of."""
    if trigger.sense.noun:
        return TimeClass.RECENT if scene.words[trigger.start - 1 : trigger.start] == ["in"] else None
    if _is_ongoing(scene.words, trigger):
        return TimeClass.RECENT
    if _is_recalled(scene.words[: trigger.start]):
        return TimeClass.BACKGROUND
    opener = scene.before(source) if source else ""
    if opener in ("which", "whom", "whose") or (opener == "that" and not reported) or _is_reminder(scene, trigger, opener):
        return TimeClass.BACKGROUND
    near = _clause_before(scene.words, trigger.start)[-4:]
    if trigger.form is Form.THIRD or opener in ("after", "when", "since"):
        return TimeClass.RECENT
    if "had" in near and not reported and trigger.form in (Form.PAST, Form.PARTICIPLE):
        return TimeClass.BACKGROUND
    return TimeClass.RECENT if not HAVE.isdisjoint(near) and trigger.form in (Form.PAST, Form.PARTICIPLE) else None


def is_given(scene: Scene, trigger: Trigger) -> bool:
    """What a noun takes as known: "her meeting with Berg", "the talks between"."""
    before = scene.words[max(0, trigger.start - 3) : trigger.start]
    return trigger.sense.noun and not _GIVEN.isdisjoint(before)


def _is_recalled(before: Words) -> bool:
    """What somebody "had said" earlier."""
    return any(word == "had" and not REPORTS.isdisjoint(before[i + 1 : i + 3]) for i, word in enumerate(before))


def _is_ongoing(words: Words, trigger: Trigger) -> bool:
    """Talks that are going on are not new: "are still negotiating"."""
    going_on = trigger.form is Form.GERUND and trigger.sense.roles is Roles.MUTUAL and trigger.sense.type == "CONSULT"
    return going_on and not _BE.isdisjoint(words[max(0, trigger.start - 2) : trigger.start])


def _is_reminder(scene: Scene, trigger: Trigger, opener: str) -> bool:
    """A relative clause without its pronoun: "a deal Mr. Berg withdrew from"."""
    words = scene.words
    stranded = words[trigger.end - 1] in PREPOSITIONS and (trigger.end == len(words) or not words[trigger.end][0].isalnum())
    return stranded and opener[:1].isalpha() and opener not in SUBORDINATORS and opener not in REPORTS
