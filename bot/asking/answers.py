"""An answer: what is known, before it is shown."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bot.asking.inquiry import Inquiry
from bot.model import ActorRef, ArticleHead, Cited, CitedEvent, Coverage
from bot.replies import Reply


@dataclass(frozen=True, slots=True)
class Point:
    """One thing said, with the other places that say the same in the same words."""

    cited: Cited
    also: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearby:
    """What is shown where nothing answers: accounts by others, mentions, statements of other days, or the days that
    have events."""

    accounts: tuple[Point, ...] = ()
    mentions: tuple[tuple[ArticleHead, int, str], ...] = ()
    elsewhere: tuple[Point, ...] = ()
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What one of several that are compared said; ``others`` is what those said who speak for the same state, where the
    actor said nothing."""

    actor: ActorRef
    points: tuple[Point, ...]
    others: tuple[Point, ...] = ()


class Change(NamedTuple):
    """Words of a claim and the source's words in their place; either may be empty."""

    claimed: str
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``points`` is all that answers, best first; where they are not ``named``, they have no word of the topic and are only
    near it. ``verdict`` of a check: verbatim, altered (``changes`` tells how), paraphrase, somebody else or not found.

    ``sides`` of a readout are all who speak for each party; ``columns`` of a comparison hold the points by actor; ``occasions`` are what
    was said with the article's words for where or to whom. ``reply`` is what was said to an order, which has no points.
    ``back_to`` is the day before which words that were not found in their order were not looked for."""

    q: str
    inquiry: Inquiry
    coverage: Coverage
    points: tuple[Point, ...] = ()
    events: tuple[CitedEvent, ...] = ()
    nearby: Nearby = field(default_factory=Nearby)
    verdict: str | None = None
    changes: tuple[Change, ...] = ()
    title: str | None = None
    named: bool = True
    shown: int = 0
    sides: tuple[tuple[ActorRef, ...], tuple[ActorRef, ...]] | None = None
    columns: tuple[Column, ...] = ()
    occasions: tuple[tuple[Cited, str], ...] = ()
    paragraphs: tuple[tuple[ArticleHead, int, str], ...] = ()
    reply: Reply | None = None
    back_to: date | None = None

    @property
    def is_nearest(self) -> bool:
        """Whether the points do not answer, but are what comes nearest to what was asked for."""
        return bool(self.points) and (not self.named or self.verdict == "not found")
