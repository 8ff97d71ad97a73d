"""What a printed name or title means, by the catalogue alone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from bot.actors.catalogue import Catalogue, Office
from bot.actors.index import Index, Sense
from bot.actors.institutions import Institutions
from bot.actors.names import bare, compatible, given, key, nickname_table, sound, surnames
from bot.actors.offices import Offices
from bot.model import ActorRef, ActorType

_KINDS = {
    "person": {ActorType.PERSON},
    "organisation": {ActorType.ORGANISATION, ActorType.COUNTRY},
    "country": {ActorType.COUNTRY, ActorType.ORGANISATION},
    "place": {ActorType.COUNTRY, ActorType.ORGANISATION},
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name means: ``actor`` if one reading stands out, all ``candidates`` best first, how it was read.

    ``note`` is one line for a person where the reading is not plain ("read as Pete Hegseth").
    """

    actor: ActorRef | None
    candidates: tuple[ActorRef, ...] = ()
    how: str = "unknown"
    note: str | None = None


class Resolver:
    """Immutable look-ups over the catalogue. Implements ``bot.reading.catalogue.Catalogue``; raises for no string."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.index = Index(catalogue.actors, catalogue.states, catalogue.family_first)
        self.offices = Offices(catalogue)
        self.institutions = Institutions(catalogue)
        self.nicknames = nickname_table(catalogue.nicknames)
        people_words = {w for s in catalogue.states for p in (*s.people, s.name) for w in key(p).split()}
        self._people_words = frozenset(people_words)
        self._title_words = catalogue.address.keys() | self.offices.words | people_words

    # --- names ---

    def resolve(
        self, name: str, *, type_hint: str | None = None, on: date | None = None, context: Collection[str] = ()
    ) -> ActorRef | None:
        """The actor a printed name means, or ``None``: see ``explain``."""
        return self.explain(name, type_hint=type_hint, on=on, context=context).actor

    def explain(
        self, name: str, *, type_hint: str | None = None, on: date | None = None, context: Collection[str] = ()
    ) -> Resolution:
        """Read a name: exactly, else by its parts, else by an office ("president of France"), else as misspelt.

        ``type_hint``: "person", "organisation", "country" (what speaks: a capital is its state), "place"
        (a capital is nobody) or ``None``. ``context``: the other names of the article.
        """
        folded = key(name)
        exact = self.pick(self.senses(name, folded), type_hint, on, context)
        if exact.candidates:
            return exact
        if type_hint in (None, "person"):
            read = self._by_parts(name, on, context)
            if read.candidates:
                return read
        if type_hint != "place" and (" " in folded or self.offices.alone(folded)):
            found = self.institution(name, on) or self._by_office(name, on)
            if found and (type_hint is None or found.type in _KINDS.get(type_hint, {found.type})):
                return Resolution(found, (found,), "office", f"read as {found.name}")
        return self._misspelt(folded, type_hint, on, context)

    def senses(self, name: str, folded: str, index: Index | None = None) -> list[Sense]:
        """The senses of a form; a word of plain English counts only as the catalogue capitalises it."""
        found = (index or self.index).get(folded)
        if not found or folded not in self.catalogue.plain:
            return found
        return [s for s in found if _same_case(name, s.form)]

    def pick(self, senses: Sequence[Sense], type_hint: str | None, on: date | None, context: Collection[str]) -> Resolution:
        """One of the senses if the hint, the context, the day or the catalogue's order of rights decides."""
        fitting = [s for s in senses if _fits(s, type_hint)]
        if not fitting:
            return Resolution(None)
        best = _strongest(fitting)
        if context and len(fitting) > 1 and best[0].how != "name":
            near = [s for s in fitting if self._in_context(s.actor, context)]
            best = [s for s in best if s in near] or near or best
        best = self._current(best, on) if len(best) > 1 else best
        chosen = best[0]
        if len(best) == 1 and self._may_stand(chosen, on, context):
            return Resolution(chosen.actor, (chosen.actor,), chosen.how)
        return Resolution(None, tuple(dict.fromkeys(s.actor for s in fitting)), chosen.how)

    def _may_stand(self, sense: Sense, on: date | None, context: Collection[str]) -> bool:
        """Part of a name is enough for those whom the article names in full; a surname also for the holders of great offices."""
        if sense.how not in ("surname", "first name"):
            return True
        prominent = sense.how == "surname" and self._prominent(sense.actor.id, on)
        return prominent or (bool(context) and self._in_context(sense.actor, context))

    def _prominent(self, person: str, on: date | None) -> bool:
        """In any office on that day, or a head or foreign or defence minister by then."""
        held = [(t, self.offices.get(t.office)) for t in self.index.actors[person].tenures]
        great = any(o is not None and o.kind in _GREAT and (not on or not t.since or t.since <= on) for t, o in held)
        return great or (on is not None and self.active(person, on))

    def _current(self, senses: Sequence[Sense], on: date | None) -> list[Sense]:
        if on is None:
            return list(senses)
        return [s for s in senses if self.active(s.actor.id, on)] or list(senses)

    def active(self, actor: str, on: date) -> bool:
        """Whether the catalogue knows the person in an office on that day."""
        entry = self.index.actors.get(actor)
        return entry is not None and any(
            t.since is not None and t.since <= on and (t.until is None or on < t.until) for t in entry.tenures
        )

    def _in_context(self, actor: ActorRef, context: Collection[str]) -> bool:
        return any(
            any(s.actor.id == actor.id and s.how in ("name", "alias") for s in self.index.get(key(c)))
            for c in context
            if " " in c
        )

    def _by_parts(self, name: str, on: date | None, context: Collection[str]) -> Resolution:
        """ "British Prime Minister Keir Starmer", "Mrs Clinton", "Rex W. Tillerson"."""
        tokens, start = key(name).split(), 0
        capitalised = name.split()[-1][:1].isupper() if tokens else False
        while start < len(tokens) - 1 and tokens[start] in self._title_words:
            start += 1
            rest = " ".join(tokens[start:])
            senses = [s for s in self.index.get(rest) if s.actor.type is ActorType.PERSON and s.how != "first name"]
            if senses and (capitalised or rest not in self.catalogue.plain):
                return self.pick(self._titled(senses, tokens[:start], on), "person", on, context)
        full = [s for s in self.by_full_name(tuple(tokens[start:])) if self._in_view(s.actor.id, tokens[start], on)]
        return self.pick(full, "person", on, context) if full else Resolution(None)

    def _in_view(self, person: str, first: str, on: date | None) -> bool:
        """By a nickname only somebody who has come to office: a "Jack Kelly" of 2016 is no John Kelly."""
        entry = self.index.actors[person]
        own = key(entry.name).split()[0]
        same = own.startswith(first) or first.startswith(own) or sound(own) == sound(first)
        return same or on is None or not entry.tenures or any(t.since is None or t.since <= on for t in entry.tenures)

    def _titled(self, senses: list[Sense], title: list[str], on: date | None) -> list[Sense]:
        """Keep those whom the title before the name fits, if there are any."""
        pronoun = self.catalogue.address.get(title[-1])
        if pronoun:
            return [s for s in senses if self.catalogue.pronouns.get(s.actor.id, pronoun) == pronoun]
        if self._people_words.issuperset(title) and (state := self.body(" ".join(title))):
            return [s for s in senses if self._serves(s.actor.id, state)]
        return [s for s in senses if self._holds(s.actor.id, " ".join(title), title[-1], on)] or senses

    def _serves(self, person: str, state: str) -> bool:
        """Whether somebody holds or held an office of that state: "French Macron", but no "German Ortega"."""
        entry = self.index.actors[person]
        offices = [office for t in entry.tenures if (office := self.offices.get(t.office))]
        bodies = [o.body for o in offices] + ([entry.belongs_to] if entry.belongs_to else [])
        return any(state in (body, *self.offices.ancestors(body)) for body in bodies)

    def _holds(self, person: str, title: str, last: str, on: date | None) -> bool:
        held = [(t, self.offices.get(t.office)) for t in self.index.actors[person].tenures]
        return any(
            office is not None
            and (title in office.alone or any(a.split()[-1] == last or a.split()[0] == last for a in office.alone))
            for tenure, office in held
            if on is None or tenure.since is None or tenure.since <= on
        )

    def by_full_name(self, tokens: tuple[str, ...], index: Index | None = None) -> list[Sense]:
        """People with this surname whose first name may be the same: "Rex W. Tillerson", "Antony J. Blinken"."""
        source = index or self.index
        tokens = bare(tokens)
        for surname in surnames(tokens):
            found = [s for s in source.get(surname) if s.actor.type is ActorType.PERSON and s.how != "first name"]
            fitting = [s for s in found if self._same_first(tokens, s.actor)]
            if fitting:
                return [s._replace(how="name") for s in fitting]
        return []

    def _same_first(self, tokens: tuple[str, ...], person: ActorRef) -> bool:
        own = tuple(key(person.name).split())
        alike = len(own) > 1 and compatible(tokens[0], own[0], self.nicknames) and sound(bare(own)[-1]) == sound(tokens[-1])
        return alike and _same_middle(tokens[1:-1], bare(own)[1:-1])

    def _misspelt(self, folded: str, type_hint: str | None, on: date | None, context: Collection[str]) -> Resolution:
        """A surname of somebody in the context misspelt, or letters swapped, or another transliteration."""
        if type_hint not in (None, "person") or len(folded) < 5:
            return Resolution(None)
        tokens = tuple(folded.split())
        for actor in self._named(context):
            if _nearly(tokens, tuple(key(actor.name).split())) and (len(tokens) == 1 or self._first_like(tokens, actor)):
                return Resolution(actor, (actor,), "misspelt", f"read as {actor.name}")
        forms = [f for f in self.index.alike(tokens[-1]) if len(f) > 6 or sorted(f) == sorted(tokens[-1])]
        near = [s for form in forms for s in self.index.get(form) if s.actor.type is ActorType.PERSON]
        near = [s for s in near if s.how in ("surname", "alias") and (len(tokens) == 1 or self._first_like(tokens, s.actor))]
        people = tuple(dict.fromkeys(s.actor for s in near))
        if len(people) == 1 and len(tokens[-1]) > 5:
            return Resolution(people[0], people, "misspelt", f"read as {people[0].name}")
        return Resolution(None, people, "misspelt" if people else "unknown")

    def _first_like(self, tokens: tuple[str, ...], person: ActorRef) -> bool:
        own = given(tuple(key(person.name).split()))
        return own is not None and compatible(tokens[0], own.split()[0], self.nicknames)

    def _named(self, context: Collection[str]) -> list[ActorRef]:
        found = (self.index.get(key(c)) for c in context if " " in c)
        return [s.actor for senses in found for s in senses[:1] if s.actor.type is ActorType.PERSON]

    # --- offices and institutions ---

    def office_holder(self, title: str, *, of: str | None, on: date | None) -> ActorRef | None:
        """Who held an office on that day, if the title means one office with one holder."""
        folded = key(title)
        past = folded.split(" ")[0] in ("former", "ex")
        folded = folded.partition(" ")[2] if past else folded
        offices = self.offices.titled(folded, of) if of else self.offices.alone(folded)
        if of and not offices:
            offices = self.leading(folded, of)
        if not of and not offices:
            return self._by_office(title, on)
        if not of and len(offices) != 1:
            return None
        held = [p for o in offices for p in (self.offices.former(o, on)[:1] if past else self.offices.holders(o, on))]
        people = tuple(dict.fromkeys(held))
        return people[0] if len(people) == 1 else None

    def leading(self, title: str, body: str) -> tuple[Office, ...]:
        """The office of a body's "leader": the first of its kinds in the order of power."""
        if title not in ("leader", "ruler", "head", "boss", "chief"):
            return ()
        own = self.offices.of_body(body)
        return next((tuple(found) for kind in _POWER if (found := [o for o in own if o.kind == kind])), ())

    def _by_office(self, name: str, on: date | None) -> ActorRef | None:
        """ "the president of France", "US secretary of state", "former French president"."""
        tokens = key(name).split()
        past = tokens[:1] in (["former"], ["ex"])
        tokens = tokens[1:] if past else tokens
        for body, title in self.split_office(tokens):
            asked = f"former {title}" if past else title
            if (body or self.offices.alone(title)) and (found := self.office_holder(asked, of=body, on=on)):
                return found
        return None

    def split_office(self, tokens: Sequence[str]) -> Iterable[tuple[str | None, str]]:
        """Every cut of folded words into (body's id, title): "french president", "president of france"."""
        yield None, " ".join(tokens)
        for cut in range(1, len(tokens)):
            if body := self.body(" ".join(tokens[:cut])):
                yield body, " ".join(tokens[cut:])
            if tokens[cut] in ("of", "for", "in") and cut + 1 < len(tokens) and (body := self.body(" ".join(tokens[cut + 1 :]))):
                yield body, " ".join(tokens[:cut])

    def body(self, folded: str) -> str | None:
        """The state or organisation of a name, adjective or possessive, folded."""
        folded = folded.removeprefix("the ")
        for form in (folded, folded[:-1] if folded.endswith("s") else folded):
            for sense in self.index.get(form):
                if sense.actor.type is not ActorType.PERSON:
                    return sense.actor.id
        return None

    def country(self, word: str) -> ActorRef | None:
        """The country of a name, adjective or demonym: "Russian", "Americans", "U.S.". No capitals."""
        folded = key(word)
        found = (s for s in self.senses(word, folded) if s.actor.type is ActorType.COUNTRY and s.how != "metonym")
        return next((s.actor for s in found), None)

    def state_of(self, government: ActorRef) -> ActorRef | None:
        """The state whose government this is, ``None`` for anybody else."""
        state = self.institutions.governed(government.id)
        return self.index.actors[state].ref if state in self.index.actors else None

    def office_of(self, owner: ActorRef, noun: str, on: date | None) -> ActorRef | None:
        """The institution that "OWNER's NOUN" is: (Zelensky, "office"), (Russia, "foreign ministry")."""
        folded = key(noun)
        if owner.type is not ActorType.PERSON:
            return self.institutions.of(owner.id, folded)
        for body in self.headed(owner.id, on):
            if found := self._called(owner, folded) or self.institutions.of(body, folded):
                return found
        return None

    def _called(self, owner: ActorRef, noun: str) -> ActorRef | None:
        """An institution named after its head: "Trump administration"."""
        named = self.index.get(f"{key(owner.name).split()[-1]} {noun}")
        return next((s.actor for s in named if s.actor.type is ActorType.ORGANISATION), None)

    def institution(self, name: str, on: date | None = None) -> ActorRef | None:
        """ "Polish Foreign Ministry", "Macron's office", "ministry of defence of Ukraine"."""
        tokens = key(name).split()
        for body, noun in self.split_office(tokens):
            if body and (found := self.institutions.of(body, noun)):
                return found
        owner, _, noun = key(name).partition(" ")
        people = [s for s in self.index.get(owner[:-1]) if s.actor.type is ActorType.PERSON] if owner.endswith("s") else []
        chosen = self.pick(people, "person", on, ()).actor
        return self.office_of(chosen, noun, on) if chosen else None

    def headed(self, person: str, on: date | None) -> list[str]:
        """The bodies a person heads on that day, or headed at all if undated."""
        entry, day = self.index.actors.get(person), on or date.max
        current = (
            [t for t in entry.tenures if (not t.since or t.since <= day) and (not t.until or day < t.until)] if entry else []
        )
        offices = (self.offices.get(t.office) for t in current)
        return [o.body for o in offices if o and o.kind in _POWER]

    def aliases(self, actor: ActorRef) -> tuple[str, ...]:
        """The other names of an actor the catalogue knows, without metonyms."""
        entry = self.index.actors.get(actor.id) or self.institutions.get(actor.id)
        return entry.aliases if entry else ()

    def is_address(self, word: str) -> bool:
        """Whether a word may stand before a person's name: "President", "Mrs", "British"."""
        return all(part in self._title_words for part in key(word).split())

    def gender(self, actor: ActorRef) -> str | None:
        """ "m" or "f" for a person the catalogue knows."""
        return {"he": "m", "she": "f"}.get(self.catalogue.pronouns.get(actor.id, ""))


