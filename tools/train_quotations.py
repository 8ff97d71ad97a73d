"""Train the quotation networks: ``python -m tools.train_quotations OUT.npz VECTORS.npz [PASSES]``; needs torch (pip install torch).

Reads ``attribution/train.jsonl`` and its silver parts of speech under ``ATTACHE_BENCH``. VECTORS holds ``words`` (strings, most
frequent first) and ``vectors`` (rows of 50 numbers): GloVe 6B, public domain. Every tenth article is held out and calibrates the
confidence with ``--hold``. The architecture is that of ``bot.reading.network``, which runs the result without torch.
"""

import gzip
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bot.config import load_settings
from bot.reading.document import Document
from bot.reading.features import FLAGS, SHAPES, SUFFIXES, Vocabulary, flags, look_up, normal
from bot.reading.network import DILATIONS, GAP, SECOND_DILATIONS, bucket, window

WIDTH, SECOND_WIDTH, BATCH, RATE = 144, 96, 6, 2e-3
CLASSES = {"speech": 0, "thought": 1, "other": 2}
ROLES = (("cue", 5), ("source", 1), ("content", 3))
FUNCTION = frozenset(
    [
        "has",
        "have",
        "had",
        "been",
        "be",
        "is",
        "was",
        "are",
        "were",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "by",
        "as",
        "not",
        "n't",
        "a",
        "an",
        "that",
        "the",
        "his",
        "her",
        "their",
        "its",
        "and",
        "or",
        "but",
        "also",
        ",",
        ".",
        '"',
        ":",
    ]
)
CALIBRATION = (1.742, -0.138, 1.291, 0.484, 1.532, -0.5)
"""Of the model trained with every tenth article held out: weights of certainty, length, direct, mixed, sourced, and 1."""

Labelled = tuple[int, dict[int, int], int]
"""An attribution: its anchor token, the labels of tokens, the class of its cue."""


@dataclass
class Example:
    """One article as arrays, a row a token; ``at`` is a token's position with the gaps between paragraphs."""

    document: Document
    at: Any
    columns: tuple[Any, Any, Any, Any, Any]
    attributions: list[Labelled]
    anchors: Any
    classes: Any
    tags: Any


def strengths(records: Sequence[Mapping[str, Any]], documents: Sequence[Document]) -> dict[str, float]:
    """How often a word is part of a cue."""
    inside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for record, document in zip(records, documents, strict=True):
        cued = {i for a in record["attributions"] for span in a["cue"] for i in range(*document.tokens_in(tuple(span)))}
        for i, word in enumerate(map(normal, document.words)):
            total[word] += 1
            inside[word] += i in cued
    return {word: (inside[word] + 0.05) / (total[word] + 2) for word in total}


def labelled(record: Mapping[str, Any], document: Document, strength: Mapping[str, float]) -> Iterator[Labelled]:
    """The attributions that have a cue; its most telling token is the anchor."""
    for attribution in record["attributions"]:
        cue = [i for span in attribution["cue"] for i in range(*document.tokens_in(tuple(span)))]
        if not cue:
            continue
        words = {i: normal(document.words[i]) for i in cue}
        anchor = max(cue, key=lambda i: (words[i] not in FUNCTION, round(strength.get(words[i], 0), 2), i))
        labels: dict[int, int] = {}
        for role, begins in ROLES:
            for span in attribution[role]:
                first, last = document.tokens_in(tuple(span))
                for i in range(first, last):
                    if not (i in labels and role == "content"):
                        labels[i] = begins if i == first else begins + 1
        yield anchor, labels, CLASSES[attribution["cue_class"]]


def own_words(documents: Sequence[Document]) -> list[str]:
    """The commonest words that are no names: they get vectors of their own."""
    low: Counter[str] = Counter()
    high: Counter[str] = Counter()
    for document in documents:
        for word in document.words:
            (low if word[0].islower() or not word[0].isalpha() else high)[normal(word)] += 1
    return ['"', *[w for w, n in low.most_common() if n >= 5 and n > high[w] * 0.5 and w != '"'][:8000]]


