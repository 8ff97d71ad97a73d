"""The nouns of the house: immutable values that every room shares.

Offsets are Unicode code points into ``Article.text`` as received, half open.
Dates are dates; a time of day exists only where a source gave one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """``text[start:end]`` of an article, in code points."""

    start: int
    end: int


class ActorType(StrEnum):
    """What an actor is. ``GROUP`` and ``UNNAMED`` are kept as the source words them."""

    PERSON = "person"
    COUNTRY = "country"
    ORGANISATION = "organisation"
    OFFICE = "office"
    GROUP = "group"
    UNNAMED = "unnamed"


class ActorRef(NamedTuple):
    """An actor as other records point to it: a stable slug, a display name, a type."""

    id: str
    name: str
    type: ActorType


@dataclass(frozen=True, slots=True)
class Tenure:
    """One office held: an office's id with first and last day, ``None`` where open or not known."""

    office: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, state, organisation or office that can speak or act.

    ``aliases`` name the actor anywhere; ``metonyms`` ("the Kremlin", "Kyiv") only where
    they speak or act, since Kyiv the city is not Ukraine.
    """

    id: str
    name: str
    type: ActorType
    aliases: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    belongs_to: str | None = None

    @property
    def ref(self) -> ActorRef:
        return ActorRef(self.id, self.name, self.type)


_LINE = re.compile("[^\n\r\v\f\u2028\u2029]+")


def paragraph_spans(text: str) -> tuple[Span, ...]:
    """The paragraphs of an article's text: its lines that hold more than blanks, without what ends them.

    ``paragraph`` numbers everywhere count these from 1; lines end where Unicode says that they must (UAX 14: line feed, carriage return,
    vertical tab, form feed, line and paragraph separator).
    """
    return tuple(Span(*line.span()) for line in _LINE.finditer(text) if not line.group().isspace())


def first_paragraph(text: str) -> str:
    """The first paragraph's words, "" where there is none."""
    line = _LINE.search(text)
    while line and line.group().isspace():
        line = _LINE.search(text, line.end())
    return line.group() if line else ""


@dataclass(frozen=True, slots=True)
class Article:
    """One document of one outlet, its text exactly as received.

    ``body`` is the part of ``text`` that is the article; a file's own metadata lies outside it.
    What the source does not give is ``None``.
    """

    id: str
    text: str
    body: Span
    outlet: str | None = None
    title: str | None = None
    url: str | None = None
    published_on: date | None = None
    published_at: datetime | None = None


class Kind(StrEnum):
    """How much of a quotation stands inside the source's quotation marks: all, part, none."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


class DateBasis(StrEnum):
    """Why a date is believed: the text states it, the article's date stands in, or it is not known."""

    STATED = "stated"
    PUBLISHED = "published"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Quotation:
    """An attribution: who (``source``) says (``cue``) what (``content``), by spans.

    ``source`` spans are the attribution's source words; ``speaker`` is the actor they resolve to,
    ``None`` where it can't be known. ``statement`` is false for mere thought or feeling.
    ``inferred`` marks a speaker taken over from a neighbouring paragraph. ``confidence`` is the
    calibrated probability in [0, 1] that content and source are right.
    """

    content: tuple[Span, ...]
    kind: Kind
    paragraph: int
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    statement: bool = True
    speaker: ActorRef | None = None
    inferred: bool = False
    confidence: float = 1.0
    said_on: date | None = None
    date_basis: DateBasis = DateBasis.UNKNOWN
    addressee: Span | None = None
    venue: Span | None = None
    medium: Span | None = None


class Status(StrEnum):
    HAPPENED = "happened"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"
    CANCELLED = "cancelled"


class TimeClass(StrEnum):
    """News of the article's day, recent (days to weeks), or background."""

    NEWS = "news"
    RECENT = "recent"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to whom: a PLOVER type and mode, with its evidence.

    Mutual events (a call, a meeting) name all parties in ``actors`` and no recipient.
    ``date`` is ISO 8601, as exact as the source is: ``2025-02-12``, ``2022-02`` or ``2022``.
    """

    type: str
    actors: tuple[ActorRef, ...]
    evidence: Span
    paragraph: int
    mode: str | None = None
    recipients: tuple[ActorRef, ...] = ()
    date: str | None = None
    date_basis: DateBasis = DateBasis.UNKNOWN
    place: str | None = None
    status: Status = Status.HAPPENED
    time_class: TimeClass = TimeClass.NEWS
    confidence: float = 1.0
    reported_by: tuple[ActorRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name, describe or refer to an actor. ``actor`` is ``None`` where not resolved."""

    span: Span
    paragraph: int
    actor: ActorRef | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was understood of one article, each tuple in text order.

    ``discovered`` are actors the catalogue lacks, with the descriptors the text gives them as aliases."""

    quotations: tuple[Quotation, ...] = ()
    events: tuple[Event, ...] = ()
    mentions: tuple[Mention, ...] = ()
    reader: str = "model"
    discovered: tuple[Actor, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """An article without its text: what a reference shows."""

    id: str
    outlet: str | None = None
    title: str | None = None
    url: str | None = None
    published_on: date | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """A stored quotation with its article and its words: one string a content span, unaltered.

    ``context`` is the whole paragraph the quotation starts in, as received ("" where not kept), and ``begins`` where it begins
    in the article. ``corrected``: an administrator gave it its speaker.
    """

    number: int
    article: ArticleHead
    quotation: Quotation
    words: tuple[str, ...]
    context: str = ""
    corrected: bool = False
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class CitedEvent:
    """A stored event with its article, the words of its evidence span, and the whole paragraph it stands in
    ("" where not kept)."""

    number: int
    article: ArticleHead
    event: Event
    words: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a search looked through; an honest "nothing found" says so."""

    articles: int
    outlets: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    last_read_at: datetime | None = None


class Platform(StrEnum):
    CONSOLE = "console"
    SLACK = "slack"
    DISCORD = "discord"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message can go. ``workspace`` is a Slack team or a Discord guild ("" for none);
    ``person`` is set for a direct message."""

    platform: Platform
    workspace: str
    channel: str
    thread: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the platform's id, whether they administer the place, their zone and language if known."""

    id: str
    administrator: bool = False
    zone: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked, as an adapter's ``inbound`` hands it in.

    Either ``words`` typed by a person, or a ``command`` of the command table with its
    ``arguments``; never both empty. ``key`` is the platform's own event id: the same key is
    answered once. ``articles`` keeps the answer to the given article ids.
    """

    place: Destination
    asker: Asker
    at: datetime
    words: str = ""
    command: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    articles: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