_GREAT = frozenset(
    {"president", "prime-minister", "supreme-leader", "crown-prince", "monarch", "pope", "foreign-minister", "defence-minister",
     "secretary-general", "commission-president", "council-president", "head-of-state"}
)  # fmt: skip
_POWER = ("supreme-leader", "president", "crown-prince", "prime-minister", "monarch", "pope", "de-facto-leader", "party-chief", "chief",
          "secretary-general", "director-general", "commission-president", "council-president", "head-of-state")  # fmt: skip


def _same_case(name: str, form: str) -> bool:
    plain = name.strip().removeprefix("the ").removeprefix("The ").replace(".", "")
    return plain[:1].isupper() and (not form.replace(".", "").isupper() or plain[: len(form)].isupper())


def _fits(sense: Sense, type_hint: str | None) -> bool:
    if type_hint == "place" and sense.how == "metonym":
        return False
    return type_hint not in _KINDS or sense.actor.type in _KINDS[type_hint]


_STRENGTH = {"name": 0, "alias": 1, "metonym": 2, "people": 3, "surname": 4, "first name": 5}


def _strongest(senses: Sequence[Sense]) -> list[Sense]:
    best = min(_STRENGTH[s.how] for s in senses)
    return [s for s in senses if _STRENGTH[s.how] == best]


def _nearly(tokens: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether the last words begin alike and are one or two slips apart."""
    if len(own) < 2 or len(tokens[-1]) < 5:
        return False
    allowed = 1 if len(tokens[-1]) < 6 else 2
    return tokens[-1][0] == own[-1][0] and OSA.distance(tokens[-1], own[-1], score_cutoff=allowed) <= allowed


def _same_middle(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Middle names agree by their initials; one that is written out is missed in the other, an initial is not."""
    if left and right:
        short, long = sorted((left[0], right[0]), key=len)
        return long.startswith(short) and (len(short) == 1 or short == long) and (len(short) > 1 or len(long) != 2)
    return all(len(m) < 3 for m in (*left, *right))