def examples(records: Sequence[Mapping[str, Any]], vocabulary: Vocabulary, silver: Mapping[str, Any]) -> Iterator[Example]:
    documents = [Document.of(record["text"]) for record in records]
    strength = strengths(records, documents)
    tags: dict[str, int] = {}
    for record, document in zip(records, documents, strict=True):
        words, count = look_up(document, vocabulary), len(document.words)
        attributions = list(labelled(record, document, strength))
        anchors, classes, parts = np.zeros(count, np.float32), np.full(count, -1), np.full(count, -1)
        for anchor, _, kind in attributions:
            anchors[anchor], classes[anchor] = 1, kind
        spoken = {(s, e): tag for s, e, tag in silver.get(record["id"], {"tokens": []})["tokens"]}
        for i, place in enumerate(zip(document.starts, document.ends, strict=True)):
            if place in spoken:
                parts[i] = tags.setdefault(spoken[place], len(tags))
        at = np.arange(count) + GAP * np.frombuffer(document.paragraph, np.uint32).astype(np.int64)
        columns = (
            words.vector[words.rows],
            words.own[words.rows],
            words.suffix[words.rows],
            words.shape[words.rows],
            flags(document),
        )
        yield Example(document, at, columns, attributions, anchors, classes, parts)


class Networks(nn.Module):
    """Both stages; ``pos`` (parts of speech) is a second task that only training uses."""

    def __init__(self, own: int) -> None:
        super().__init__()
        self.own, self.suf, self.shp = nn.Embedding(own + 1, 24), nn.Embedding(SUFFIXES, 12), nn.Embedding(SHAPES, 8)
        for table in (self.own, self.suf, self.shp):
            nn.init.normal_(table.weight, std=0.3)
        self.inp = nn.Linear(50 + 24 + 12 + 8 + FLAGS, WIDTH)
        self.conv = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=k, dilation=k) for k in DILATIONS)
        self.norm = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.anchor, self.cls, self.pos = nn.Linear(WIDTH, 1), nn.Linear(WIDTH, 3), nn.Linear(WIDTH, 50)
        self.u, self.v = nn.Linear(WIDTH + 1, SECOND_WIDTH), nn.Linear(WIDTH, SECOND_WIDTH, bias=False)
        self.rel, self.sd = nn.Embedding(48, SECOND_WIDTH), nn.Embedding(5, SECOND_WIDTH)
        self.conv2 = nn.ModuleList(nn.Conv1d(SECOND_WIDTH, SECOND_WIDTH, 3, padding=k, dilation=k) for k in SECOND_DILATIONS)
        self.norm2 = nn.ModuleList(nn.LayerNorm(SECOND_WIDTH) for _ in SECOND_DILATIONS)
        self.out = nn.Linear(SECOND_WIDTH, 7)
        self.drop, self.drop_input, self.drop_layer = nn.Dropout(0.3), nn.Dropout(0.25), nn.Dropout(0.15)

    def encode(self, vectors: Any, own: Any, suffix: Any, shape: Any, facts: Any, real: Any) -> Any:
        known = [
            self.drop_input(vectors),
            self.drop_input(self.own(own)),
            self.drop_input(self.suf(suffix)),
            self.shp(shape),
            facts,
        ]
        x = torch.relu(self.inp(torch.cat(known, -1))) * real
        for conv, norm in zip(self.conv, self.norm, strict=True):
            x = norm(x + self.drop_layer(torch.relu(conv(x.transpose(1, 2)).transpose(1, 2)))) * real
        return x

    def roles(self, hidden: Any, anchors: Any, tokens: Any, real: Any, cues: Any, distance: Any, apart: Any) -> Any:
        known = self.u(torch.cat([self.drop(hidden), torch.sigmoid(anchors).unsqueeze(-1)], -1))
        seen, mask = self.v(self.drop(hidden)), real.unsqueeze(-1).float()
        x = torch.relu(known[tokens] + seen[cues].unsqueeze(1) + self.rel(distance) + self.sd(apart)) * mask
        for conv, norm in zip(self.conv2, self.norm2, strict=True):
            x = norm(x + self.drop_layer(torch.relu(conv(x.transpose(1, 2)).transpose(1, 2)))) * mask
        return self.out(self.drop(x))


