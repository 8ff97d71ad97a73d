"""How often a source is read, and when something is wrong with it: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import Postponed, SourceError
from bot.sources import PATIENCE, Source, Trouble

SOON = timedelta(minutes=1)
"""A visit that could not take all is gone on with."""
LONGEST = timedelta(days=1)
"""A source that fails is tried at least so often."""
_SILENT, _TIMES = timedelta(days=2), 6
"""Silence that is noticed: so many times the usual one, but at least so long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit brought: ``new`` articles of those ``had``; ``whole`` if all there is was taken; ``error`` if it failed; ``barren``
    says why no entry that was tried could be had."""

    new: int = 0
    had: int = 0
    barren: str | None = None
    whole: bool = True
    error: SourceError | None = None
    etag: str | None = None
    last_modified: str | None = None
    outlet: str | None = None


def after(source: Source, outcome: Outcome, now: datetime, jitter: float) -> Source:
    """The source after a visit. News halve the time to the next one, none make it half as long again, failures double it;
    ``jitter`` (0 to 1) moves it by up to a tenth, so that sources don't come all at once."""
    if outcome.error:
        return _failed(source, outcome.error, now, jitter)
    every = max(source.floor, source.every / 2) if outcome.new else min(source.ceiling, source.every * 1.5)
    return replace(
        source,
        every=every,
        next_at=now + (_moved(every, jitter) if outcome.whole else SOON),
        ready=source.ready or outcome.whole,
        etag=outcome.etag if outcome.whole else None,
        last_modified=outcome.last_modified if outcome.whole else None,
        outlet=source.outlet or outcome.outlet,
        read_at=now,
        new_at=now if outcome.new else source.new_at,
        usual=_usual(source, now) if outcome.new else source.usual,
        failures=0,
        cause=outcome.barren or (None if outcome.had or source.failures else source.cause),
    )


def _failed(source: Source, error: SourceError, now: datetime, jitter: float) -> Source:
    pause = min(LONGEST, source.every * 2 ** min(source.failures, 10))
    asked = timedelta(seconds=error.wait) if isinstance(error, Postponed) else timedelta()
    return replace(
        source, failures=source.failures + 1, failed_at=now, cause=error.reason, next_at=now + max(asked, _moved(pause, jitter))
    )


def _moved(span: timedelta, jitter: float) -> timedelta:
    return span * (0.9 + 0.2 * jitter)


def _usual(source: Source, now: datetime) -> timedelta | None:
    """The time between news, the latest counting for a fifth; the first run tells nothing of it."""
    if source.new_at is None or not source.ready:
        return source.usual
    last = now - source.new_at
    return last if source.usual is None else source.usual * 0.8 + last * 0.2


def trouble(source: Source, now: datetime) -> Trouble | None:
    """What is wrong, if it is more than a mishap. A paused source has no trouble."""
    if source.paused:
        return None
    if source.failures >= PATIENCE or (source.cause and not source.failures and _longer(source, now, _SILENT)):
        return Trouble.FAILING
    quiet = now - source.new_at if source.new_at and source.ready else timedelta()
    return Trouble.SILENT if quiet > max(_SILENT, (source.usual or timedelta()) * _TIMES) else None


def _longer(source: Source, now: datetime, span: timedelta) -> bool:
    """Its last new article came longer ago, if ever one came."""
    return source.new_at is None or now - source.new_at > span


def health_line(source: Source, now: datetime) -> str:
    """One line, plain text: what it is, when it was read, when it had news, and what is wrong."""
    return f"{source.number}. {source.name}{'' if source.name == source.place else f' ({source.place})'}: {_state(source, now)}"


def listed(sources: Sequence[Source], now: datetime, *, alone: bool = True) -> list[str]:
    """A line for each source, or one that says there are none. A workspace that is not ``alone`` sees how many there are and need
    a look, not which: an address may be another's business."""
    if not sources:
        return ["No sources are set up. Add one: source add URL"]
    if alone:
        return [health_line(source, now) for source in sources]
    ill = sum(trouble(source, now) is not None for source in sources)
    many = f"{len(sources)} source{'s are' if len(sources) > 1 else ' is'} read for several workspaces, {ill} in trouble"
    return [f"{many}. Whoever runs this bot looks after them."]


def source_json(source: Source, now: datetime) -> dict[str, object]:
    """A source for programs; times are ISO 8601, spans seconds."""
    found = trouble(source, now)
    times = {name: getattr(source, name) for name in ("next_at", "read_at", "new_at", "failed_at")}
    return {
        "number": source.number, "url": source.url, "outlet": source.outlet, "every": int(source.every.total_seconds()),
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "failures": source.failures, "cause": source.cause, "paused": source.paused, "trouble": str(found) if found else None,
    }  # fmt: skip


def _state(source: Source, now: datetime) -> str:
    news = f"last new article {ago(source.new_at, now)}" if source.new_at else "no new article yet"
    if source.paused:
        return f"paused; {news}"
    if source.failures:
        times = f"{source.failures} time{'s' * (source.failures != 1)}"
        since = f"last read {ago(source.read_at, now)}" if source.read_at else "never read"
        return f"FAILED {times}, {source.cause}; {since}; {news}"
    if source.read_at is None:
        return "not read yet"
    if source.cause:
        return f"BARREN: {source.cause}; read {ago(source.read_at, now)}; {news}"
    silent = "SILENT for longer than usual; " if trouble(source, now) is Trouble.SILENT else ""
    return f"{silent}read {ago(source.read_at, now)}; {news}; next in {span(source.next_at - now)}"


def troubles_told(troubles: Sequence[Source], now: datetime) -> str:
    """What administrators are told, once, of sources that newly are in trouble."""
    lines = [f"• {health_line(source, now)}" for source in troubles[:_SHOWN]]
    more = [f"• and {len(troubles) - _SHOWN} more"] if len(troubles) > _SHOWN else []
    many = "These sources need" if len(troubles) > 1 else "This source needs"
    return "\n".join([f"{many} a look; I go on trying, and tell you this once. See: sources.", *lines, *more])


_SHOWN = 20


def ago(at: datetime | None, now: datetime) -> str:
    """ "5 min ago"."""
    return f"{span(now - at)} ago" if at else "never"


def span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds // 60} min" if seconds >= 60 else "under a minute"
