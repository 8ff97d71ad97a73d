"""Whom a description means: "the Russian president", "the union", "the report", "the New York businessman".

An office has its holder, a title whoever bears it in the article, a writing its writer; what is left of the definite
descriptions of persons takes up whoever the article is about just there, unless it was introduced without a name
("a diplomat ... the diplomat").
"""

from collections.abc import Collection, Sequence
from datetime import date

from bot.model import ActorRef, ActorType
from bot.reading.catalogue import Catalogue
from bot.reading.coreference import Cast, Entity, Mention
from bot.reading.document import Document
from bot.reading.names import NameType
from bot.reading.roles import bodies, body_of, collectives, is_role, is_roles, roles, writings
from bot.reading.tokens import POSSESSIVE

PREPOSITIONS = frozenset(["of", "for", "from", "in", "to", "with", "at", "on", "by", "about", "who", "which", "that", "whose"])
_INDEFINITE = frozenset(["a", "an", "one", "some", "several", "many", "another"])
_LEDE = 3
"""Paragraphs: how many begin a text, and how many further on a name may come."""
_OFFICE = 5
"""Tokens of "the French foreign minister" at most."""
_MEMORY = 400
"""Tokens that "the fund" looks back for its name."""


class Descriptions:
    """Resolves descriptions in one document, in text order."""

    def __init__(self, document: Document, cast: Cast, catalogue: Catalogue, on: date | None) -> None:
        self._document = document
        self._cast = cast
        self._catalogue = catalogue
        self._on = on
        self._written: dict[str, ActorRef] = {}
        self.campaigning = "campaign" in document.words

    def holder(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """ "The Russian president", "the prime minister": whoever holds the office, if it can be only one."""
        words = self._document.words
        if words[first].lower() in ("a", "an", "one", "some", "several", "many"):
            return None
        noun_end = self._noun_end(first, last)
        if noun_end == first or not is_role(words[noun_end - 1]):
            return None
        owning = next((m for m in mentions if self._cast.acting(m)), None)
        owner = self._cast.acting(owning) if owning else None
        owned = range(owning.first, owning.last) if owning else ()
        kept = [i for i in range(first, noun_end) if i not in owned and not self._catalogue.country(words[i])]
        title = " ".join(words[i].lower() for i in kept if words[i].lower() != "the")
        held = self._catalogue.office_holder(title, of=owner.id if owner else None, on=self._on)
        state = owner or next((c for i in range(first, noun_end) if (c := self._catalogue.country(words[i]))), None)
        return held or self._titled(title, first, state) or self._in_office(title, first, state)

    def named_next(self, first: int, last: int) -> ActorRef | None:
        """Where a text begins with "a judge", or only "Judge": the only one of its people who is one, if named right after."""
        words, paragraph = self._document.words, self._document.paragraph[first]
        end = self._noun_end(first, last)
        noun = words[end - 1].lower()
        begins = words[first].lower() in ("a", "an", "former") or words[first][0].isupper()
        if paragraph > _LEDE or words[first].lower() == "the" or not begins or not is_role(noun) or roles()[noun]:
            return None
        people = {e.actor for e in self._cast.entities if noun in e.roles and e.type is NameType.PERSON and e.actor}
        behind = self._document.paragraphs[min(paragraph + _LEDE, len(self._document.paragraphs) - 1)].last
        named = {a for m in self._cast.between(first, behind) if (a := self._cast.actor(m)) in people}
        return people.pop() if len(people) == 1 and named else None

    def _noun_end(self, first: int, last: int) -> int:
        """Where the noun and what stands before it end: at a comma, a preposition or "who"."""
        words = self._document.words
        return next((i for i in range(first, last) if words[i] == "," or words[i].lower() in PREPOSITIONS), last)

    def _titled(self, title: str, token: int, owner: ActorRef | None) -> ActorRef | None:
        """The person whom the article gives this title, and no other country; of several, whose description has more of its words,
        the nearest before."""
        noun = title.split()[-1] if title else ""
        people = [e for e in self._cast.entities if noun in e.roles and e.type is NameType.PERSON]
        if owner and owner.type is ActorType.COUNTRY:
            people = [e for e in people if self._countries(e) <= {owner}]
        wanted = set(title.split()[:-1])
        if len({e.actor for e in people}) > 1:
            shared = [len(wanted & set(" ".join(e.descriptors).lower().split())) for e in people]
            people = [e for e, share in zip(people, shared, strict=True) if share == max(shared)]
        return self._nearest({e.actor for e in people if e.actor}, token)

    def _countries(self, entity: Entity) -> set[ActorRef]:
        """The countries named in what a person is called: "South Korean president"."""
        words = " ".join(entity.descriptors).split()
        return {country for word in words if word[0].isupper() and (country := self._catalogue.country(word))}

    def _in_office(self, title: str, token: int, state: ActorRef | None) -> ActorRef | None:
        """The person of the article who holds this office in one of its countries, or in the one named."""
        countries = (
            {state.id}
            if state and state.type is ActorType.COUNTRY
            else {e.acting.id for e in self._cast.entities if e.acting and e.acting.type is ActorType.COUNTRY}
        )
        people = {e.actor for e in self._cast.entities if e.actor and e.type is NameType.PERSON}
        held = {self._catalogue.office_holder(title, of=country, on=self._on) for country in sorted(countries)}
        return self._nearest({person for person in people if person in held}, token)

    def _nearest(self, actors: Collection[ActorRef], token: int) -> ActorRef | None:
        """The one of ``actors`` that was mentioned last before ``token``."""
        if len(actors) < 2:
            return next(iter(actors), None)
        before = self._cast.between(max(0, token - 10 * _MEMORY), token)
        return next((a for m in reversed(before) if (a := self._cast.actor(m)) and a in actors), None)

    def writer(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """Whose "report", "statement" or "poll" it is: the name before it, or behind "by", "from" or "of"; else as before."""
        words = [word.lower() for word in self._document.words[first:last]]
        at = next((i for i, word in enumerate(words) if word in writings()), None)
        if at is None or any(word in PREPOSITIONS for word in words[:at]):
            return None
        before = [m for m in mentions if m.last <= first + at]
        behind = [m for m in mentions if m.first > first + at and words[m.first - first - 1] in ("by", "from", "of", "the")]
        writer = next((a for m in (*before[-1:], *behind[:1]) if (a := self._cast.acting(m))), None)
        if writer:
            self._written[words[at]] = writer
        return writer or (self._written.get(words[at]) if words[0] in ("the", "this", "its", "their") else None)

    def definite(self, first: int) -> tuple[int, ActorRef] | None:
        """Where "the ..." ends that begins at a token, and whom it means: "the administration", "the French president"."""
        words = self._document.words
        if words[first].lower() != "the" or first + 1 == len(words):
            return None
        noun = words[first + 1]
        if (noun in bodies() or noun in collectives()) and (body := self.called(first, first + 2)):
            return first + 2, body
        last = next((i + 1 for i in range(first + 1, min(first + _OFFICE, len(words))) if is_role(words[i])), first)
        named = last < len(words) and (words[last][0].isupper() or is_role(words[last]) or is_roles(words[last]))
        mentions = self._cast.between(first, last)
        if (
            last == first
            or named
            or any(m.last > last or self._cast.entities[m.entity].type is NameType.PERSON for m in mentions)
        ):
            return None
        holder = self.holder(first, last, mentions)
        return (last, holder) if holder else None

    def called(self, first: int, last: int) -> ActorRef | None:
        """ "The fund": the organisation mentioned last whose name has this noun; "the campaign": whose was mentioned last."""
        words = [word.lower() for word in self._document.words[first:last]]
        if len(words) != 2 or words[0] != "the":
            return None
        if words[1] in bodies():
            return self._body_before(words[1], first)
        for mention in reversed(self._cast.between(max(0, first - _MEMORY), first)):
            entity = self._cast.entities[mention.entity]
            if entity.type is NameType.ORGANISATION and words[1] in entity.name.lower().split():
                return entity.acting
        return None

    def _body_before(self, noun: str, token: int) -> ActorRef | None:
        """Whose campaign, team or administration was spoken of last."""
        words = self._document.words
        for i in range(token - 1, max(0, token - _MEMORY), -1):
            if words[i].lower() == noun:
                owner = next((m for m in self._cast.between(max(0, i - 6), i) if self._owns(m, i)), None)
                actor = self._cast.actor(owner) if owner else None
                if actor and (found := body_of(actor, noun, self.campaigning)):
                    return found
        return None

    def _owns(self, mention: Mention, noun: int) -> bool:
        """Right before the noun, or with a possessive and at most one more word between."""
        possessive = self._document.words[min(mention.last, noun)] in POSSESSIVE or mention.kind == "pronoun"
        return mention.last == noun or (mention.last >= noun - 2 and possessive)

    def taken_up(self, first: int, last: int, focus: ActorRef | None) -> ActorRef | None:
        """A definite description of a person by other words than a title: whom ``focus`` or the text before is about."""
        words = self._document.words
        end = self._noun_end(first, last)
        head = words[end - 1].lower()
        if words[first].lower() != "the" or not is_role(head) or roles()[head] or self._introduced(head, first):
            return None
        if focus and self._may_be(focus, head):
            return focus
        return next((a for a in self._recent(first) if self._may_be(a, head)), None)

    def body_taken_up(self, first: int, last: int, focus: ActorRef | None) -> ActorRef | None:
        """ "The bank", "it": the body that spoke last, else the one that the text before is about."""
        noun = self._document.words[last - 1].lower()
        if noun != "it" and (last - first != 2 or self._document.words[first].lower() != "the" or noun not in collectives()):
            return None
        if focus and self._may_be_body(focus, noun):
            return focus
        return next((a for a in self._bodies_before(first) if self._may_be_body(a, noun)), None)

    def _may_be_body(self, actor: ActorRef, noun: str) -> bool:
        """No person, and not called another kind of body; a country is only "it"."""
        if noun == "it":
            return actor.type in (ActorType.ORGANISATION, ActorType.COUNTRY)
        kinds = collectives() & set(actor.name.lower().split())
        return actor.type is ActorType.ORGANISATION and (not kinds or noun in kinds)

    def _bodies_before(self, token: int) -> list[ActorRef]:
        """The bodies that begin this sentence or one of the two before, the nearest first."""
        document = self._document
        found = []
        for number in range(document.sentence[token], max(-1, document.sentence[token] - 3), -1):
            start = document.sentences[number].first
            found += [a for m in self._cast.between(start, min(start + 4, token)) if (a := self._cast.acting(m))]
        return found

    def _introduced(self, head: str, token: int) -> bool:
        """Whether somebody without a name was called so before: "an analyst"."""
        words = self._document.words
        for i in range(token - 1, max(0, token - _MEMORY), -1):
            if words[i].lower() == head and any(w.lower() in _INDEFINITE for w in words[max(0, i - 4) : i]):
                return True
        return False

    def _may_be(self, actor: ActorRef, head: str) -> bool:
        """A person whom the article does not call something else."""
        titles = {role for e in self._cast.entities if e.actor == actor for role in e.roles}
        return actor.type is ActorType.PERSON and (not titles or head in titles)

    def _recent(self, token: int) -> list[ActorRef]:
        """Who was mentioned in the two sentences before, the most often first."""
        document = self._document
        start = document.sentences[max(0, document.sentence[token] - 2)].first
        people = [a for m in self._cast.between(start, token) if (a := self._cast.actor(m)) and a.type is ActorType.PERSON]
        return sorted(dict.fromkeys(people), key=lambda a: -people.count(a))
