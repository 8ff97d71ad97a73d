"""Train the name recogniser: ``python -m tools.train_names TRAIN.jsonl TRAIN.silver.jsonl.gz``.

Silver names (person, organisation, location, other) become labels of the windows of ``bot.reading.names``. Each
article is used three times: as it is, and twice with its persons and places replaced by drawn names of the world
(consistently within the article) and with word features dropped, so that the model leans on looks and company and
not on who was in the news. Writes ``bot/reading/data/names.crf``.
"""

import gzip
import json
import random
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pycrfsuite

from bot.reading.document import Document
from bot.reading.names import lexicon, training_windows

DATA = Path(__file__).resolve().parent.parent / "bot" / "reading" / "data"
TITLES = ("Mr.", "Mrs.", "Ms.", "Dr.", "Miss", "Sen.", "Rep.", "Gov.", "Gen.", "Sens.", "Reps.", "Mr", "Ms", "Mrs")
SYLLABLES = [
    "xi",
    "jin",
    "ping",
    "wang",
    "yi",
    "li",
    "qiang",
    "mao",
    "ning",
    "zhang",
    "hui",
    "kim",
    "jong",
    "un",
    "yo",
    "suk",
    "yeol",
    "yoon",
    "moon",
    "jae",
    "in",
    "lee",
    "park",
    "geun",
    "hye",
    "lai",
    "ching",
    "te",
    "tsai",
    "ing",
    "wen",
    "nguyen",
    "phu",
    "trong",
    "tran",
    "thi",
    "van",
    "minh",
    "duc",
    "chen",
    "wu",
    "zhao",
    "lin",
    "jian",
    "han",
    "zheng",
    "fumio",
    "abe",
    "aung",
    "san",
    "suu",
    "kyi",
    "hun",
    "sen",
]
PARTICLES = ["bin", "al-", "al-", "Al-", "El-", "al", "von_der", "van", "de", "ben", "el-", "Al", "ibn", "da", "del"]

Entity = tuple[int, int, str]


class Names:
    """Draws names; the same seed draws the same."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        flags = lexicon()
        self.given = [w for w, f in flags.items() if f[0] in "mfx"]
        self.surnames = [w for w, f in flags.items() if "s" in f]
        self.places = [w for w, f in flags.items() if f == "p"]

    def _pseudo(self, word: str) -> str:
        other = self.random.choice(self.surnames)
        return word[: max(2, len(word) // 2)] + other[-self.random.randrange(2, 5) :]

    def person(self) -> tuple[list[str], int]:
        """(words of a full name, index where its surname begins)."""
        draw = self.random.random()
        if draw < 0.2:
            return self._syllabic(), 0
        given, surname = self.random.choice(self.given), self.random.choice(self.surnames)
        if self.random.random() < 0.4:
            given, surname = self._pseudo(given), self._pseudo(surname)
        given, surname = capital(given), capital(surname)
        if draw < 0.3:
            particle = self.random.choice(PARTICLES)
            tail = [particle + surname] if particle.endswith("-") else [*particle.split("_"), surname]
            return [given, *tail], 1
        if draw < 0.4:
            return [given, capital(self.random.choice(self.given)), surname], 2
        return [given, surname], 1

    def _syllabic(self) -> list[str]:
        a, b, c = (self.random.choice(SYLLABLES).capitalize() for _ in range(3))
        forms = [[a, b + c.lower()], [a, b, c], [a, b + "-" + c.lower()], [a, b + "-" + c], [a, b]]
        return self.random.choice(forms)

    def place(self, name: str) -> str:
        return capital(self.random.choice(self.places)) if self.random.random() < 0.6 else name


def capital(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


def load(texts: str, silver: str) -> list[tuple[str, list[Entity]]]:
    """(text, entities without titles) of each article."""
    with open(texts, encoding="utf-8") as file:
        by_id = {record["id"]: record["text"] for record in map(json.loads, file)}
    out = []
    with gzip.open(silver, "rt", encoding="utf-8") as file:
        for record in map(json.loads, file):
            text = by_id[record["id"]]
            out.append((text, [stripped for s, e, k in record["entities"] if (stripped := strip(text, s, e, k))[0] < e]))
    return out


def strip(text: str, start: int, end: int, kind: str) -> Entity:
    if kind == "PERSON":
        head, _, rest = text[start:end].partition(" ")
        if rest and head in TITLES:
            return end - len(rest), end, kind
    return start, end, kind


def majorities(articles: list[tuple[str, list[Entity]]]) -> dict[str, str]:
    """The type of a surface over the whole collection where it is clear: silver names are noisy."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text, entities in articles:
        for s, e, kind in entities:
            counts[text[s:e]][kind] += 1
    return {w: c.most_common(1)[0][0] for w, c in counts.items() if c.total() >= 4 and c.most_common(1)[0][1] >= 0.6 * c.total()}


