"""Fill a database with made-up statements, through the library itself, to measure at the size of years of news.

    python -m tools.make_statements sqlite+aiosqlite:///big.db --statements 1000000

Lengths follow a sample of real readings (a statement has about 36 words, a paragraph one statement, an article eight);
words and speakers follow Zipf's law; the articles spread over three years in their order. The same seed makes the same
articles. Words are stems of the list of document frequencies and, for the long tail, syllables put together.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from multiprocessing.queues import Queue

import numpy as np

from bot.actors import load_registry
from bot.model import Actor, ActorRef, ActorType, Article, DateBasis, Event, Kind, Mention, Quotation, Reading, Span
from bot.wordlists import entries
from storage import open_storage

FIRST, DAYS = date(2022, 2, 12), 3 * 365
RARE_WORDS, PEOPLE, OUTLETS = 60_000, 20_000, 60
STATEMENTS = 8
"""Statements of an article, on average."""
BATCH = 400
_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ren",
    "sta",
    "vu",
    "bor",
    "chen",
    "dal",
    "fi",
    "gra",
    "hul",
    "jo",
    "nes",
    "pra",
    "tov",
    "wic",
    "zem",
)
_KINDS = (Kind.DIRECT, Kind.MIXED, Kind.INDIRECT)
_TYPES = ("CONSULT", "AID", "REQUEST", "THREATEN", "AGREE", "SANCTION")


@dataclass(frozen=True, slots=True)
class World:
    """What there is to say and who there is to say it; ``word_odds`` and ``actor_odds`` are cumulative."""

    words: Sequence[str]
    word_odds: np.ndarray
    actors: Sequence[ActorRef]
    actor_odds: np.ndarray
    outlets: Sequence[str]
    unlisted: frozenset[ActorRef]

    def words_for(self, rng: np.random.Generator, many: int) -> list[str]:
        return [self.words[i] for i in np.searchsorted(self.word_odds, rng.random(many))]

    def actors_for(self, rng: np.random.Generator, many: int) -> list[ActorRef]:
        return [self.actors[i] for i in np.searchsorted(self.actor_odds, rng.random(many))]


def make_world(rng: np.random.Generator) -> World:
    """The catalogue's actors first, then people that only the texts know; common words, then rare ones."""
    common = [line.split()[0] for line in entries("bot.briefing", "data/document_frequencies.txt") if " " in line]
    known = [a.ref for a in load_registry().catalogue.actors]
    order = rng.permutation(len(known))
    actors = [*(known[i] for i in order), *(_person(n) for n in range(PEOPLE))]
    words = [*common, *(_name(n + 4_000) for n in range(RARE_WORDS))]
    outlets = [f"{_name(n + 400).title()} Herald" for n in range(OUTLETS)]
    return World(words, _zipf(len(words), 2.7), actors, _zipf(len(actors), 0.0), outlets, frozenset(actors[-PEOPLE:]))


def _zipf(many: int, shift: float) -> np.ndarray:
    """Cumulative odds of ranks by the law of Zipf and Mandelbrot."""
    odds = 1.0 / (np.arange(1, many + 1) + shift)
    summed: np.ndarray = np.cumsum(odds / odds.sum())
    return summed


def _name(number: int) -> str:
    """A word of its own for every number."""
    word = ""
    while number:
        number, digit = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[digit]
    return word


def _person(number: int) -> ActorRef:
    first, last = _name(number % 97 + 20).title(), _name(number + 400).title()
    return ActorRef(f"{first}-{last}".lower(), f"{first} {last}", ActorType.PERSON)


def articles(statements: int, seed: int) -> Iterator[tuple[Article, Reading]]:
    """Articles, oldest first, until there are ``statements`` of them or a few more; one in thirty is a copy."""
    rng = np.random.default_rng(seed)
    world = make_world(rng)
    made, number = 0, 0
    last: tuple[Article, Reading] | None = None
    while made < statements:
        day = FIRST + timedelta(days=int(DAYS * made / statements))
        outlet = world.outlets[int(OUTLETS * rng.random() ** 2)]
        if last and rng.random() < 1 / 30:
            text, reading = last[0].text, last[1]
        else:
            text, reading = _written(world, rng, day)
        last = Article(f"made-{number}", text, Span(0, len(text)), outlet, f"Made {number}", None, day), reading
        yield last
        made, number = made + len(reading.quotations), number + 1


