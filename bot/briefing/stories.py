"""A story's short name, by which a person mutes it."""

import hashlib

_PREFIX = "story"
_LONGEST = 64


def story_mute(development: str, label: str) -> str:
    """The mute of a development: ``story 1a2b3c4d What it is``, short enough for a button's argument."""
    return f"{_PREFIX} {_mark(development)} {' '.join(label.split())}"[:_LONGEST].rstrip()


def mutes_story(mute: str, development: str) -> bool:
    """Whether a mute is that of this development."""
    return mute.startswith(f"{_PREFIX} {_mark(development)}")


def spoken_mute(mute: str) -> str:
    """A mute as it is shown: a story by its label, all else as it was typed."""
    prefix, _, rest = mute.partition(" ")
    mark, _, label = rest.partition(" ")
    is_story = prefix == _PREFIX and len(mark) == 8 and label and all(c in "0123456789abcdef" for c in mark)
    return f"the story “{label}”" if is_story else mute


def _mark(development: str) -> str:
    return hashlib.sha256(development.encode("utf-8", "surrogatepass")).hexdigest()[:8]
