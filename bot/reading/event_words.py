"""The closed word classes of ``data/event_words.txt``, by name."""

from functools import cache

from bot.wordlists import sections


@cache
def _sections() -> dict[str, frozenset[str]]:
    found = sections("bot.reading", "data/event_words.txt")
    return {name: frozenset(word for line in lines for word in line.split()) for name, lines in found.items()}


def word_set(name: str) -> frozenset[str]:
    """The words of one section, lower case. A section that the file lacks is a programming error."""
    return _sections()[name]
