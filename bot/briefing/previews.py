"""What a previewed digest is wanted to be, in the words of chat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.asking.digest_orders import digest_order, tells_taste
from bot.asking.naming import Who
from bot.briefing.preferences import changed
from bot.errors import UsageError
from bot.standing import Follow, Mode, Taste


@dataclass(frozen=True, slots=True)
class Preview:
    """A digest to show: of which day (``None``: the last one read), in which zone, wanted how, for whose readers."""

    on: date | None
    zone: str
    wants: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()


def taste_of(wants: Iterable[str], outlets: Sequence[str], who: Who, on: date) -> Taste:
    """``only Reuters``, ``length 5``, ...: one after the other. Raises ``UsageError``."""
    taste = Taste()
    for words in wants:
        if not tells_taste(put := f"digest {words.removeprefix('digest ')}"):
            raise UsageError(f"{words!r} is nothing a digest can be wanted to be; write for example: only Reuters, or: length 5")
        order = digest_order(put, "UTC", outlets, who, on)
        taste = changed(taste, order)
    return taste


def follows_of(names: Iterable[str], who: Who, on: date) -> tuple[Follow, ...]:
    """Follows of the named actors. Raises ``UsageError`` for one that is not known."""
    found = []
    for name in names:
        matches = who.find(name, on, limit=1)
        if not matches:
            raise UsageError(f"I don't know {name}; write the full name")
        found.append(Follow(matches[0].actor, None, Mode.DIGEST, ""))
    return tuple(found)