def batched(chosen: Sequence[Example], vectors: Any) -> tuple[list[Any], int]:
    """The first stage's input; some own words and vectors are forgotten so that the model does not lean on them."""
    length = max(int(example.at[-1]) + 1 for example in chosen)
    shapes = [(np.int64, ())] * 4 + [(np.float32, (FLAGS,)), (np.float32, (1,))]
    arrays = [np.zeros((len(chosen), length, *tail), kind) for kind, tail in shapes]
    for row, example in enumerate(chosen):
        vector, own, suffix, shape, facts = example.columns
        own = np.where(np.random.rand(len(own)) < 0.1, 0, own)
        vector = np.where(np.random.rand(len(vector)) < 0.03, 0, vector)
        for array, column in zip(arrays, (vector, own, suffix, shape, facts, 1), strict=True):
            array[row, example.at] = column
    known, *others = map(torch.from_numpy, arrays)
    return [vectors[known], *others], length


def windows(chosen: Sequence[Example], length: int, anchors: Sequence[Sequence[tuple[int, dict[int, int]]]]) -> list[Any]:
    """The second stage's input: tokens, cues, distances, sentences apart, labels (-1 beyond the window)."""
    rows: list[tuple[Any, ...]] = []
    for row, example in enumerate(chosen):
        sentences = np.frombuffer(example.document.sentence, np.uint32).astype(int)
        for cue, labels in anchors[row]:
            first, last = window(example.document, cue)
            tokens = np.arange(first, last)
            wanted = np.array([labels.get(int(i), 0) for i in tokens])
            apart = np.clip(sentences[first:last] - sentences[cue], -2, 2) + 2
            place = row * length
            rows.append((place + example.at[first:last], place + example.at[cue], bucket(tokens - cue), apart, wanted))
    widest = max(len(tokens) for tokens, *_ in rows)

    def padded(column: int, filler: int) -> Any:
        return torch.from_numpy(np.stack([np.pad(r[column], (0, widest - len(r[column])), constant_values=filler) for r in rows]))

    return [padded(0, 0), torch.from_numpy(np.array([r[1] for r in rows])), padded(2, 0), padded(3, 0), padded(4, -1)]


def loss_of(networks: Networks, chosen: Sequence[Example], vectors: Any, progress: float) -> Any:
    inputs, length = batched(chosen, vectors)
    hidden = networks.encode(*inputs).reshape(len(chosen) * length, -1)
    scores = networks.anchor(networks.drop(hidden)).squeeze(-1)
    at = torch.from_numpy(np.concatenate([row * length + example.at for row, example in enumerate(chosen)]))
    truth, kinds, parts = (
        torch.from_numpy(np.concatenate(column)) for column in zip(*((e.anchors, e.classes, e.tags) for e in chosen), strict=True)
    )
    found = functional.binary_cross_entropy_with_logits(scores[at], truth, reduction="sum") / truth.sum()
    dropped = networks.drop(hidden[at])
    classed = functional.cross_entropy(networks.cls(dropped), kinds, ignore_index=-1)
    tagged = functional.cross_entropy(networks.pos(dropped), parts, ignore_index=-1)
    tokens, cues, distance, apart, labels = windows(
        chosen, length, cues_of(chosen, length, torch.sigmoid(scores).detach().numpy())
    )
    roles = networks.roles(hidden, scores, tokens, labels >= 0, cues, distance, apart)
    split = functional.cross_entropy(roles.reshape(-1, 7), labels.reshape(-1), ignore_index=-1, reduction="sum") / len(cues)
    return found + 0.12 * split + 0.2 * classed + 0.5 * tagged * (1 - 0.7 * progress)


