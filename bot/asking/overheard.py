"""Is it for us? Words that nobody addressed to the bot, said where it was asked something before.

People go on with a question without naming the bot again, and they talk to each other in the same place. Only what has the shape
of a question or an order counts; small talk never does.
"""

import re
from datetime import date
from enum import Enum

from bot.asking.grammar import inquiry_of


class Heard(Enum):
    """``PERHAPS``: worth telling only if something is found."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


_GOING_ON = re.compile(r"^(?:and|what about|how about|what else|anything else|is it true)\b.{0,100}$", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"^(?:(?:and|so|ok|please),? )?(?:what|who|where|how|did|does|has|have|about|anything|any|compare|verify|check|"
    r"timeline|events?|news|latest|positions?|said|quotes?|statements?|readouts?|follow|unfollow|following|alert|mute|unmute|"
    r"digest|snooze|undo|export|source|context|more|next|help|status|report (?:line|\d|wrong|error))\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"^(?:\w\S*\s+){0,2}\w\S*\s*\?$|^.*\b(?:he|she|they)\b.*\bsa(?:y|id)\b.*\?$", re.IGNORECASE)
"""A name or a topic with a question mark, and questions after what somebody said."""
_FEW = 80
_LOOSE = frozenset(["said", "positions", "compare", "who-said"])
"""Intents that ordinary sentences fall into ("I worked on this"), and that change nothing."""


def overheard(words: str, today: date) -> Heard:
    """Whether words are a question or an order to the bot."""
    text = " ".join(words.split())
    if _GOING_ON.match(text):
        return Heard.YES
    inquiry = inquiry_of(text, today)
    shapeless = inquiry.intent == "said" and not inquiry.names
    greeting = inquiry.intent == "help" and len(text.split()) > 2
    if shapeless or greeting:
        return Heard.PERHAPS if len(text) <= _FEW and _SHORT.match(text) else Heard.NO
    if _ADDRESSED.match(text):
        return Heard.YES
    return Heard.PERHAPS if inquiry.intent in _LOOSE else Heard.NO
