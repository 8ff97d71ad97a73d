"""Trials of ``attache ingest``: articles of our own making, a process that is stopped again and again, and what storing costs."""

import asyncio
import json
import random
import signal
import sqlite3
import statistics
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sources.documents import json_article
from bot.app_sources import make_reader
from bot.formats import article_json
from bot.ingesting import BATCH, Intake
from bot.model import Article
from bot.reading.bulk import Outcome, Reader
from bot.sources import Found
from storage import Storage, open_storage

PEOPLE = ("Anna Berg", "Luis Ortega", "Marta Kovac", "Peter Lind", "Sofia Marin", "Jonas Weber", "Irina Popova", "Omar Haddad")
PLACES = ("Riga", "Geneva", "Tallinn", "Vienna", "Doha", "Oslo")
ACTS = ("met", "called", "wrote to", "received", "warned", "thanked")
SAYINGS = (
    "We will go on until there is a text that both sides can sign",
    "There is no reason to open the crossing before the summer",
    "The ports have to stay open for grain, whatever happens elsewhere",
    "Nobody has shown me a proposal that I could bring home",
)
FILLER = "Delegates had spent two days on the calendar for shipments and on the fees that harbours may ask of smaller ships."


def generated(many: int, seed: int = 1) -> list[Article]:
    """Articles of about 200 words, each its own: a date, an outlet, statements and events by people who do not exist."""
    dice = random.Random(seed)
    return [_article(number, dice) for number in range(many)]


def _article(number: int, dice: random.Random) -> Article:
    first, second = dice.sample(PEOPLE, 2)
    text = "\n".join(
        (
            f"{first}, the envoy of the Northern Union, {dice.choice(ACTS)} {second} in {dice.choice(PLACES)} on Tuesday, round {number}.",
            f"“{dice.choice(SAYINGS)},” {first.split()[1]} told reporters after the meeting. “It is item {number} of many.”",
            f"{second} said that the talks about quota {number} had been long and useful. {FILLER}",
            *[f"{FILLER} Officials counted {dice.randrange(10_000)} tonnes." for _ in range(4)],
            f"{second.split()[1]} will travel to {dice.choice(PLACES)} next week, according to a spokesman.",
        )
    )
    line = {"id": f"a{number}", "text": text, "outlet": f"Gazette {number % 7}", "published_on": f"2025-03-{1 + number % 28:02d}"}
    return json_article(json.dumps(line), line["id"])