def cues_of(chosen: Sequence[Example], length: int, likely: Any) -> list[list[tuple[int, dict[int, int]]]]:
    """The true cues, and some that the model takes for cues: those have no content."""
    found = []
    for row, example in enumerate(chosen):
        wrong = [int(i) for i in np.nonzero((likely[row * length + example.at] > 0.25) & (example.anchors == 0))[0]]
        random.shuffle(wrong)
        own = [(anchor, labels) for anchor, labels, _ in example.attributions]
        found.append([*own, *((i, {}) for i in wrong[: max(2, len(own) // 3)])])
    return found


def trained(chosen: list[Example], networks: Networks, vectors: Any, passes: int) -> dict[str, Any]:
    """The running mean of the weights after so many passes."""
    weighed = [[p for p in networks.parameters() if (p.dim() > 1) is heavy] for heavy in (True, False)]
    groups = [{"params": weighed[0], "weight_decay": 0.02}, {"params": weighed[1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98))
    steps, step = passes * math.ceil(len(chosen) / BATCH), 0
    mean = {name: value.clone() for name, value in networks.state_dict().items()}
    for number in range(passes):
        order = sorted(chosen, key=lambda example: len(example.at) + random.random() * 300)
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        random.shuffle(batches)
        total = 0.0
        for batch in batches:
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, step / 200) * (0.5 * (1 + math.cos(math.pi * min(1, step / steps))) * 0.98 + 0.02)
            loss = loss_of(networks, batch, vectors, step / steps)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(networks.parameters(), 5.0)
            optimizer.step()
            total += loss.item()
            keep = min(0.998, step / (step + 20))
            for name, value in networks.state_dict().items():
                mean[name].mul_(keep).add_(value, alpha=1 - keep)
        print(f"pass {number + 1} of {passes}: loss {total / len(batches):.3f}", flush=True)
    return mean


def main(out: str, vectors_file: str, passes: int) -> int:
    folder = load_settings().bench / "attribution"
    if not (folder / "train.jsonl").is_file():
        print(f"no training articles at {folder}: set ATTACHE_BENCH", file=sys.stderr)
        return 1
    torch.manual_seed(2)
    random.seed(2)
    np.random.seed(2)
    records = [json.loads(line) for line in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    with gzip.open(folder / "train.silver.jsonl.gz", "rt", encoding="utf-8") as stream:
        silver = {record["id"]: record for record in map(json.loads, stream)}
    held = np.load(vectors_file)
    words, table = [str(word) for word in held["words"][:40_000]], held["vectors"][:40_000].astype(np.float32)
    scale = np.abs(table).max(0) / 127
    small = np.round(table / scale).astype(np.int8)
    own = own_words([Document.of(record["text"]) for record in records])
    vocabulary = Vocabulary({w: i for i, w in enumerate(words, 1)}, {w: i for i, w in enumerate(own, 1)})
    chosen = [example for example in examples(records, vocabulary, silver) if len(example.at)]
    seen = torch.from_numpy(np.concatenate([np.zeros((1, 50), np.float32), small * scale]).astype(np.float32))
    weights = trained(chosen, Networks(len(own)), seen, passes)
    arrays: dict[str, Any] = {
        f"0.{name}": value.numpy().astype(np.float16) for name, value in weights.items() if not name.startswith("pos.")
    }
    listed: dict[str, Any] = {
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "own": np.frombuffer("\n".join(own).encode(), np.uint8),
    }
    np.savez_compressed(Path(out), **arrays, **listed, vectors=small, scale=scale, calibration=np.array(CALIBRATION, np.float32))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 15))
