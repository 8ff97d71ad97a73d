"""What reading asks of the actors room: who a name, an office or an adjective stands for at a date."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from bot.model import ActorRef


class Catalogue(Protocol):
    """Pure look-ups, microseconds each; none raises, ``None`` where the catalogue does not know.

    ``on`` is the article's date; ``None`` means undated.
    """

    def resolve(
        self, name: str, *, type_hint: str | None = None, on: date | None = None, context: Collection[str] = ()
    ) -> ActorRef | None:
        """The actor of a printed name, without "the" and possessive, in its fullest form in the article.

        ``type_hint``: "person", "organisation", "place" (a capital is then no actor, a country is) or
        "country" (what speaks or acts: "Kyiv" is Ukraine). ``context``: the article's other names.
        """

    def office_holder(self, title: str, *, of: str | None, on: date | None) -> ActorRef | None:
        """Who holds an office: ``title`` in lower case ("foreign minister"), ``of`` an actor's id or ``None``."""

    def country(self, word: str) -> ActorRef | None:
        """The country of a name, adjective or demonym ("Russian", "Americans", "U.S.")."""

    def state_of(self, government: ActorRef) -> ActorRef | None:
        """The state whose government this is ("British government", "Trump administration"): what it does its state does."""

    def office_of(self, owner: ActorRef, noun: str, on: date | None) -> ActorRef | None:
        """The institution of an owner: (Zelensky, "office"), (Russia, "foreign ministry")."""

    def gender(self, actor: ActorRef) -> str | None:
        """ "m" or "f" for a person the catalogue knows."""
