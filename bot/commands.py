"""The one table of commands: feeds help, Slack's manifest, Discord's registration and the docs."""

from dataclasses import dataclass
from enum import StrEnum


class Complete(StrEnum):
    """Where completions of an argument come from."""

    ACTOR = "actor"
    TOPIC = "topic"
    ZONE = "zone"
    SOURCE = "source"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """One named argument; ``choices`` closes its values."""

    name: str
    help: str
    required: bool = False
    complete: Complete = Complete.NOTHING
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``example`` is what a person would type after the bot's name."""

    name: str
    help: str
    example: str
    arguments: tuple[Argument, ...] = ()
    administrators: bool = False
    private: bool = False


_WHO = Argument("actor", "Who: a name, an office or a metonym", required=True, complete=Complete.ACTOR)
_WHO_OPTIONAL = Argument("actor", "Who: a name, an office or a metonym", complete=Complete.ACTOR)
_TOPIC = Argument("topic", "What about", complete=Complete.TOPIC)
_TOPIC_REQUIRED = Argument("topic", "What about", required=True, complete=Complete.TOPIC)
_WHEN = Argument("when", "When: yesterday, since Monday, 12 Feb")

COMMANDS: tuple[Command, ...] = (
    Command("said", "What an actor said", "said Hegseth", (_WHO, _TOPIC, _WHEN)),
    Command("about", "What was said about a topic", "about NATO membership", (_TOPIC_REQUIRED, _WHEN)),
    Command(
        "verify",
        "Check a claimed quotation against the sources",
        "verify Hegseth: Ukraine will never join NATO",
        (Argument("words", "The words to check", required=True), _WHO_OPTIONAL),
    ),
    Command("who-said", "Who said these words", 'who-said "illusionary goal"', (Argument("words", "The words", required=True),)),
    Command("events", "What happened", "events on Wednesday", (_WHEN, _WHO_OPTIONAL, _TOPIC)),
    Command("timeline", "Events in order, also as a picture", "timeline 12 Feb", (_WHEN, _WHO_OPTIONAL, _TOPIC)),
    Command(
        "readouts",
        "Each side's account of a call or meeting",
        "readouts Trump Putin",
        (Argument("actors", "The parties", required=True, complete=Complete.ACTOR), _WHEN),
    ),
    Command("positions", "Where an actor stands, and whether it changed", "positions United States on NATO", (_WHO, _TOPIC)),
    Command(
        "compare",
        "What two actors said about one topic",
        "compare Trump and Zelensky on NATO",
        (Argument("actors", "Who and who", required=True, complete=Complete.ACTOR), _TOPIC),
    ),
    Command(
        "follow",
        "Follow an actor here",
        "follow Zelensky",
        (_WHO, _TOPIC, Argument("mode", "At once or in the digest", choices=("at once", "digest"))),
    ),
    Command("unfollow", "Stop following", "unfollow Zelensky", (_WHO, _TOPIC)),
    Command("following", "What is followed here and by you", "following", private=True),
    Command("alert", "Tell me, at once and in private", "alert Kremlin about a Moscow visit", (_WHO, _TOPIC), private=True),
    Command(
        "digest",
        "Set, show, pause or end this channel's digest",
        "digest daily at 8am Brussels",
        (
            Argument("order", "When: daily at 8am Brussels, pause, off"),
            Argument("zone", "Whose time: a zone", complete=Complete.ZONE),
        ),
        administrators=True,
    ),
    Command(
        "mute",
        "Hide a story, topic or outlet from your own messages",
        "mute NATO",
        (Argument("topic", "What about", required=True, complete=Complete.SOURCE),),
        private=True,
    ),
    Command(
        "snooze", "No messages until then", "snooze till Monday", (Argument("until", "Until when", required=True),), private=True
    ),
    Command(
        "quiet",
        "Hours without messages",
        "quiet 22:00-07:00",
        (Argument("hours", "From-to, or off", required=True),),
        private=True,
    ),
    Command("source", "The paragraph behind the last answer", "source", (Argument("number", "Which point"),)),
    Command(
        "report",
        "Report an error in the last answer; administrators list and settle reports",
        "report line 2 wrong speaker",
        (Argument("problem", "What is wrong; or: list, 3 withdraw, 3 speaker NAME, 3 dismiss, 3 reopen"),),
        private=True,
    ),
    Command(
        "sources",
        "The sources read here and their health",
        "sources",
        (Argument("order", "add, pause, resume, remove or test URL"),),
    ),
    Command("status", "What the bot has read and sent", "status"),
    Command(
        "export",
        "The last or a given answer as a file",
        "export Hegseth as csv",
        (Argument("query", "What"), Argument("format", "Format", choices=("csv", "json", "markdown"))),
        private=True,
    ),
    Command("forget-me", "Remove everything kept about you", "forget-me", private=True),
    Command("help", "What you can ask", "help", (Argument("command", "A command's name"),)),
)

ACTIONS: tuple[str, ...] = (
    "context",
    "follow",
    "unfollow",
    "more",
    "report",
    "mute",
    "unmute",
    "choose",
    "source",
    "why",
    "undo",
    "widen",
    "digest",
)
"""Verbs that buttons and menus carry."""
