"""Questions over years of news: part of ``make bench-asking``.

    python -m tools.bench_storage sqlite+aiosqlite:///big.db [--questions 1000] [--seed 1]

Measures, on a database made by ``tools.make_statements``: opening it; one question after the other from text to Answer, by kind;
the naive way (match, join, rank all by bm25) for the same questions of what somebody said on a topic; 200 people at once beside a
writer. ``--statements N`` makes such a database first, in a temporary folder that is removed again.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bot.actors import load_registry
from bot.desk import AttacheDesk, build_desk
from bot.model import Asker, Cited, Destination, Platform, Request
from bot.ports import Scope
from bot.terms import stems
from bot.ticking import spare_the_collector
from storage import Storage, open_storage
from tools.make_statements import DAYS, FIRST, STATEMENTS, World, articles, fill, make_world

ASKERS, ROUNDS, PAUSE = 200, 3, 15
BATCHES, BATCH = 100, 64
NOW = datetime.combine(FIRST + timedelta(days=DAYS), datetime.min.time(), UTC).replace(hour=9)
HOSTILE = (
    "what did " + "x" * 100_000 + " say",
    "to be or not to be " * 5_000,
    'who said "' + "the of and to " * 500 + '"',
    "'; DROP TABLE quotations; --",
    'what did "*" OR NEAR(a b, 2) AND NOT speaker:* say about ^the* - "',
    "what did @everyone <@U123> <!channel> say about \x00\x1b[2J\u202e",
    '"“”„«»‘’"""\'\'',
    "about the",
    "what was said about to and of the in",
    "verify: it is that we will not be in the",
    "???", "\ud800", "select * from quotations", "who said %s %d {0} ${x}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; of a plain one, also whom and what about, for the naive way."""

    kind: str
    words: str
    actor: str = ""
    topic: str = ""


Maker = Callable[["Asking"], Question]


class Asking:
    """Makes questions of every kind from what there is to ask about; the same seed makes the same ones."""

    def __init__(self, world: World, said: Sequence[Cited], seed: int) -> None:
        self._world, self._said = world, said
        self.rng = np.random.default_rng(seed)

    def actor(self, often: bool) -> str:
        """A name: of those who speak most, or of the long tail."""
        known = self._world.actors
        return known[int(self.rng.integers(0, 30) if often else self.rng.integers(30, len(known)))].name

    def ids(self, name: str) -> list[str]:
        """Whom a name made here means; nobody for none."""
        return [actor.id for actor in self._world.actors if actor.name == name]

    def actor_id(self) -> str:
        """The id of anybody, those who speak most as likely as they speak."""
        return self._world.actors_for(self.rng, 1)[0].id

    def word(self, often: bool) -> str:
        """A word of the hundred to thousand commonest, or of the long tail."""
        known = self._world.words
        return known[int(self.rng.integers(100, 1_000) if often else self.rng.integers(4_000, len(known)))]

    def passage(self, altered: bool) -> str:
        """Some words of a stored quotation, of any age; altered: one or two of them replaced."""
        words = " ".join(self._said[int(self.rng.integers(0, len(self._said)))].words).split()
        at = int(self.rng.integers(0, max(1, len(words) - 8)))
        taken = words[at : at + int(self.rng.integers(4, 16))]
        for _ in range(int(self.rng.integers(1, 3)) if altered else 0):
            taken[int(self.rng.integers(0, len(taken)))] = self.word(often=True)
        return " ".join(taken)

    def days(self) -> str:
        """A stretch of time, as people say it."""
        day = FIRST + timedelta(days=int(self.rng.integers(0, DAYS)))
        said = ("last week", "yesterday", f"on {day:%d %B %Y}", f"since {day:%d %B %Y}", f"in {day:%B %Y}", "since Monday")
        return said[int(self.rng.integers(0, len(said)))]


def _said(often: bool, topic: bool | None) -> Maker:
    def make(asking: Asking) -> Question:
        actor, about = asking.actor(often), "" if topic is None else asking.word(topic)
        kind = f"{'often' if often else 'seldom'} heard" + (
            "" if topic is None else ", common topic" if topic else ", rare topic"
        )
        return Question(kind, f"what did {actor} say" + (f" about {about}" if about else ""), actor, about)

    return make


def _about(often: bool, many: int = 1) -> Maker:
    def make(asking: Asking) -> Question:
        topic = " ".join(asking.word(often) for _ in range(many))
        return Question(f"topic of {many} {'common' if often else 'rare'}", f"what was said about {topic}", topic=topic)

    return make


def _dated(asking: Asking) -> Question:
    actor, topic = asking.actor(asking.rng.random() < 0.5), asking.word(often=True)
    return Question("in some days", f"what did {actor} say about {topic} {asking.days()}")


