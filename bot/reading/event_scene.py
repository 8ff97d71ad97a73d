"""A sentence as event reading sees it: its words, the parties named in it, and where one clause ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model import ActorRef, ActorType
from bot.reading.event_words import word_set

Words = Sequence[str]

CLAUSE_ENDS = word_set("clause ends")
SUBORDINATORS = word_set("subordinators")
RELATIVES = word_set("relatives")
JOINERS = frozenset(["and", "or", "&"])
PREPOSITIONS = word_set("prepositions")
_FILLERS = word_set("before a name")
_TITLES = word_set("titles")
_ADJECTIVAL = ("an", "ese", "ish", "ch", "i")
_BODIES = word_set("bodies of a state") | word_set("skipped before a verb")
_BETWEEN = frozenset(["'s", "’s", ",", "the", "of"])


@dataclass(frozen=True, slots=True)
class Party:
    """Word positions ``[start, end)`` of coordinated actors; ``lead`` is where their noun phrase begins."""

    start: int
    end: int
    lead: int
    actors: tuple[ActorRef, ...]


@dataclass(slots=True)
class Scene:
    """One sentence: lower-case ``words``, as-printed ``raw``, ``parties`` in order; ``first`` is its first token."""

    first: int
    raw: Words
    words: Words
    parties: Sequence[Party]
    ends: dict[int, Party] = field(default_factory=dict)
    starts: dict[int, Party] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for party in self.parties:
            self.ends[party.end - 1] = party
            self.starts[party.lead] = party

    def before(self, party: Party) -> str:
        """The word before a party's noun phrase, "" at the sentence's start."""
        return self.words[party.lead - 1] if party.lead else ""

    def inside(self, position: int) -> Party | None:
        """The party that a word belongs to."""
        return next((p for p in self.parties if p.start <= position < p.end), None)


def scene(first: int, raw: Words, named: Sequence[tuple[int, int, tuple[ActorRef, ...]]]) -> Scene:
    """``named``: (start, end, actors) in sentence positions, ordered and disjoint."""
    words = [word.lower() for word in raw]
    single: list[Party] = []
    for start, end, actors in named:
        if _only_describes(words, start, end, actors):
            continue
        last = single[-1] if single else None
        if last and (_modifies(words, last.end, start) or _belongs(words, last, start, actors)):
            single[-1] = Party(start, end, _lead_with_office(raw, words, last.lead), actors)
        else:
            single.append(Party(start, end, _lead(raw, words, start, last.end if last else 0), actors))
    return Scene(first, raw, words, _coordinated(words, single))


def _only_describes(words: Words, start: int, end: int, actors: tuple[ActorRef, ...]) -> bool:
    """An adjective of a country before somebody else: "Norlandish athletes". Its officials and forces are the country."""
    adjective = end - start <= 2 and words[end - 1].endswith(_ADJECTIVAL) and actors[0].name.lower() != " ".join(words[start:end])
    if not adjective or actors[0].type is not ActorType.COUNTRY or end >= len(words):
        return False
    after = words[end]
    return (
        after.isalpha() and after not in _TITLES and after not in JOINERS and after not in PREPOSITIONS and after not in _BODIES
    )


def _coordinated(words: Words, single: Sequence[Party]) -> list[Party]:
    """ "A, B and C" as one party; a comma joins only where "and" or "or" closes the list."""
    joined: list[Party] = []
    at = 0
    while at < len(single):
        last, i = at, at + 1
        while i < len(single) and (gap := words[single[i - 1].end : single[i].lead]) and _joins(gap):
            if not JOINERS.isdisjoint(gap):
                last = i
            i += 1
        actors = tuple(dict.fromkeys(a for party in single[at : last + 1] for a in party.actors))
        joined.append(Party(single[at].start, single[last].end, single[at].lead, actors))
        at = last + 1
    return joined


def _joins(gap: Words) -> bool:
    return len(gap) <= 2 and all(word in JOINERS or word == "," for word in gap)


def _lead(raw: Words, words: Words, start: int, floor: int) -> int:
    """Where the noun phrase around a name begins: titles, determiners and capitals before it belong to it."""
    lead = start
    while lead > floor and start - lead < 8:
        word = words[lead - 1]
        if word in _TITLES or word in _FILLERS or (raw[lead - 1][0].isupper() and word not in PREPOSITIONS and lead > 1):
            lead -= 1
        else:
            break
    return lead


def _belongs(words: Words, last: Party, start: int, actors: tuple[ActorRef, ...]) -> bool:
    """ "Norland's Anna Berg"."""
    of_state = last.actors[0].type is ActorType.COUNTRY and actors[0].type is ActorType.PERSON
    return of_state and words[last.end : start] in (["'s"], ["’s"])


def _lead_with_office(raw: Words, words: Words, lead: int) -> int:
    """A name may follow the whole of an office: "the president of Norland Anna Berg"."""
    titled = lead >= 2 and words[lead - 1] == "of" and words[lead - 2] in _TITLES
    return _lead(raw, words, lead - 2, 0) if titled else lead


def _modifies(words: Words, end: int, start: int) -> bool:
    """A name that only describes the next one: "North Korean leader Kim", "Norland's president, Anna Berg"."""
    between = words[end:start]
    if not between or between == ["'s"]:
        return not between
    titles = [word for word in between if word not in _BETWEEN]
    return len(between) <= 7 and bool(titles) and all(word in _TITLES for word in titles)
