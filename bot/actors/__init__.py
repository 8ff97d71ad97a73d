"""Who is who: names, aliases, offices at a date, metonyms."""

from bot.actors.finding import Match
from bot.actors.registry import Registry, load_registry
from bot.actors.resolving import Resolution

__all__ = ["Match", "Registry", "Resolution", "load_registry"]
