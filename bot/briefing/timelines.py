"""What happened, day by day: from cited events and quotations, as entries and as a picture.

A day is the day the source gives the event; the day of publication stands in only where the event says so. Within a
day nothing is known of the order, and the undated stands apart, at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.briefing.telling import MEETINGS, deed, listed, plainly
from bot.model import Cited, CitedEvent, DateBasis, Event
from bot.terms import stems

__all__ = ["Entry", "Timeline", "alt_text", "draw_timeline", "timeline"]

_ALIKE = 0.5
"""The share of the shorter evidence's stems from which on two articles tell one act."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``day`` is ISO 8601, as exact as the source ("2025-02-12", "2022-02", "2022"), ``None`` if not known.

    ``line`` is ours; ``words``, if any, are the article's, unaltered but for blanks, of the actor that ``line`` names.
    ``citations`` are the places that tell it, at least one. ``order_known``: it is known to come after the entry
    before it. ``published``: the day is that of publication.
    """

    day: str | None
    line: str
    words: str
    citations: tuple[CitedEvent | Cited, ...]
    order_known: bool = True
    event: Event | None = None
    published: bool = False

    @property
    def text(self) -> str:
        """The entry as one string, for a picture or its description."""
        return f"{self.line}: {self.words}" if self.words else self.line


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries by day, oldest first, then those without a day."""

    entries: tuple[Entry, ...]


def timeline(events: Sequence[CitedEvent], occasions: Sequence[tuple[Cited, str]] = ()) -> Timeline:
    """Events that several articles tell become one entry. An occasion is something said with the article's words for
    where or to whom; those of one speaker, day and article are one entry."""
    entries = [*_event_entries(events), *_occasion_entries(occasions)]
    entries.sort(key=lambda e: (e.day is None, e.day or ""))
    return Timeline(tuple(_ordered(entries)))


def _event_entries(events: Sequence[CitedEvent]) -> list[Entry]:
    """One entry a happening: what several articles tell of the same parties, and, meetings apart, in like words."""
    groups: dict[tuple[object, ...], list[list[CitedEvent]]] = {}
    for cited in events:
        alike = groups.setdefault(_key(cited.event), [])
        group = next((g for g in alike if _same(g[0], cited)), None)
        if group is None:
            alike.append([cited])
        else:
            group.append(cited)
    return [_entry(group) for alike in groups.values() for group in alike]


def _same(one: CitedEvent, other: CitedEvent) -> bool:
    if one.event.mode in MEETINGS:
        return True
    left, right = set(stems(one.words)), set(stems(other.words))
    return one.article.id != other.article.id and len(left & right) >= _ALIKE * max(1, min(len(left), len(right)))


def _key(event: Event) -> tuple[object, ...]:
    return deed(event), event.status, event.date, frozenset(a.id for a in event.actors), frozenset(a.id for a in event.recipients)


def _entry(group: list[CitedEvent]) -> Entry:
    event = group[0].event
    published = event.date_basis is DateBasis.PUBLISHED
    return Entry(event.date, *_told(group[0]), tuple(group), event=event, published=published)


def _told(cited: CitedEvent) -> tuple[str, str]:
    """Who met whom is told in a neutral line, where the article leaves no doubt of it or of who they are; what else was done,
    in the article's own words after the actor's name; what somebody else reports, with who it is."""
    event = cited.event
    words = " ".join(cited.words.split())
    others = tuple(a for a in event.reported_by if a not in event.actors)
    note = f" (according to {listed(others)})" if others and len(others) == len(event.reported_by) else ""
    line = plainly(event, words)
    return (f"{line}{note}", "") if line else (f"{listed(event.actors)}{note}", words)


def _occasion_entries(occasions: Sequence[tuple[Cited, str]]) -> list[Entry]:
    groups: dict[tuple[object, ...], list[tuple[Cited, str]]] = {}
    for cited, words in occasions:
        speaker = cited.quotation.speaker
        if speaker is not None:
            groups.setdefault((speaker, cited.quotation.said_on, cited.article.id), []).append((cited, words))
    return [_occasion(group) for group in groups.values()]


def _occasion(group: Sequence[tuple[Cited, str]]) -> Entry:
    cited, words = max(group, key=lambda pair: len(pair[1]))
    quotation = cited.quotation
    who = quotation.speaker.name if quotation.speaker else ""
    day = quotation.said_on or cited.article.published_on
    published = quotation.said_on is None or quotation.date_basis is DateBasis.PUBLISHED
    return Entry(day.isoformat() if day else None, who, words, tuple(c for c, _ in group), published=published)


def _ordered(entries: list[Entry]) -> list[Entry]:
    """With what is known of the order: nothing between entries of one day, of days that overlap, or undated."""
    found: list[Entry] = []
    for entry in entries:
        before = found[-1].day if found else None
        known = entry.day is not None and (not found or (before is not None and not _overlap(before, entry.day)))
        found.append(replace(entry, order_known=known))
    return found


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def alt_text(timeline: Timeline) -> str:
    """The picture in words, for those who cannot see it."""
    count = len(timeline.entries)
    if not count:
        return "Timeline without entries."
    lines = "; ".join(f"{entry.day or 'day not known'}: {entry.text}" for entry in timeline.entries)
    return f"Timeline of {count} {'entry' if count == 1 else 'entries'}. {lines}."


def draw_timeline(timeline: Timeline, *, dark: bool = False) -> bytes:
    """The timeline as a PNG, 1080 pixels wide, readable on a phone; the first entries if there are very many."""
    from bot.briefing.drawing import draw  # matplotlib takes half a second to import

    rows = [
        (_label(before, entry), entry.text) for before, entry in zip([None, *timeline.entries], timeline.entries, strict=False)
    ]
    return draw(rows, dark=dark)


def _label(before: Entry | None, entry: Entry) -> str:
    """The day, once for all its entries."""
    if before is not None and before.day == entry.day:
        return ""
    return entry.day or "no date"
