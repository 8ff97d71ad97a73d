"""App Home: what a person follows, digests of the workspace, the sources' health; with buttons to change them.

https://docs.slack.dev/surfaces/app-home
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.slack.forms import DIGEST, FOLLOW
from adapters.slack.limits import HEADER, LABEL, PIECE, VIEW_BLOCKS, cut, pieces
from adapters.slack.render import view_blocks
from adapters.slack.text import heading
from bot.briefing.cadence import next_due
from bot.briefing.schedules import from_text, local, spoken
from bot.commands import COMMANDS
from bot.model import Destination
from bot.replies import Reply
from bot.standing import DigestOrder, Follow, Standing

Json = dict[str, Any]
SHOWN = 25
"""Follows, digests and sources that are listed; the others are counted."""
ORDER = "order"
"""Action id of what is done with a digest: its value is ``CHANGE CHANNEL``, without a channel one's own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person may see. ``digests`` are of channels they may know of; ``note`` tells what a press did."""

    mine: Standing
    digests: Sequence[tuple[Destination, DigestOrder]]
    sources: Sequence[str]
    at: datetime
    note: Reply | None = None


def home_view(shown: Shown) -> Json:
    """The view, within Slack's limits."""
    return {"type": "home", "blocks": list(_blocks(shown))[:VIEW_BLOCKS]}


def _blocks(shown: Shown) -> Iterator[Json]:
    if shown.note:
        yield from view_blocks(shown.note, 8)
    yield from _follows(shown.mine.follows)
    yield from _own_digest(shown.mine.digest, shown.at)
    yield from heading("Digests in this workspace", HEADER)
    for number, (place, order) in enumerate(shown.digests[:SHOWN]):
        yield _channel_digest(number, place.channel, order, shown.at)
    yield from _rest(len(shown.digests), "No channel has one. To set one, write in the channel: /brief digest set")
    yield from heading("Sources", HEADER)
    if shown.sources:
        lines = "\n".join(cut(line, 200) for line in shown.sources[:SHOWN])
        yield from (_text(piece) for piece in pieces(lines, PIECE))
    yield from _rest(len(shown.sources), "No sources are configured.")
    examples = [command.example for command in COMMANDS[:5]]
    yield _context(f"Ask me in a message, for example: {' · '.join(examples)}. Everything I know to do: /brief help")


def _follows(follows: Sequence[Follow]) -> Iterator[Json]:
    yield from heading("You follow", HEADER)
    for number, follow in enumerate(follows[:SHOWN]):
        about = f" on {follow.topic}" if follow.topic else ""
        button = _button("Unfollow", f"unfollow:{number}", follow.actor.id[:64])
        yield _text(cut(f"{follow.actor.name}{about} ({follow.mode})", 300)) | {"accessory": button}
    yield from _rest(len(follows), "Nobody yet.")
    yield {"type": "actions", "elements": [_button("Follow somebody", f"form:{FOLLOW}")]}


def _own_digest(order: DigestOrder | None, at: datetime) -> Iterator[Json]:
    yield from heading("Your digest", HEADER)
    yield _text(_told(order, at) if order else "You have none. It comes as a direct message.")
    buttons = [_button("Change" if order else "Set a digest", f"form:{DIGEST}")]
    if order:
        buttons += [_button(label, f"{ORDER}:{label.lower()}", change) for label, change in _changes(order)]
    yield {"type": "actions", "elements": buttons}


def _channel_digest(number: int, channel: str, order: DigestOrder, at: datetime) -> Json:
    changes = [("Change", "set"), *_changes(order)]
    options = [{"text": _plain(label), "value": f"{change} {channel}"} for label, change in changes]
    menu = {"type": "overflow", "action_id": f"{ORDER}:{number}", "options": options}
    text = {"type": "mrkdwn", "text": f"<#{channel}> {_told(order, at)}", "verbatim": True}
    return {"type": "section", "text": text, "accessory": menu}


def _changes(order: DigestOrder) -> list[tuple[str, str]]:
    return [("Resume", "resume") if order.paused else ("Pause", "pause"), ("End", "off")]


def _told(order: DigestOrder, at: datetime) -> str:
    """Ours alone: days, times and a zone."""
    cadence = from_text(order.cadence)
    if order.paused:
        return f"{spoken(cadence)}: paused."
    return f"{spoken(cadence)}. Next: {local(next_due(cadence, at).at, cadence.zone)}."


def _rest(count: int, none: str) -> Iterator[Json]:
    if count == 0:
        yield _text(none)
    elif count > SHOWN:
        yield _context(f"And {count - SHOWN} more.")


def _text(text: str) -> Json:
    return {"type": "section", "text": _plain(text)}


def _context(text: str) -> Json:
    return {"type": "context", "elements": [_plain(text)]}


def _button(label: str, id: str, value: str = "") -> Json:
    made = {"type": "button", "text": _plain(cut(label, LABEL)), "action_id": id}
    return made | ({"value": value} if value else {})


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