def written(articles: Sequence[Article], path: Path) -> Path:
    """The articles as a file that ``attache ingest`` takes."""
    path.write_text("".join(json.dumps(article_json(article)) + "\n" for article in articles), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Ingest:
    """``attache ingest`` of a file into a SQLite database, in a process of its own."""

    file: Path
    reader: str
    jobs: int = 1

    async def begun(self, database: Path, told: int = DEVNULL) -> asyncio.subprocess.Process:
        """The process, under way."""
        command = ("env", f"ATTACHE_READER={self.reader}", sys.executable, "-m", "bot", "--database", _url(database))
        what = ("ingest", str(self.file), "--jobs", str(self.jobs))
        heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell lets what it starts with "&" ignore Ctrl-C
        return await asyncio.create_subprocess_exec(*command, *what, stderr=told, preexec_fn=heeding)

    async def stopped(self, database: Path, sign: signal.Signals, at: int, later: float) -> tuple[int, str]:
        """End it ``later`` seconds after ``at`` articles are stored: (exit status, what it said)."""
        process = await self.begun(database, PIPE)
        for _ in iter(lambda: process.returncode is None and stored(database) < at, False):
            await asyncio.sleep(0.002)
        await asyncio.sleep(later)
        if process.returncode is None:
            process.send_signal(sign)
        _, told = await process.communicate()
        return process.returncode or 0, told.decode()

    async def whole(self, database: Path) -> tuple[int, int, int]:
        """Let it come to its end: (new, revised, unchanged) articles."""
        process = await self.begun(database, PIPE)
        _, told = await process.communicate()
        new, revised, unchanged = (int(part.split()[0]) for part in told.decode().strip().splitlines()[-1].split(", ")[:3])
        return new, revised, unchanged


@dataclass(slots=True)
class Stops:
    """``endings`` counts the exit statuses of the runs that were stopped, ``odd`` is what was said by those that left otherwise than
    they should; ``left`` are the articles the last run had to read, ``again`` those that one more run changed; ``differences`` names
    what the database holds otherwise than that of an undisturbed run."""

    endings: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    left: int = 0
    again: int = 0
    differences: list[str] = field(default_factory=list)


async def stopped_and_gone_on(ingest: Ingest, folder: Path, many: int, stops: int, seed: int) -> Stops:
    """Ingest while the process is stopped so many times, by SIGKILL and Ctrl-C by turns, at random places, and compare."""
    dice, outcome = random.Random(seed), Stops()
    disturbed, calm = folder / "disturbed.db", folder / "calm.db"
    for number, at in enumerate(sorted(dice.sample(range(many - BATCH), stops))):
        sign = signal.SIGINT if number % 2 else signal.SIGKILL
        ending, told = await ingest.stopped(disturbed, sign, max(at, stored(disturbed) + 1), dice.random() * 0.2)
        outcome.endings[ending] += 1
        outcome.odd += [told] if ending not in _MEANT or "Traceback" in told else []
    outcome.left, _, _ = await ingest.whole(disturbed)
    await ingest.whole(calm)
    outcome.again = sum((await ingest.whole(disturbed))[:2])
    outcome.differences = differences(disturbed, calm)
    return outcome


_MEANT = (-signal.SIGKILL, 130, 0, -signal.SIGINT)
"""The last: Ctrl-C when all is done and Python is leaving."""


def _url(database: Path) -> str:
    return f"sqlite+aiosqlite:///{database}"


def stored(database: Path) -> int:
    """Articles in a database that another process writes."""
    try:
        return int(_rows(database, "SELECT count(*) FROM articles")[0][0])
    except sqlite3.OperationalError:
        return 0


_COMPARED = {
    "articles": "key, id, digest, day, outlet, published_on, reader, revision",
    "passages": "key, start, text",
    "coverage": "day, outlet, articles",
    "counters": "name, last",
    "actors": "id, name, type, aliases",
    **dict.fromkeys(("quotations", "events", "mentions"), "*"),
}


def differences(one: Path, other: Path) -> list[str]:
    """The tables in which the two databases hold anything else, numbers and order included."""
    queries = {name: f"SELECT {columns} FROM {name} ORDER BY 1, 2" for name, columns in _COMPARED.items()}
    found = [name for name, query in queries.items() if _rows(one, query) != _rows(other, query)]
    return found + [str(row) for row in _rows(one, "PRAGMA integrity_check") if row != ("ok",)]


def _rows(database: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@dataclass(slots=True)
class Share:
    """Seconds spent reading and in all, batch by batch."""

    read: Reader
    reading: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    @property
    def storing(self) -> float:
        """The share of an ingest that is not reading, in its median batch."""
        return statistics.median(1 - reading / whole for reading, whole in zip(self.reading, self.whole, strict=True))

    async def take(self, storage: Storage, articles: Sequence[Article]) -> None:
        """Ingest a batch, nothing beside it."""

        async def found() -> AsyncIterator[Found]:
            for article in articles:
                yield article

        self.reading.append(0.0)
        started = time.perf_counter()
        intake = Intake(storage.library, storage.entries, self._timed, "model", lambda: datetime.now(UTC))
        await intake.take(found())
        self.whole.append(time.perf_counter() - started)

    def _timed(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Outcome]]:
        for article in articles:
            started = time.perf_counter()
            outcome = self.read(article)
            self.reading[-1] += time.perf_counter() - started
            yield article, outcome


async def share_of_storing(folder: Path, before: int, batches: int) -> Share:
    """What reading and storing take once so many articles (read by rules, for haste) are in the library."""
    articles, quick, share = generated(before + batches * BATCH), make_reader("rules"), Share(make_reader("model"))
    share.read(articles[0])
    storage = await open_storage(_url(folder / "share.db"))
    try:
        for start in range(0, before, BATCH):
            await storage.library.add_all([(article, quick(article)) for article in articles[start : min(start + BATCH, before)]])
        for start in range(before, len(articles), BATCH):
            await share.take(storage, articles[start : start + BATCH])
    finally:
        await storage.close()
    return share
