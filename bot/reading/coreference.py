"""Who is mentioned where: names, pronouns and titles of an article, grouped by whom they mean, and resolved.

Names come first: a bare surname joins the full name, the catalogue says who it is at the article's date. Pronouns and
titles then look back for the nearest person that fits.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from rapidfuzz.distance import OSA

from bot.actors.names import slug
from bot.model import Actor, ActorRef, ActorType
from bot.reading.catalogue import Catalogue
from bot.reading.document import Document, Place
from bot.reading.mending import mended
from bot.reading.names import Name, NameType, find_names, fold, is_courtesy, is_given, is_surname, lexicon, windows
from bot.reading.roles import is_role, shortened
from bot.reading.tokens import POSSESSIVE

_GENDER = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f"}
_COURTESY = {"mr.": "m", "mr": "m", "sir": "m", "mrs.": "f", "mrs": "f", "ms.": "f", "ms": "f", "miss": "f"}
_UNDER = frozenset(["vice", "deputy", "assistant", "acting", "former", "ex", "under"])
_AFTER_TITLE = frozenset([",", ".", ";", ")", "of", "for", "in", "at", "to", "on", "who", "and", "under", "with"])
_LONGEST_NAME = 5
"""Words."""
_SHORT = 5
"""Letters of a surname that is too short to be misspelt."""
_REACH = 5
"""Sentences that a pronoun looks back."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``[first, last)``, code points ``[start, end)``, that mean the entity."""

    start: int
    end: int
    kind: Literal["name", "pronoun", "nominal"]
    type: str
    entity: int
    first: int
    last: int


