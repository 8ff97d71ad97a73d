"""What the core needs from the outside, as Protocols. Storage and adapters implement them.

All methods are coroutines that may raise ``errors.StorageError`` (storage) or an
``errors.DeliveryError`` (couriers); none blocks the event loop.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeVar

from bot.model import (
    Actor,
    ActorRef,
    Article,
    ArticleHead,
    Asker,
    Cited,
    CitedEvent,
    Coverage,
    Destination,
    Platform,
    Reading,
    Request,
)
from bot.replies import Action, Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: days (inclusive) a thing was said or happened, or else published; and articles."""

    since: date | None = None
    until: date | None = None
    articles: tuple[str, ...] = ()


class Stored(StrEnum):
    """What happened to an article handed to the library."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REVISED = "revised"


class Phrased(NamedTuple):
    """Quotations with a phrase, newest first; before the day ``back_to``, if there is one, they were not looked for."""

    found: list[Cited]
    back_to: date | None = None


class Library(Protocol):
    """Articles and all that was read in them."""

    def seen_in(self, circle: str | None) -> "Library":
        """The same library with the corrections that hold in a circle (``bot.reports``); as it was read for ``None``."""

    async def sitting(self, work: Callable[["Library"], Coroutine[Any, Any, T]]) -> T:
        """What ``work`` makes of the library as it is at one moment, in one go off the event loop: it awaits nothing but the
        library that it is given, which it can't write to. Raises ``RuntimeError`` where it awaits anything else."""

    async def add(self, article: Article, reading: Reading) -> Stored:
        """Store the article, its quotations, events and mentions in one transaction.

        The same text and metadata again, read by the same reader, changes nothing; another text for a known id is a
        revision: the reading is replaced, numbers of surviving quotations are kept.
        """

    async def add_all(self, batch: Sequence[tuple[Article, Reading]]) -> list[Stored]:
        """``add`` for many articles in one transaction: all are stored or none; outcomes in order."""

    async def known(self, article: Article, reader: str) -> bool:
        """True if ``add`` would change nothing: the same text and metadata are stored, read by the same reader."""

    async def reading(self, article: str) -> Reading | None:
        """All that was understood of an article, as it was handed in."""

    async def quotations(
        self, speakers: Sequence[str], scope: Scope, *, words: Sequence[str] = (), limit: int = 200
    ) -> list[Cited]:
        """Newest first. ``speakers`` are actor ids (empty: anyone); ``words`` are stems, any of which
        must occur in the quotation or its paragraph (empty: no condition). Where there are more than ``limit``, those with
        all the words are preferred, then those with the rarer ones."""

    async def phrase(self, words: str, scope: Scope, *, limit: int = 50) -> Phrased:
        """Quotations that contain the words of ``words`` in this order, newest first. In a very large store, a phrase of
        nothing but everyday words is looked for in the newest part alone, and it is said in which."""

    async def similar(self, stems: Sequence[str], scope: Scope, *, speakers: Sequence[str] = (), limit: int = 50) -> list[Cited]:
        """Quotations, of these speakers if any are given, that share most of the rarest stems, best first."""

    async def events(
        self, scope: Scope, *, actors: Sequence[str] = (), types: Sequence[str] = (), words: Sequence[str] = (), limit: int = 200
    ) -> list[CitedEvent]:
        """Newest first; conditions as in ``quotations``, events of all the ``actors`` preferred."""

    async def mentions(self, actor: str, scope: Scope, *, limit: int = 20) -> list[tuple[ArticleHead, int]]:
        """(article, paragraph) where the actor is mentioned, newest article first."""

    async def quotation(self, number: int) -> Cited | None:
        """One quotation by its stored number; ``None`` also where it was withdrawn."""

    async def paragraphs(self, article: str, first: int, last: int) -> list[tuple[int, str]]:
        """Numbered paragraphs of an article, as received."""

    async def leading(self, found: Sequence[Cited], back: int) -> dict[int, str]:
        """By the number of each quotation, the text from ``back`` paragraphs before it to the end of its own."""

    async def article(self, id: str) -> Article | None:
        """The article as stored."""

    async def developments(self, articles: Sequence[str]) -> dict[str, str]:
        """By article, the development it went to, of those for which that is stored."""

    async def develop(self, went: Mapping[str, str]) -> None:
        """Store which development articles went to, once and for all: what is stored already stays."""

    async def coverage(self, scope: Scope) -> Coverage:
        """What a search in this scope looks through."""

    async def actors(self) -> list[Actor]:
        """Actors discovered in the texts, beyond the catalogue."""

    async def speakers(self, scope: Scope, *, limit: int = 50) -> list[tuple[ActorRef, int]]:
        """Who speaks in the scope and how often, most often first; of very many statements on some days the newest count."""

    def articles(self) -> AsyncIterator[Article]:
        """Every stored article, oldest first."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The last exchange of a conversation: what a follow-up goes on from."""

    inquiry: str
    quotations: tuple[int, ...] = ()
    events: tuple[int, ...] = ()
    shown: int = 0


class Conversations(Protocol):
    """The last turn per place and person, forgotten after an expiry."""

    async def last(self, place: Destination, asker: Asker, now: datetime) -> Turn | None: ...

    async def keep(self, place: Destination, asker: Asker, now: datetime, turn: Turn) -> None:
        """Put the turn in the place of the last; need not wait until it is written."""

    async def forget(self, platform: Platform, person: str, workspace: str | None = None) -> int:
        """Remove every turn of a person on a platform, or in one workspace alone; how many there were."""


class Desk(Protocol):
    """What an adapter talks to: the whole product behind one door."""

    async def answer(self, request: Request) -> Reply:
        """Answer one request. Never raises for what a person typed: a polite reply says what to do."""

    async def press(self, request: Request, action: Action) -> Reply:
        """Carry out a button or menu choice; ``request`` says who, where and when."""

    def complete(self, command: str, argument: str, prefix: str, limit: int = 25) -> list[str]:
        """Completions from memory; never touches the database."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message owed: ``key`` is unique for life and travels with the message (nonce, metadata). ``under`` is the id of
    the message it goes on from: it belongs in that one's thread, or, where there are none, after it."""

    key: str
    destination: Destination
    reply: Reply
    under: str | None = None


class Courier(Protocol):
    """A platform's way out."""

    async def send(self, parcel: Parcel) -> str:
        """Post the message; the platform's message id. Raises a ``DeliveryError``."""

    async def find(self, parcel: Parcel) -> str | None:
        """After an ambiguous send: the id of the message if the platform has it."""

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """Replace a message that was sent before."""


class Installations(Protocol):
    """The tokens of a platform's workspaces that installed the app: one opaque record each, encrypted at rest."""

    async def keep(self, workspace: str, record: str, at: datetime) -> None:
        """Keep a workspace's record in place of the one before."""

    async def find(self, workspace: str) -> str | None:
        """The record, or ``None``. Raises ``StorageError`` where it was encrypted with another key."""

    async def remove(self, workspace: str) -> None:
        """Forget the record."""
