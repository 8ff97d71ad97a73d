"""Why a message came: which standing orders it goes back to, who gave them, and how they are ended."""

import json

from bot.briefing.preferences import taste_line
from bot.briefing.schedules import from_text, local, spoken
from bot.citing import day_text
from bot.standing import Claim, GivenUp, Mode, Standing


def reason(claim: Claim | None, standing: Standing, asker: str) -> str:
    """In plain words; ``claim`` is the message, ``None`` where none was sent."""
    if claim is None:
        return "Nothing has been sent here by itself. What is set: see following, and digest."
    match claim.kind:
        case "digest":
            return _digest(claim, standing, asker)
        case "alert":
            return _alert(standing, asker)
        case "notice" | "note":
            return "It is about something you set up here: a digest or a source that needs you."
        case _:
            return "It is about a report on a quotation that was shown here, or that you made or look after."


def letter_line(letter: GivenUp) -> str:
    """``digest for discord c7, 5 Mar 2025 07:00 UTC: no such channel``: what was given up, for whoever runs the bot."""
    place = letter.destination
    where = f"{place.platform} {'a person' if place.person else place.channel}"
    return f"{letter.kind} for {where}, {day_text(letter.at.date())} {letter.at:%H:%M} UTC: {letter.reason}"


def _digest(claim: Claim, standing: Standing, asker: str) -> str:
    cadence = from_text(json.loads(claim.content)["cadence"])
    due = local(claim.due_at, cadence.zone)
    if standing.digest is None:
        return f"A digest was set here ({spoken(cadence)}) when this one was due, {due}. It has been ended since."
    first = list(dict.fromkeys(follow.actor.name for follow in standing.follows))
    follows = f" Followed here, and so told first: {', '.join(first)}." if first else ""
    by = _by(standing.digest.by, asker)
    wanted = taste_line(standing.digest.taste)
    return (
        f"A digest is set here, {spoken(cadence)}, {by}; this is the one of {due}. "
        f"It tells what was read since the one before.{wanted}{follows} To change or end it: digest at 9am, digest pause, digest off."
    )


def _alert(standing: Standing, asker: str) -> str:
    mine = [follow for follow in standing.follows if follow.mode is Mode.AT_ONCE]
    if not mine:
        return "Somebody was followed here at once when this was read; that has been ended since."
    told = "; ".join(f"{follow.name}, {_by(follow.by, asker)}" for follow in mine)
    return (
        f"What is followed here at once: {told}. The message names which of these it is for. To end one: unfollow, and its name."
    )


def _by(by: str, asker: str) -> str:
    return "set by you" if by == asker else "set by somebody else here"
