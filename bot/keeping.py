"""How long articles are kept: by age and by size, the oldest go first."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

SPARED = timedelta(days=8)
"""However little is to be kept, these days are: a weekly digest and its corrections tell of them."""
EVERY = timedelta(hours=1)
AT_ONCE, MOST = 20, 500
"""Articles removed in one transaction, so that nobody waits long for the next; and in one pass, so that sources are read between."""
_log = structlog.get_logger()


class Shelf(Protocol):
    """What articles can be taken from."""

    async def outlived(self, before: datetime | None, characters: int | None, spare: datetime, limit: int) -> list[str]:
        """Ids of articles that came, or were last changed, before a time, or that are beyond so many characters of text counted
        from the newest; none that came after ``spare``. The oldest first."""

    async def remove(self, articles: Sequence[str]) -> int:
        """Remove articles and all that was read in them, at once or not at all; how many there were."""


@dataclass(slots=True)
class Keeping:
    """Removes what has been kept for ``days``, or is beyond ``megabytes`` of text (a million characters each); 0 keeps all.
    ``news`` is awaited after something went."""

    shelf: Shelf
    days: int
    megabytes: int
    news: Callable[[], Awaitable[None]]
    clock: Callable[[], datetime]
    _looked_at: datetime | None = field(default=None)

    async def tick(self) -> int:
        """Remove what is to go, if all of it was not removed within the hour; how many articles went."""
        now = self.clock()
        if not (self.days or self.megabytes) or (self._looked_at and now - self._looked_at < EVERY):
            return 0
        before = now - timedelta(days=self.days) if self.days else None
        characters = self.megabytes * 1_000_000 if self.megabytes else None
        gone = await self.shelf.outlived(before, characters, now - SPARED, MOST)
        removed = sum([await self.shelf.remove(gone[at : at + AT_ONCE]) for at in range(0, len(gone), AT_ONCE)])
        self._looked_at = now if len(gone) < MOST else None
        if removed:
            _log.info("articles removed, kept long enough", articles=removed)
            await self.news()
        return removed
