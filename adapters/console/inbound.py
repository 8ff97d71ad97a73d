"""A typed line -> Request."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.model import Asker, Destination, Platform, Request

PLACE = Destination(Platform.CONSOLE, "", "terminal")
LONGEST = 100_000
"""Characters of one message that are looked at."""


def request_of(line: str, at: datetime, zone: str) -> Request:
    """The line as a request of the one person at the terminal, who administers the place."""
    return replace(button_request(at, zone), words=line[:LONGEST].strip())


def button_request(at: datetime, zone: str) -> Request:
    """Who, where and when, without words: for a button or a choice."""
    return Request(place=PLACE, asker=Asker(id="me", administrator=True, zone=zone), at=at)


Clock = Callable[[], datetime]
