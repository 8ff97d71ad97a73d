"""Reports of errors and the corrections that come of them: the nouns, and what the core needs kept of them.

A *circle* is whoever shares reports and corrections: a workspace, or one person who writes to the bot directly. What is
corrected at the console, which is the operator's, holds for every circle; no other circle's corrections reach beyond it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model import ActorRef, Cited, Destination, Platform
from bot.terms import words

EVERYBODY = ""
"""The operator's circle."""
MOST = 20
"""Open reports of one person in a circle."""


class State(StrEnum):
    """What became of a report."""

    OPEN = "open"
    SPEAKER = "speaker"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody found wrong with a quotation. ``words`` are the quotation's; ``speaker`` is whose they are
    in truth, where ``state`` says so."""

    number: int
    place: Destination
    by: str
    at: datetime
    quotation: int
    article: str
    paragraph: int
    words: tuple[str, ...]
    problem: str
    state: State = State.OPEN
    speaker: ActorRef | None = None


def circle_of(place: Destination) -> str:
    """The circle of whoever asks in, or is told in, a place."""
    if place.platform is Platform.CONSOLE:
        return EVERYBODY
    return f"{place.platform}/{place.workspace}" if place.workspace else f"{place.platform}//{place.person or place.channel}"


def corrected(found: Sequence[Cited], corrections: Iterable[Report]) -> list[Cited]:
    """Without what was withdrawn, and with the speakers as corrected. A quotation is known again by its article and
    words, also where a later reading set its bounds otherwise."""
    by_article: dict[str, list[Report]] = {}
    for correction in corrections:
        by_article.setdefault(correction.article, []).append(correction)
    if not by_article:
        return list(found)
    outcomes = (_corrected(cited, by_article.get(cited.article.id, ())) for cited in found)
    return [cited for cited in outcomes if cited]


def _corrected(cited: Cited, corrections: Sequence[Report]) -> Cited | None:
    for correction in corrections:
        if not _same(cited.words, correction.words):
            continue
        if correction.state is State.WITHDRAWN:
            return None
        quotation = replace(cited.quotation, speaker=correction.speaker, inferred=False)
        return replace(cited, quotation=quotation, corrected=True)
    return cited


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Equal words, or the one within the other and no less than half of it."""
    short, long = sorted((words(" ".join(said)) for said in (one, other)), key=len)
    return 2 * len(short) >= len(long) and f" {' '.join(short)} " in f" {' '.join(long)} "


class ReportBook(Protocol):
    """Keeps reports. All times are aware."""

    async def file(self, place: Destination, by: str, at: datetime, cited: Cited, problem: str) -> int:
        """Keep a report and owe a notice to those who administer the circle; its number.

        Raises ``UsageError`` where the person has ``MOST`` open ones here.
        """

    async def find(self, number: int, circle: str) -> Report | None:
        """A report of the circle; the operator's finds every one."""

    async def waiting(self, circle: str, limit: int) -> list[Report]:
        """Open reports of the circle, oldest first; to the operator, of all."""

    async def corrections(self, circle: str) -> list[Report]:
        """The corrections that hold in a circle, its own before everybody's."""

    async def settle(self, report: Report, by: str, at: datetime) -> None:
        """Keep a report's new state and owe a notice wherever the quotation was posted, and to who reported it."""
