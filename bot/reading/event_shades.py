"""The shades of a trigger: did it happen, is it planned, doubted, denied; and is it news or background."""

from collections.abc import Sequence
from datetime import date

from bot.model import Status, TimeClass
from bot.reading.event_dates import DateExpression
from bot.reading.event_lexicon import Form, Trigger
from bot.reading.event_scene import CLAUSE_ENDS, Party, Scene, Words
from bot.reading.event_words import word_set

_WILL = frozenset(["will", "'ll", "’ll", "shall"])
_DOUBT, _DENIALS, _PLANS, _REPORTS = (word_set(name) for name in ("doubt", "denials", "plans", "reports"))
_CONDITIONS = frozenset(["if", "unless", "whether"])
HAVE = frozenset(["has", "have"])
LEAD = 3
"""Paragraphs at the top that tell the news in whatever tense."""
_CANCELLED, _LONG_AGO = word_set("cancelled"), word_set("long ago")
_NEAR = 6
"""How many words around a trigger may say that it happened long ago."""
_FAR, OPENING = 110, 25
"""How many characters from a trigger its date may stand, and how far from the sentence's beginning."""
_NEWS_DAYS, RECENT_DAYS = 4, 60
"""How many days before publication a thing is still news, and still recent."""


def status_of(scene: Scene, trigger: Trigger, reported: bool) -> Status:
    """What the words before a trigger make of it. ``reported``: it stands in what somebody said."""
    before = _clause_before(scene.words, trigger.start)
    near = before[-4:]
    if trigger.sense.noun:
        return _noun_status(before[-3:], scene.words[trigger.end : trigger.end + 5])
    if not _DENIALS.isdisjoint(near) or "no" in scene.words[trigger.start : trigger.end]:
        return Status.NEGATED
    if trigger.form is Form.BASE and _single_before(scene, trigger):
        return Status.HYPOTHETICAL
    if not _CONDITIONS.isdisjoint(before):
        return Status.HYPOTHETICAL
    if not _WILL.isdisjoint(near):
        return Status.PLANNED
    if "would" in near:
        planned = reported or not _REPORTS.isdisjoint(scene.words[: trigger.start])
        return Status.PLANNED if planned and "if" not in scene.words else Status.HYPOTHETICAL
    if trigger.form in (Form.BASE, Form.GERUND) and not _PLANS.isdisjoint(before[-6:]):
        return Status.PLANNED
    if trigger.form is Form.BASE and near and near[-1] in ("and", "or") and _last_auxiliary(before) == "to":
        return Status.HYPOTHETICAL
    if near and (near[-1] in ("to", "can") if trigger.form is Form.BASE else trigger.form is Form.GERUND and near[-1] == "of"):
        return Status.HYPOTHETICAL
    if not _DOUBT.isdisjoint(near if trigger.form is Form.BASE else near[-2:]):
        return Status.HYPOTHETICAL
    return Status.HAPPENED


def _last_auxiliary(before: Words) -> str:
    """What makes a base form of the verb that "and" joins another to: "to ease and lift"."""
    return next((word for word in reversed(before) if word == "to" or word in _WILL or word in ("would", "must", "should")), "")


def _single_before(scene: Scene, trigger: Trigger) -> bool:
    """A base form right after one actor is what is asked of it: "demands Norland withdraw"."""
    party = scene.ends.get(trigger.start - 1)
    return party is not None and len(party.actors) == 1


def _noun_status(before: Words, after: Words) -> Status:
    if not _CANCELLED.isdisjoint(before) or not _CANCELLED.isdisjoint(after):
        return Status.CANCELLED
    if "no" in before or "without" in before:
        return Status.NEGATED
    if not _PLANS.isdisjoint(before):
        return Status.PLANNED
    return Status.HYPOTHETICAL if not _DOUBT.isdisjoint(before) else Status.HAPPENED


def _clause_before(words: Words, position: int) -> Words:
    """The words of the same clause before ``position``, at most twelve."""
    start = position
    while (
        start > max(0, position - 12) and words[start - 1] not in CLAUSE_ENDS and words[start - 1] not in ("that", "which", "who")
    ):
        start -= 1
    return words[start:position]


def nearest_date(dates: Sequence[DateExpression], sentence: int, offset: int) -> DateExpression | None:
    """Of a sentence's dates the one that stands nearest to a code point: not far off, or where the sentence begins."""
    near = (d for d in dates if abs(d.start - offset) <= _FAR or d.start - sentence <= OPENING)
    return min(near, key=lambda d: abs(d.start - offset), default=None)


def time_class(words: Words, trigger: Trigger, found: DateExpression | None, published_on: date | None) -> TimeClass | None:
    """News, recent or background by a date, else by words such as "long"; ``None`` where nothing tells."""
    if found and published_on:
        age = (published_on - found.until).days
        return TimeClass.NEWS if age <= _NEWS_DAYS else TimeClass.RECENT if age <= RECENT_DAYS else TimeClass.BACKGROUND
    around = words[max(0, trigger.start - _NEAR) : trigger.end + _NEAR]
    long_ago = not _LONG_AGO.isdisjoint(around) or any(word.startswith("long-") for word in around)
    return TimeClass.BACKGROUND if long_ago else None


def time_by_tense(scene: Scene, trigger: Trigger, source: Party | None, reported: bool) -> TimeClass | None:
    """Undated: what "has happened" is recent, as is what news comes "after"; what "had happened" lies further back
    unless somebody reports it, as does what a relative clause reminds of."""
    if trigger.sense.noun:
        return None
    opener = scene.before(source) if source else ""
    if opener in ("which", "whom", "whose") or (opener == "that" and not reported):
        return TimeClass.BACKGROUND
    near = _clause_before(scene.words, trigger.start)[-4:]
    if trigger.form is Form.THIRD or opener in ("after", "when", "since"):
        return TimeClass.RECENT
    if "had" in near and not reported and trigger.form in (Form.PAST, Form.PARTICIPLE):
        return TimeClass.BACKGROUND
    return TimeClass.RECENT if not HAVE.isdisjoint(near) and trigger.form in (Form.PAST, Form.PARTICIPLE) else None
