"""Count in how many articles each word stem occurs: the background that word weights of developments start from.

    python -m tools.count_words ARTICLES.jsonl

ARTICLES.jsonl holds {"text": ...} lines. Writes ``bot/briefing/data/document_frequencies.txt``.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from bot.briefing.wording import stem, words

_FEWEST = 3
FREQUENCIES = Path(__file__).resolve().parent.parent / "bot" / "briefing" / "data" / "document_frequencies.txt"
_HEADER = """# In how many of {count} news articles a word stem occurs (at least {fewest}): "stem count" lines, most frequent first.
# Counts only, made by tools/count_words.py; bot/briefing/wording.py weighs words by it.
{count}
"""


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("say which articles to count: python -m tools.count_words ARTICLES.jsonl")
    counts: Counter[str] = Counter()
    texts = [json.loads(line)["text"] for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    for text in texts:
        counts.update({stem(word.lower()) for word, _ in words(text)})
    kept = [(word, n) for word, n in counts.most_common() if n >= _FEWEST]
    lines = "".join(f"{word} {n}\n" for word, n in kept)
    FREQUENCIES.write_text(_HEADER.format(count=len(texts), fewest=_FEWEST) + lines, "utf-8")
    print(f"{FREQUENCIES}: {len(kept)} stems of {len(texts)} articles")


if __name__ == "__main__":
    main()
