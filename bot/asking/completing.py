"""What a person may be typing: names, topics, zones and outlets, from memory alone."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.asking.digest_orders import zones
from bot.asking.naming import Who
from bot.asking.topics import topic_names
from bot.commands import COMMANDS, Complete

_SEVERAL = re.compile(r"^(?P<before>.*(?:\s(?:and|with|vs\.?|versus)\s|,\s*))?(?P<last>.*)$", re.IGNORECASE | re.DOTALL)
_KINDS = {(command.name, argument.name): argument.complete for command in COMMANDS for argument in command.arguments}


class Completions:
    """Completes arguments as the command table says. ``outlets`` are those read, most articles first."""

    def __init__(self, who: Who) -> None:
        self._who = who
        self.outlets: Sequence[str] = ()

    def of(self, command: str, argument: str, typed: str, limit: int) -> list[str]:
        """Whole values for the argument, the likeliest first; nothing for an argument that has none."""
        match _KINDS.get((command, argument), Complete.NOTHING):
            case Complete.ACTOR:
                return self._actors(typed, limit) if argument == "actors" else self._who.complete(typed, limit)
            case Complete.TOPIC:
                return _first(limit, _beginning(topic_names(), typed), self._who.complete(typed, limit))
            case Complete.SOURCE:
                found = _beginning(self.outlets, typed), _beginning(topic_names(), typed), self._who.complete(typed, limit)
                return _first(limit, *found)
            case Complete.ZONE:
                return _first(limit, _beginning(zones(), typed.replace(" ", "_")))
            case Complete.NOTHING:
                return []

    def _actors(self, typed: str, limit: int) -> list[str]:
        """The last of several names; those before it stay as they were typed."""
        match = _SEVERAL.match(typed)
        before, last = (match["before"] or "", match["last"]) if match else ("", typed)
        return [before + name for name in self._who.complete(last, limit)]


def _beginning(values: Iterable[str], typed: str) -> Iterator[str]:
    """The values one of whose words begins as typed; all of them for nothing."""
    wanted = typed.casefold()
    return (value for value in values if re.search(rf"(?:^|[\s/(]){re.escape(wanted)}", value.casefold()))


def _first(limit: int, *found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for values in found for value in values))[:limit]
