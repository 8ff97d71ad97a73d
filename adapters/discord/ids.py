"""Action <-> ``custom_id``: all a button or a menu does stands in its id, so it works after any restart.

``a1|verb|argument|place`` for a button, ``m1|verb|place`` for a menu, whose picked value is the argument.
``place`` tells equal buttons of one message apart, since Discord wants every id only once. At most 100 characters.
"""

from collections.abc import Sequence

from bot.replies import Action

LONGEST = 100


def button_id(action: Action, place: int) -> str | None:
    """The id, or ``None`` where the argument is too long to travel."""
    return _short(f"a1|{action.verb}|{action.argument}|{place}")


def menu_id(verb: str, place: int) -> str | None:
    """The id of a menu whose options carry the argument."""
    return _short(f"m1|{verb}|{place}")


def action_of(custom_id: str, values: Sequence[str] = ()) -> Action | None:
    """What a press means; ``None`` if the id is not one of ours."""
    kind, _, rest = custom_id.partition("|")
    verb, _, rest = rest.partition("|")
    argument, bar, _ = rest.rpartition("|")
    if kind == "a1" and verb and bar:
        return Action(verb, argument)
    if kind == "m1" and verb and values:
        return Action(verb, values[0])
    return None


def _short(custom_id: str) -> str | None:
    return custom_id if len(custom_id.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST else None
