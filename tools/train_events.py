"""Train the event type model from sentences with marked actors.

    python -m tools.train_events PLV.jsonl [--folds]

PLV.jsonl holds {"marked": "<s>source</s> did it to <t>target</t>", "plover": TYPE} lines. Writes the model into
``bot/reading/data``; with --folds prints the 5-fold accuracy instead.
"""

import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pycrfsuite

from bot.model import Span
from bot.reading.document import Document
from bot.reading.event_lexicon import lexicon
from bot.reading.event_types import MODEL, Features, Place, features

SETTINGS = {"c1": 0.0, "c2": 0.2, "max_iterations": 120, "feature.minfreq": 2.0}
Example = tuple[Features, str]


def unmark(marked: str) -> tuple[str, Span | None, Span | None]:
    """The text without marks, and the last source and target span in it."""
    text, spans, opened = "", dict[str, Span](), dict[str, int]()
    for part in re.split(r"(</?[st]>)", marked):
        if re.fullmatch(r"<[st]>", part):
            opened[part[1]] = len(text)
        elif re.fullmatch(r"</[st]>", part):
            spans[part[2]] = Span(opened.get(part[2], len(text)), len(text))
        else:
            text += part
    return text, spans.get("s"), spans.get("t")


def example(line: str) -> Example:
    """One training line as (features, type)."""
    row = json.loads(line)
    text, source, target = unmark(row["marked"])
    document = Document.of(text)
    words = [word.lower() for word in document.words]
    places = [Place(*document.tokens_in(span)) if span else None for span in (source, target)]
    return (
        features(words, lexicon().find(words), places[0] or Place(0, 0), places[1] or Place(len(words), len(words))),
        row["plover"],
    )


def train(examples: list[Example], path: Path) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    for item, label in examples:
        trainer.append([item], [label])
    trainer.select("lbfgs")
    trainer.set_params(SETTINGS)
    trainer.train(str(path))


def folds(examples: list[Example], count: int = 5) -> list[tuple[float, bool]]:
    """(confidence, right?) of every example, each judged by a model that has not seen it; stratified by type."""
    by_type: dict[str, list[int]] = defaultdict(list)
    for i, (_, label) in enumerate(examples):
        by_type[label].append(i)
    fold: dict[int, int] = {}
    for members in by_type.values():
        random.Random(0).shuffle(members)
        fold.update({i: n % count for n, i in enumerate(members)})
    judged: list[tuple[float, bool]] = []
    for k in range(count):
        with tempfile.NamedTemporaryFile(suffix=".crfsuite") as file:
            train([e for i, e in enumerate(examples) if fold[i] != k], Path(file.name))
            tagger = pycrfsuite.Tagger()
            tagger.open(file.name)
            for i, (item, label) in enumerate(examples):
                if fold[i] == k:
                    tagger.set([item])
                    best = max(tagger.labels(), key=lambda name: tagger.marginal(name, 0))
                    judged.append((tagger.marginal(best, 0), best == label))
    return judged


def accuracy(judged: list[tuple[float, bool]], share: float = 1.0) -> float:
    """Accuracy over the most confident ``share`` of the examples."""
    kept = sorted(judged, reverse=True)[: round(share * len(judged))]
    return sum(right for _, right in kept) / len(kept)


def main() -> None:
    path, *options = sys.argv[1:] or [""]
    if not Path(path).is_file():
        sys.exit("say which file to learn from: python -m tools.train_events PLV.jsonl [--folds]")
    examples = [example(line) for line in Path(path).read_text("utf-8").splitlines()]
    if "--folds" in options:
        judged = folds(examples)
        print(f"5-fold accuracy {accuracy(judged):.3f}, of the surest 60% {accuracy(judged, 0.6):.3f} ({len(judged)} sentences)")
    else:
        train(examples, Path(str(MODEL)))
        print(f"{MODEL}: learnt from {len(examples)} sentences")


if __name__ == "__main__":
    main()
