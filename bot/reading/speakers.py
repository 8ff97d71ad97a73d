"""Whose words a quotation gives: the source's own words -> an actor, a group, an unnamed source, or nobody known."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.model import ActorRef, ActorType, Span
from bot.reading.catalogue import Catalogue
from bot.reading.coreference import Cast, Mention, slug
from bot.reading.document import Document
from bot.reading.names import NameType
from bot.reading.quotations import RawQuotation
from bot.reading.roles import is_role, is_roles, roles

_POSSESSIVE = frozenset(["'s", "’s", "'", "’"])
_PREPOSITIONS = frozenset(["of", "for", "from", "in", "to", "with", "at", "on", "by", "about", "who", "which", "that", "whose"])
_FIRST_PERSON = frozenset(["i", "we", "me", "us", "you", "it", "this", "that"])
_PLURAL_PRONOUNS = frozenset(["they", "them"])


class Speakers:
    """Resolves the sources of one document's quotations, in text order."""

    def __init__(self, document: Document, cast: Cast, catalogue: Catalogue, on: date | None) -> None:
        self._document = document
        self._cast = cast
        self._catalogue = catalogue
        self._on = on
        self._last: tuple[int, ActorRef | None] = (-9, None)

    def resolve(self, quotations: Iterable[RawQuotation]) -> list[ActorRef | None]:
        """A speaker for each quotation, in their order."""
        found = []
        for quotation in quotations:
            speaker = self._source(quotation.source)
            paragraph = quotation.paragraph
            if quotation.inferred and not quotation.source:
                speaker = self._last[1] if paragraph - self._last[0] <= 1 else None
            self._last = (paragraph, speaker)
            found.append(speaker)
        return found

    def _source(self, spans: Sequence[Span]) -> ActorRef | None:
        if not spans:
            return None
        first, last = self._document.tokens_in((spans[0].start, spans[-1].end))
        words = self._document.words[first:last]
        mentions = [m for m in self._cast.between(first, last) if m.last <= last]
        if not words:
            return None
        return (
            self._person(first, last, mentions)
            or self._institution_of(first, last, mentions)
            or self._body(first, last, mentions)
            or self._holder(first, last, mentions)
            or self._unlisted(words)
            or self._described(words)
        )

    def _person(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """A named person or a pronoun that heads the source: no possessor, and not behind a preposition."""
        for mention in mentions:
            if self._cast.entities[mention.entity].type is NameType.PERSON and self._heads(first, mention):
                return self._cast.entities[mention.entity].actor
        return None

    def _heads(self, first: int, mention: Mention) -> bool:
        words = self._document.words
        possessor = mention.last < len(words) and words[mention.last] in _POSSESSIVE
        possessor = possessor or words[mention.first].lower() in ("his", "her", "their")
        return not possessor and not any(words[i].lower() in _PREPOSITIONS for i in range(first, mention.first))

    def _unlisted(self, words: Sequence[str]) -> ActorRef | None:
        """A capitalised source that was not taken for a name: somebody of the article, misspelt perhaps."""
        if len(words) > 2 or not all(word[0].isupper() for word in words):
            return None
        people = [e.name for e in self._cast.entities if e.type is NameType.PERSON and " " in e.name]
        return self._catalogue.resolve(" ".join(words), type_hint="person", on=self._on, context=people)

    def _institution_of(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """ "Zelensky's office", "Russia's foreign ministry", "his campaign"."""
        words = self._document.words
        for mention in mentions:
            owner = self._cast.entities[mention.entity].acting
            pronoun = words[mention.first].lower() in ("his", "her")
            possessive = mention.last < last and words[mention.last] in _POSSESSIVE
            if owner and (possessive or pronoun):
                noun = self._noun(mention.last + (0 if pronoun else 1), last)
                if noun and (found := self._catalogue.office_of(owner, noun, self._on)):
                    return found
                if noun and is_role(noun.split()[-1]):
                    held = self._catalogue.office_holder(noun, of=owner.id, on=self._on)
                    return held or self._described(words[first:last])
        return None

    def _noun(self, first: int, last: int) -> str:
        words = self._document.words
        end = first
        while end < last and words[end][0].isalpha() and words[end].lower() not in _PREPOSITIONS:
            end += 1
        return " ".join(words[first:end]).lower()

    def _body(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """An organisation or a state that heads the source, or for which a spokesman speaks."""
        words = self._document.words[first:last]
        heads = [w.lower() for w in words if is_role(w) or is_roles(w)]
        speaks = any(roles().get(w, False) or roles().get(w.removesuffix("s"), False) for w in heads)
        if heads and not speaks:
            return None
        for mention in mentions:
            entity = self._cast.entities[mention.entity]
            ends = mention.last == last or self._document.words[mention.last] in {",", *_PREPOSITIONS}
            if entity.type is not NameType.PERSON and entity.acting and (speaks or (ends and self._heads(first, mention))):
                return entity.acting
        return None

    def _holder(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """ "The Russian president", "the prime minister": whoever holds the office, if it can be only one."""
        words = self._document.words
        if words[first].lower() in ("a", "an", "one", "some", "several", "many"):
            return None
        noun_end = next((i for i in range(first, last) if words[i].lower() in {",", *_PREPOSITIONS}), last)
        if noun_end == first or not is_role(words[noun_end - 1]):
            return None
        owner = next((e.acting for m in mentions if (e := self._cast.entities[m.entity]).acting), None)
        plain = [w.lower() for w in words[first:noun_end] if w.lower() != "the" and not self._catalogue.country(w)]
        held = self._catalogue.office_holder(" ".join(plain), of=owner.id if owner else None, on=self._on)
        return held or self._only_mentioned(" ".join(plain))

    def _only_mentioned(self, title: str) -> ActorRef | None:
        """The one person whom the article gives this title before the name."""
        people = {e.actor for e in self._cast.entities if any(d.lower().endswith(title) for d in e.descriptors)}
        return people.pop() if len(people) == 1 else None

    def _described(self, words: Sequence[str]) -> ActorRef | None:
        """A group or an unnamed source, as the text words it."""
        lower = [w.lower() for w in words]
        if len(words) == 1 and lower[0] in _FIRST_PERSON:
            return None
        head = next((w for w in lower if is_role(w) or is_roles(w)), lower[-1])
        wording = " ".join(words)[:120]
        plural = lower[0] in _PLURAL_PRONOUNS or (head.endswith("s") and not head.endswith("ss"))
        return ActorRef(slug(wording), wording, ActorType.GROUP if plural else ActorType.UNNAMED)
