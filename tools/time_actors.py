"""Times of the registry's look-ups: ``python -m tools.time_actors``."""

from collections.abc import Callable
from datetime import date
from time import perf_counter

from bot.actors import load_registry

DAY = date(2025, 2, 12)


def timed(what: str, act: Callable[[], object], times: int = 500) -> None:
    start = perf_counter()
    for _ in range(times):
        act()
    print(f"{what:32s} {(perf_counter() - start) / times * 1e6:10.1f} us")


def main() -> None:
    timed("build the registry", load_registry, 3)
    registry = load_registry()
    others = ["Pete Hegseth", "Ukraine", "Donald Trump"]
    timed("resolve: known", lambda: registry.resolve("Sergei Lavrov", on=DAY, context=others))
    timed("resolve: unknown", lambda: registry.resolve("Jonathan Smitherson", on=DAY, context=others))
    timed("office at a date", lambda: registry.office_holder("president", of="france", on=DAY))
    timed("find: known", lambda: registry.find("zelenskyy", DAY))
    timed("find: misspelt", lambda: registry.find("hegsteh", DAY), 50)
    timed("find: unknown", lambda: registry.find("qwertyuiop asdfgh", DAY), 50)
    timed("spot: a question", lambda: registry.spot("compare what Washington and Moscow said about the call", DAY))
    timed("voices of a state", lambda: registry.voices("united-states", DAY), 50)
    timed("complete: one letter", lambda: registry.complete("a"))


if __name__ == "__main__":
    main()