def _hostile(asking: Asking) -> Question:
    return Question("hostile", HOSTILE[int(asking.rng.integers(0, len(HOSTILE)))])


_KINDS: tuple[Maker, ...] = (
    *(_said(often, topic) for often in (True, False) for topic in (None, True, False)),
    *(_about(often, many) for often, many in ((True, 1), (False, 1), (True, 3))),
    _dated,
    lambda asking: Question("in some days, anyone", f"what was said about {asking.word(often=True)} {asking.days()}"),
    lambda asking: Question("who said", f'who said "{asking.passage(altered=False)}"'),
    lambda asking: Question("who said, nobody", f'who said "{asking.word(often=True)} {asking.word(often=False)}"'),
    lambda asking: Question("verify, verbatim", f"verify: {asking.passage(altered=False)}"),
    lambda asking: Question("verify, altered", f"verify: {asking.passage(altered=True)}"),
    lambda asking: Question("verify of somebody", f"verify {asking.actor(often=True)}: {asking.passage(altered=True)}"),
    lambda asking: Question("nobody known", f"what did {asking.word(often=False).title()} Quarxzly say"),
    lambda asking: Question("events", f"what happened between {asking.actor(often=True)} and {asking.actor(often=True)}"),
    lambda asking: Question("timeline", f"timeline {asking.word(often=True)}"),
    lambda asking: Question("positions", f"where does {asking.actor(often=True)} stand on {asking.word(often=True)}"),
    lambda asking: Question("compare", f"compare {asking.actor(often=True)} and {asking.actor(often=True)}"),
    _hostile,
)


def questions(asking: Asking, many: int) -> list[Question]:
    """So many, each kind as often as any other."""
    return [_KINDS[n % len(_KINDS)](asking) for n in range(many)]


async def main(url: str, many: int, seed: int) -> None:
    """Measure all and print the figures."""
    start = time.perf_counter()
    storage = await open_storage(url)
    opened = time.perf_counter() - start
    desk = build_desk(storage.library, storage.conversations, load_registry())
    await desk.refresh()
    statements = await _statements(storage)
    print(f"{statements:,} statements: opened in {opened:.2f} s, ready to answer after {time.perf_counter() - start:.2f} s")
    spare_the_collector()
    asking = Asking(make_world(np.random.default_rng(1)), await _sample(storage, statements, seed), seed)
    asked = questions(asking, many)
    for question in questions(asking, 2 * len(_KINDS)):
        await desk.ask(_request(question.words, "warm"))
    ours = await _one_by_one(desk, asked)
    on_topic = [q for q in asked if q.topic]
    await _retrieved(storage, asking, on_topic)
    _naive(storage, on_topic, ours)
    await _at_once(storage, desk, asking)
    await storage.close()


async def _statements(storage: Storage) -> int:
    newest = await storage.library.quotations([], Scope(), limit=1)
    return newest[0].number if newest else 0


async def _sample(storage: Storage, statements: int, seed: int) -> list[Cited]:
    numbers = np.random.default_rng(seed).integers(1, statements + 1, size=400)
    return [cited for number in numbers if (cited := await storage.library.quotation(int(number)))]


async def _one_by_one(desk: AttacheDesk, asked: Sequence[Question]) -> dict[Question, float]:
    """Seconds from text to Answer, by question; every question is somebody else's first."""
    took: dict[Question, float] = {}
    worked: list[float] = []
    kinds: dict[str, list[float]] = defaultdict(list)
    for number, question in enumerate(asked):
        start, busy = time.perf_counter(), time.process_time()
        await desk.ask(_request(question.words, f"p{number}"))
        took[question] = time.perf_counter() - start
        worked.append(time.process_time() - busy)
        kinds[question.kind].append(took[question])
    for kind, times in kinds.items():
        print(f"  {kind:30} {_told(times)}")
    print(f"{len(asked)} questions, one by one: {_told(list(took.values()))}")
    print(f"  of it this process's own work: {_told(worked)}", flush=True)
    return took


def _request(words: str, person: str) -> Request:
    return Request(Destination(Platform.CONSOLE, "", "bench"), Asker(person), NOW, words)


def _told(times: Sequence[float]) -> str:
    half, most = (1000 * np.percentile(times, share) for share in (50, 99))
    return f"p50 {half:7.1f} ms, p99 {most:7.1f} ms, at most {1000 * max(times):7.1f} ms"


_NAIVE = """
    SELECT q.*, a.*, p.text FROM quotations_search f JOIN quotations q ON q.moment = f.rowid
    JOIN articles a ON a.key = q.article JOIN passages p ON p.key = (q.article << 24 | q.paragraph)
    LEFT JOIN actors w ON w.id = q.speaker
    WHERE quotations_search MATCH :topic AND (:actor = '' OR w.name = :actor) ORDER BY bm25(quotations_search) LIMIT 200
"""