@dataclass(slots=True)
class Entity:
    """What mentions share: its fullest name, its type and who it is. ``acting`` is who it is where it speaks or acts."""

    name: str
    type: NameType
    actor: ActorRef | None = None
    acting: ActorRef | None = None
    gender: str | None = None
    descriptors: list[str] = field(default_factory=list)
    belongs_to: str | None = None
    known: bool = False
    roles: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody an article mentions; ``mentions`` in text order, not overlapping."""

    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]

    def actor(self, mention: Mention) -> ActorRef | None:
        """Whom the mention means; a capital city is nobody here."""
        return self.entities[mention.entity].actor

    def acting(self, mention: Mention) -> ActorRef | None:
        """Whom the mention means where it acts: a capital city is its state."""
        return self.entities[mention.entity].acting

    def between(self, first: int, last: int) -> Sequence[Mention]:
        """The mentions that begin in tokens ``[first, last)``."""
        low = bisect_left(self.mentions, first, key=lambda m: m.first)
        return self.mentions[low : bisect_left(self.mentions, last, lo=low, key=lambda m: m.first)]

    def discovered(self) -> tuple[Actor, ...]:
        """People and organisations the catalogue lacks, with what the text calls them."""
        found: dict[str, Actor] = {}
        for entity in self.entities:
            actor = entity.actor
            if actor and not entity.known and actor.id not in found:
                found[actor.id] = Actor(*actor, aliases=tuple(dict.fromkeys(entity.descriptors)), belongs_to=entity.belongs_to)
        return tuple(found.values())


def cast_of(document: Document, catalogue: Catalogue, published_on: date | None, reader: str = "model") -> Cast:
    """Find and resolve all mentions; linear in the text, pure."""
    return _Casting(document, catalogue, published_on).cast(mended(document, find_names(document, reader)))


def _untitled(name: str) -> str:
    """ "Elizabeth II" of "Queen Elizabeth II"."""
    first, _, rest = name.partition(" ")
    return rest if is_role(first) and " " in rest else name


class _Casting:
    """One document on its way to a cast."""

    def __init__(self, document: Document, catalogue: Catalogue, on: date | None) -> None:
        self._document = document
        self._catalogue = catalogue
        self._on = on
        self._words = frozenset(document.words)
        self._entities: list[Entity] = []
        self._by_name: dict[tuple[str, str], int] = {}
        self._by_surname: dict[str, list[int]] = {}
        self._by_given: dict[str, list[int]] = {}
        self._by_initial: dict[str, dict[str, None]] = {}
        self._seen_at: dict[int, list[int]] = {}
        self._by_initials: dict[str, int] = {}
        self._by_last_word: dict[str, int] = {}
        self._by_first_word: dict[str, int] = {}
        self._full: Counter[str] = Counter()

    def cast(self, names: Sequence[Name]) -> Cast:
        names = [self._trimmed(part) for name in self._catalogued(names) for part in self._parted(name)]
        self._full = Counter(fold(self._surface(n)) for n in names if n.type is NameType.PERSON and n.last - n.first > 1)
        full = [self._surface(n) for n in names if n.type is NameType.PERSON and n.last - n.first > 1]
        for name in sorted(names, key=lambda n: n.first - n.last):
            if name.type in (NameType.PERSON, NameType.ORGANISATION) and name.last - name.first > 1:
                self._seen_at.setdefault(self._entity(name), []).append(name.first)
        for at in self._seen_at.values():
            at.sort()
        mentions = [self._named(name) for name in names]
        self._complete()
        for entity in self._entities:
            self._resolve(entity, tuple(dict.fromkeys(full)))
        self._join_same_actor()
        mentions += self._pronouns(mentions)
        return Cast(tuple(sorted(mentions, key=lambda m: (m.first, -m.last))), tuple(self._entities))

    def _catalogued(self, names: Sequence[Name]) -> Iterator[Name]:
        """The names with those of people whom the catalogue knows by their full name, whatever they were taken for."""
        at, names = 0, list(names)
        for first, last, _ in windows(self._document):
            inside = []
            while at < len(names) and names[at].first < last:
                inside.append(names[at])
                at += 1
            yield from self._known_people(inside) if inside else self._known_person(first, last)
        yield from names[at:]

    def _known_people(self, names: Sequence[Name]) -> Iterator[Name]:
        for name in names:
            whole = name.type is not NameType.PERSON and any(self._known_person(name.first, name.last))
            yield replace(name, type=NameType.PERSON) if whole else name

    def _known_person(self, first: int, last: int) -> Iterator[Name]:
        """A stretch of several capitalised words that is somebody's full name."""
        name = Name(first, last, NameType.PERSON)
        person = self._person(self._surface(name)) if 1 < last - first <= _LONGEST_NAME else None
        if person and fold(self._surface(name)) in (fold(person.name), fold(_untitled(person.name))):
            yield name

    def _parted(self, name: Name) -> tuple[Name, ...]:
        """Two countries taken for one name ("United States and North Korea") are two."""
        words = self._document.words
        at = next((i for i in range(name.first + 1, name.last - 1) if words[i] == "and"), None)
        if at is None or name.type is NameType.PERSON:
            return (name,)
        parts = tuple(Name(first, last, NameType.PLACE) for first, last in ((name.first, at), (at + 1, name.last)))
        return parts if all(self._catalogue.country(self._surface(part)) for part in parts) else (name,)

    def _trimmed(self, name: Name) -> Name:
        """A person's name without a title before it, or the headline's verb behind it ("Obama Sees Gains")."""
        words, first = self._document.words, name.first
        if name.type is not NameType.PERSON:
            return name
        while first + 1 < name.last and (is_role(words[first]) or is_courtesy(words[first])):
            first += 1
        name = replace(name, first=first)
        if name.last - first == 2 and self._person(self._surface(name)) is None:
            known = self._person(words[first])
            given = _given_gender(words[first]) is not None and words[first + 1].lower() not in self._words
            if known and known.name.split()[-1] == words[first] and not given:
                return replace(name, last=first + 1)
        return name

    def _surface(self, name: Name) -> str:
        start, end = self._document.span(name.first, name.last)
        return " ".join(self._document.text[start:end].split())

    def _named(self, name: Name) -> Mention:
        entity = self._entity(name)
        self._describe(self._entities[entity], name)
        start, end = self._document.span(name.first, name.last)
        return Mention(start, end, "name", name.type, entity, name.first, name.last)

    def _entity(self, name: Name) -> int:
        surface = self._surface(name)
        words = fold(surface).split()
        if len(words) == 1 and (longer := self._longer(name, words[0], surface)) is not None:
            return longer
        key = (name.type, " ".join(words))
        if key not in self._by_name:
            self._by_name[key] = len(self._entities)
            self._entities.append(Entity(surface, name.type))
            if name.type is NameType.PERSON and len(words) > 1:
                self._by_surname.setdefault(words[-1], []).append(self._by_name[key])
                self._by_given.setdefault(words[0], []).append(self._by_name[key])
                self._by_initial.setdefault(words[-1][0], {})[words[-1]] = None
            if name.type is NameType.ORGANISATION and len(words) > 1:
                initials = "".join(word[0] for word in surface.split() if word[0].isupper())
                self._by_initials.setdefault(initials, self._by_name[key])
                self._by_last_word.setdefault(words[-1], self._by_name[key])
                self._by_first_word.setdefault(words[0], self._by_name[key])
        return self._by_name[key]

    def _longer(self, name: Name, word: str, surface: str) -> int | None:
        """The full name that a single word is short for: a surname or given name, initials, a body's first or last word."""
        if name.type is NameType.ORGANISATION:
            short = self._short_for(word, surface)
            return short if short is not None or self._person(surface) else self._misspelt(word)
        if name.type is not NameType.PERSON:
            return None
        found = self._one_of(self._by_surname.get(word, ()), name)
        if found is None and self._person(surface) is None:
            found = self._one_of(self._by_given.get(word, ()), name)
            if found is None and not is_given(surface):
                found = self._by_first_word.get(word, self._misspelt(word))
        return found

    def _misspelt(self, surname: str) -> int | None:
        """Who is named in full with a surname one slip away: "McLenney", after Tyresha McClenney."""
        near = self._by_initial.get(surname[0], ()) if len(surname) > _SHORT else ()
        found = {e for other in near if same_surname(surname, other) for e in self._by_surname[other]}
        return found.pop() if len(found) == 1 else None

    def _one_of(self, people: Sequence[int], name: Name) -> int | None:
        """Whom of a family a bare name means: by the courtesy title's gender, the one everybody knows, the one named last."""
        courtesy = _COURTESY.get(self._document.words[name.first - 1].lower()) if name.first else None
        fitting = [e for e in people if courtesy is None or self._known_gender(e) in (courtesy, None)]
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        fitting = [e for e in fitting if courtesy is None or _given_gender(self._entities[e].name) in (courtesy, None)] or fitting
        fullest = max(fitting, key=lambda e: self._full[fold(self._entities[e].name)])
        known = self._person(self._surface(name))
        if known and (same := [e for e in fitting if self._person(self._entities[e].name) == known]):
            return fullest if self._leads(fullest, same[0]) else same[0]
        return max(fitting, key=lambda e: (self._named_before(e, name.first), e == fullest))

    def _leads(self, one: int, other: int) -> bool:
        """The text begins with the one, and names him in full more often."""
        counts = [self._full[fold(self._entities[e].name)] for e in (one, other)]
        return counts[0] > counts[1] and self._seen_at[one][0] < self._seen_at[other][0]

    def _known_gender(self, entity: int) -> str | None:
        person = self._person(self._entities[entity].name)
        return self._catalogue.gender(person) if person else None

    def _person(self, name: str) -> ActorRef | None:
        return self._catalogue.resolve(_bare(name), type_hint="person", on=self._on)

    def _named_before(self, entity: int, token: int) -> int:
        """The token of its last full mention before ``token``, -1 without one."""
        at = self._seen_at.get(entity, [])
        before = bisect_left(at, token)
        return at[before - 1] if before else -1

    def _short_for(self, word: str, surface: str) -> int | None:
        """The organisation that a short form stands for: its initials, or its last word."""
        found = self._by_initials.get(surface.replace(".", "")) if surface.isupper() else None
        return found if found is not None else self._by_last_word.get(word)

    def _describe(self, entity: Entity, name: Name) -> None:
        """The title before a name: its gender, its wording ("Japanese Defense Minister"), whose it is."""
        if name.type is not NameType.PERSON:
            return
        words, first = self._document.words, name.first
        sentence = self._document.sentences[self._document.sentence[name.first]]
        while first > sentence.first and (words[first - 1][0].isupper() or is_role(words[first - 1])) and name.first - first < 6:
            first -= 1
        title = words[first : name.first]
        entity.roles |= {word.lower() for word in _titles(title)}
        entity.roles |= {word.lower() for word in _titles(self._apposition(name.last, sentence.last))}
        if title and (courtesy := _COURTESY.get(title[-1].lower())):
            entity.gender = courtesy
        elif len(title) > 1 and is_role(title[-1]):
            entity.descriptors.append(" ".join(title))
            owner = next((c for word in title if (c := self._catalogue.country(word))), None)
            entity.belongs_to = entity.belongs_to or (owner.id if owner else None)

    def _apposition(self, first: int, end: int) -> Sequence[str]:
        """The words of ", the mayor of Riga," right behind a name; none where another name follows its title."""
        words = self._document.words
        if first + 1 >= end or words[first] != ",":
            return ()
        last = next((i for i in range(first + 1, min(first + 12, end)) if not words[i][0].isalnum()), min(first + 12, end))
        titles = [i for i in range(first + 1, last) if is_role(words[i])]
        return words[first + 1 : last] if titles and words[min(titles[0] + 1, end - 1)].lower() in _AFTER_TITLE else ()

    def _resolve(self, entity: Entity, context: tuple[str, ...]) -> None:
        look, name = self._catalogue, _bare(entity.name)
        if entity.type is NameType.PERSON:
            entity.actor = look.resolve(name, type_hint="person", on=self._on, context=context)
            entity.actor = entity.actor or (
                look.resolve(name, type_hint="organisation", on=self._on) if " " not in name else None
            )
        elif entity.type is NameType.ORGANISATION:
            entity.actor = look.resolve(name, type_hint="organisation", on=self._on, context=context) or look.country(name)
        elif entity.type is NameType.PLACE:
            entity.actor = look.resolve(name, type_hint="place", on=self._on, context=context)
            entity.acting = look.resolve(name, type_hint="country", on=self._on, context=context)
            if entity.acting is None and " " not in name:
                entity.actor = entity.actor or look.resolve(name, type_hint="person", on=self._on, context=context)
        else:
            entity.actor = look.country(name) or look.resolve(name, on=self._on, context=context)
        entity.known = entity.actor is not None
        if entity.actor is None and entity.type in (NameType.PERSON, NameType.ORGANISATION):
            entity.actor = _discovered(name, entity.type)
        entity.acting = entity.actor or entity.acting
        if entity.type is NameType.PERSON and entity.gender is None and entity.actor:
            entity.gender = look.gender(entity.actor) or _given_gender(entity.name)

    def _complete(self) -> None:
        """Give a lone surname the given name that stands before it somewhere, though it was not taken for a name there."""
        lone = {e.name: e for e in self._entities if e.type is NameType.PERSON and " " not in e.name}
        words = self._document.words
        for i in range(1, len(words)):
            if words[i] in lone and words[i - 1][0].isupper() and is_given(words[i - 1]):
                entity = lone.pop(words[i])
                if self._person(entity.name) is None:
                    entity.name = f"{words[i - 1]} {entity.name}"

    def _join_same_actor(self) -> None:
        """Spellings of one person share what was found out about any of them."""
        genders = {e.actor: e.gender for e in self._entities if e.actor and e.gender}
        for entity in self._entities:
            entity.gender = entity.gender or (genders.get(entity.actor) if entity.actor else None)

    def _pronouns(self, names: Sequence[Mention]) -> Iterator[Mention]:
        people = [m for m in names if self._entities[m.entity].type is NameType.PERSON]
        document, at, recent = self._document, 0, list[Mention]()
        for i, word in enumerate(document.words):
            while at < len(people) and people[at].first < i:
                recent.append(people[at])
                at += 1
            gender = _GENDER.get(word.lower())
            if gender and (found := self._antecedent(recent, i, gender)):
                start, end = document.span(i, i + 1)
                mention = Mention(start, end, "pronoun", NameType.PERSON, found.entity, i, i + 1)
                recent.append(mention)
                yield mention

    def _antecedent(self, recent: Sequence[Mention], i: int, gender: str) -> Mention | None:
        """The nearest sentence with somebody that fits; in it the first, who is most often its subject. Doubtful names come last."""
        return self._fitting(recent, i, gender, doubtful=False) or self._fitting(recent, i, gender, doubtful=True)

    def _fitting(self, recent: Sequence[Mention], i: int, gender: str, doubtful: bool) -> Mention | None:
        document = self._document
        sentence = document.sentence[i]
        best: Mention | None = None
        for mention in reversed(recent[-24:]):
            where = document.sentence[mention.first]
            if sentence - where > _REACH or (best and where != document.sentence[best.first]):
                break
            entity = self._entities[mention.entity]
            fits = entity.gender in (gender, None) and (doubtful or entity.gender is not None or _is_name(entity.name))
            owner = mention.last < len(document.words) and document.words[mention.last] in POSSESSIVE and mention.kind == "name"
            quoted = document.places[mention.first] == Place.INSIDE and document.places[i] != Place.INSIDE
            if fits and not quoted and not (owner and best):
                best = mention
        return best


def same_surname(one: str, other: str) -> bool:
    """Folded surnames that are equal, or long and one slip apart."""
    return one == other or (len(one) > _SHORT and one[:1] == other[:1] and OSA.distance(one, other, score_cutoff=1) == 1)


def _titles(words: Sequence[str]) -> Iterator[str]:
    """The nouns of a title; a deputy is not what he stands in for."""
    for i, word in enumerate(words):
        word = shortened().get(word.lower(), word)
        if is_role(word) and not (i and words[i - 1].lower() in _UNDER):
            yield word


def _bare(name: str) -> str:
    name = re.sub(r"^the\s+", "", name, flags=re.IGNORECASE)
    return re.sub(r"['’]s?$", "", name)


def _is_name(name: str) -> bool:
    """Whether a person's name begins with a known given name or ends with a known surname."""
    words = name.split()
    return is_given(words[0]) or is_surname(words[-1])


def _given_gender(name: str) -> str | None:
    flag = lexicon().get(fold(name.split()[0]), "")[:1]
    return flag if flag in ("m", "f") else None


def _discovered(name: str, type: NameType) -> ActorRef:
    return ActorRef(slug(name), name, ActorType.PERSON if type is NameType.PERSON else ActorType.ORGANISATION)