def cleaned(text: str, entities: list[Entity], clear: dict[str, str]) -> list[Entity]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    surnames = set()
    for s, e, kind in entities:
        counts[text[s:e]][kind] += 1
        if kind == "PERSON" and " " in text[s:e]:
            surnames.add(text[s:e].split()[-1])
    return [
        (s, e, "PERSON" if (w := text[s:e]) in surnames else clear.get(w, counts[w].most_common(1)[0][0])) for s, e, _ in entities
    ]


def replaced(text: str, entities: list[Entity], names: Names) -> tuple[str, list[Entity]]:
    """The article with persons and places renamed."""
    out: list[str] = []
    moved: list[Entity] = []
    people: dict[str, tuple[list[str], int]] = {}
    places: dict[str, str] = {}
    position = length = 0
    for s, e, kind in sorted(entities):
        if s < position:
            continue
        new = renamed(text[s:e], kind, names, people, places)
        out += [text[position:s], new]
        length += s - position
        moved.append((length, length + len(new), kind))
        length, position = length + len(new), e
    return "".join([*out, text[position:]]), moved


def renamed(old: str, kind: str, names: Names, people: dict[str, tuple[list[str], int]], places: dict[str, str]) -> str:
    parts = old.split()
    if kind == "PERSON" and parts:
        full, surname = people.setdefault(parts[-1], names.person())
        if len(parts) > 1:
            return " ".join(full)
        return full[0] if surname == 0 else " ".join(full[surname:])
    if kind == "LOCATION" and len(parts) <= 2:
        return places.setdefault(old, names.place(old))
    return old


def labelled(document: Document, entities: list[Entity]) -> Iterator[tuple[list[list[str]], list[str]]]:
    entities = sorted(entities)
    begins = [e[0] for e in entities]

    def label(i: int, previous: str) -> str:
        start, end = document.starts[i], document.ends[i]
        k = bisect_right(begins, start) - 1
        for s, e, kind in entities[max(k, 0) : k + 2]:
            if s < end and e > start:
                inside = i > 0 and document.ends[i - 1] > s and previous[2:] == kind[:3]
                return ("I-" if inside else "B-") + kind[:3]
        return "O"

    for first, last, rows in training_windows(document):
        labels: list[str] = []
        for i in range(first, last):
            labels.append(label(i, labels[-1] if labels else "O"))
        yield rows, labels


def dropped(rows: list[list[str]], rand: random.Random) -> list[list[str]]:
    out = []
    for row in rows:
        row = [x for x in row if not (x.startswith(("w=", "e3", "p3", "e2")) and rand.random() < 0.5)]
        if rand.random() < 0.4:
            row = [x if not x.startswith("x=") else "x=" for x in row]
        out.append(row)
    return out


def main(texts: str, silver: str) -> None:
    names = Names()
    articles = load(texts, silver)
    clear = majorities(articles)
    trainer = pycrfsuite.Trainer(verbose=False)
    for text, entities in articles:
        entities = cleaned(text, entities, clear)
        for rows, labels in labelled(Document.of(text), entities):
            trainer.append(rows, labels)
        for _ in range(2):
            new_text, moved = replaced(text, entities, names)
            for rows, labels in labelled(Document.of(new_text), moved):
                trainer.append(dropped(rows, names.random), labels)
    trainer.set_params({"c1": 0.5, "c2": 0.02, "max_iterations": 80, "feature.possible_transitions": True})
    trainer.train(str(DATA / "names.crf"))


if __name__ == "__main__":
    main(*sys.argv[1:3])