async def _retrieved(storage: Storage, asking: Asking, asked: Sequence[Question]) -> None:
    """What the naive way is to be compared with: the same rows, as quotations with their words, from the library."""
    times = []
    for question in asked:
        ids, topic = asking.ids(question.actor), stems(question.topic)
        start = time.perf_counter()
        await storage.library.quotations(ids, Scope(), words=topic)
        times.append(time.perf_counter() - start)
    print(f"{len(asked)} questions on a topic, retrieval:  {_told(times)}")


def _naive(storage: Storage, asked: Sequence[Question], ours: dict[Question, float]) -> None:
    """The query alone, without understanding the question or weighing what it finds, against all of ours."""
    if not storage.database.path:
        return
    connection = sqlite3.connect(f"file:{storage.database.path}?mode=ro", uri=True)
    connection.execute("PRAGMA cache_size=-32768")
    times = []
    for question in asked:
        start = time.perf_counter()
        topic = " OR ".join(f'"{stem}"' for stem in stems(question.topic))
        connection.execute(_NAIVE, {"topic": topic, "actor": question.actor}).fetchall()
        times.append(time.perf_counter() - start)
    connection.close()
    mine = [ours[question] for question in asked]
    print(f"{len(asked)} questions on a topic, naive join: {_told(times)}")
    print(f"{len(asked)} questions on a topic, ours:       {_told(mine)}")
    ratios = [np.percentile(times, share) / np.percentile(mine, share) for share in (50, 99)]
    print(f"  naive/ours: {ratios[0]:.1f} times at p50, {ratios[1]:.1f} times at p99", flush=True)


async def _at_once(storage: Storage, desk: AttacheDesk, asking: Asking) -> None:
    """People who each ask a few questions with a pause of their own between, and all of them in the same instant."""
    async with _writer(storage):
        pauses = asking.rng.random((ASKERS, ROUNDS)) * 2 * PAUSE
        times, errors = await _crowd(desk, [questions(asking, ROUNDS) for _ in range(ASKERS)], pauses)
        print(f"{ASKERS} people beside a writer, a question every {PAUSE} s each: {_told(times)}, {errors} errors", flush=True)
        times, errors = await _crowd(desk, [[q] for q in questions(asking, ASKERS)], np.zeros((ASKERS, 1)))
        print(f"{ASKERS} questions in one instant beside a writer: {_told(times)}, {errors} errors")
        looked = await asyncio.gather(*(_looked(storage, asking.actor_id()) for _ in range(ASKERS)))
        print(f"{ASKERS} look-ups of an actor's newest 5 in one instant beside a writer: {_told(looked)}", flush=True)


async def _looked(storage: Storage, actor: str) -> float:
    start = time.perf_counter()
    await storage.library.quotations([actor], Scope(), limit=5)
    return time.perf_counter() - start


async def _crowd(desk: AttacheDesk, asked: Sequence[Sequence[Question]], pauses: np.ndarray) -> tuple[list[float], int]:
    times: list[float] = []
    errors = 0

    async def person(number: int) -> None:
        nonlocal errors
        for question, pause in zip(asked[number], pauses[number], strict=True):
            await asyncio.sleep(float(pause))
            start = time.perf_counter()
            try:
                await desk.ask(_request(question.words, f"c{number}"))
            except Exception as error:
                errors += 1
                print(f"  {question.words[:80]!r}: {error}", file=sys.stderr)
            times.append(time.perf_counter() - start)

    await asyncio.gather(*(person(number) for number in range(len(asked))))
    return times, errors


@asynccontextmanager
async def _writer(storage: Storage) -> AsyncIterator[None]:
    """New articles, stored by the batch, a tenth of a second apart."""
    run = f"{time.time():.0f}"
    made = [
        (replace(article, id=f"{run}-{article.id}"), reading) for article, reading in articles(BATCHES * BATCH * STATEMENTS, 2)
    ]

    async def write() -> None:
        for at in range(0, len(made), BATCH):
            await storage.library.add_all(made[at : at + BATCH])
            await asyncio.sleep(0.1)

    writing = asyncio.create_task(write())
    yield
    print("  the writer was done before" if writing.done() else "  the writer was at it all the time")
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)


async def measure(given: argparse.Namespace) -> None:
    """The given database, or one made for this alone."""
    if given.url:
        await main(given.url, given.questions, given.seed)
        return
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await fill(url, given.statements)
        await main(url, given.questions, given.seed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", nargs="?", help="a database made by tools.make_statements")
    parser.add_argument("--statements", type=int, default=1_000_000, help="size of the database to make where none is given")
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(measure(parser.parse_args()))