def _written(world: World, rng: np.random.Generator, day: date) -> tuple[str, Reading]:
    """An article on a few topics by a few speakers: a lead, then a paragraph a statement."""
    topics = [word for word in world.words_for(rng, 12) if len(word) > 3][:6] or ["talks"]
    cast = world.actors_for(rng, 3)
    text = " ".join(world.words_for(rng, 25))
    quotations, events, mentions = [], [], []
    for paragraph in range(2, 2 + 1 + int(rng.poisson(STATEMENTS - 1))):
        speaker = cast[int(rng.random() * 3)]
        quotation, words = _said(world, rng, day, topics, speaker, len(text) + 1, paragraph)
        quotations.append(quotation)
        others = [speaker, *world.actors_for(rng, 2)]
        mentions += [Mention(quotation.source[0], paragraph, other) for other in others]
        if rng.random() < 0.28:
            kind = _TYPES[int(rng.random() * len(_TYPES))]
            evidence = Span(quotation.content[0].start, quotation.content[0].end)
            events.append(Event(kind, (speaker,), evidence, paragraph, recipients=(others[1],), date=day.isoformat()))
        text += f"\n{words}"
    found = tuple(Actor(*actor) for actor in dict.fromkeys(cast) if actor in world.unlisted)
    return text, Reading(tuple(quotations), tuple(events), tuple(mentions), discovered=found)


def _said(
    world: World, rng: np.random.Generator, day: date, topics: Sequence[str], speaker: ActorRef, at: int, paragraph: int
) -> tuple[Quotation, str]:
    """A quotation whose paragraph starts at ``at``, and the paragraph."""
    chance = rng.random(6)
    words = world.words_for(rng, int(min(120, max(4, rng.lognormal(3.45, 0.5)))))
    words[int(chance[0] * len(words))] = topics[int(chance[1] * len(topics))]
    kind = _KINDS[0 if chance[2] < 0.2 else 1 if chance[2] < 0.35 else 2]
    said, name = " ".join(words), speaker.name
    start = at + 1 if kind is Kind.DIRECT else at + len(name) + 11
    line = f"“{said},” {name} said after talks." if kind is Kind.DIRECT else f"{name} said that {said}."
    named = at + line.rindex(name)
    earlier = day - timedelta(days=int(5 * chance[3])) if chance[4] < 0.1 else day
    quotation = Quotation(
        content=(Span(start, start + len(said)),),
        kind=kind,
        paragraph=paragraph,
        cue=(Span(named + len(name) + 1, named + len(name) + 5),),
        source=(Span(named, named + len(name)),),
        statement=bool(chance[5] < 0.8),
        speaker=speaker,
        confidence=round(float(1 - 0.7 * chance[3] ** 2), 3),
        said_on=earlier,
        date_basis=DateBasis.STATED if earlier != day else DateBasis.PUBLISHED,
    )
    return quotation, line


async def fill(url: str, statements: int, seed: int = 1) -> None:
    """Add the articles to the database at ``url``; tells how far it is on standard error."""
    storage = await open_storage(url)
    done, began = 0, time.perf_counter()
    for batch in _batches(statements, seed):
        await storage.library.add_all(batch)
        done += sum(len(reading.quotations) for _, reading in batch)
        rate = done / (time.perf_counter() - began)
        print(f"\r{done:,} of {statements:,} statements, {rate:,.0f}/s", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    await storage.close()


def _batches(statements: int, seed: int) -> Iterator[list[tuple[Article, Reading]]]:
    """The articles by the batch, made by another process while this one stores."""
    processes = multiprocessing.get_context("spawn")
    ready = processes.Queue(maxsize=4)
    maker = processes.Process(target=_make, args=(statements, seed, ready), daemon=True)
    maker.start()
    while batch := ready.get():
        yield batch
    maker.join()


def _make(statements: int, seed: int, ready: "Queue[list[tuple[Article, Reading]]]") -> None:
    coming = articles(statements, seed)
    while batch := list(islice(coming, BATCH)):
        ready.put(batch)
    ready.put([])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="a new database")
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    asyncio.run(fill(given.url, given.statements, given.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
