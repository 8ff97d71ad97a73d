"""Slips of the keyboard in the words of asking: which command somebody may have meant."""

import re

from rapidfuzz import fuzz, process

from bot.asking.meaning import is_word
from bot.commands import COMMANDS

_SURE, _MAYBE = 80, 60
"""Likeness (0-100) from which on a word is taken for a command, and from which on the command is suggested."""
_NAMES = tuple(command.name for command in COMMANDS)


def corrected(text: str) -> str:
    """A message whose first word is no word but nearly a command's name, with that name."""
    first, blank, rest = text.partition(" ")
    if len(first) < 5 or not first.isalpha() or first.lower() in _NAMES or is_word(first):
        return text
    found = process.extractOne(first.lower(), _NAMES, scorer=fuzz.ratio, score_cutoff=_SURE)
    undone = first.lower().startswith("un")  # "unsnooze" is not a slip of "snooze"
    return f"{found[0]}{blank}{rest}" if found and found[0].startswith("un") == undone else text


def suggestion(text: str) -> str | None:
    """The command whose name comes nearest to the first word, if any comes near."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text[:200])
    found = process.extractOne(words[0].lower(), _NAMES, scorer=fuzz.ratio, score_cutoff=_MAYBE) if words else None
    return found[0] if found else None
