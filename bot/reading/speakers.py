"""Whose words a quotation gives: the source's own words -> an actor, a group, an unnamed source, or nobody known."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from bot.actors.names import slug
from bot.model import ActorRef, ActorType, Kind, Span
from bot.reading.catalogue import Catalogue
from bot.reading.coreference import Cast, Mention, same_surname
from bot.reading.descriptions import PREPOSITIONS, Descriptions
from bot.reading.document import Document, Place
from bot.reading.names import NameType, fold, function_words
from bot.reading.quotations import RawQuotation
from bot.reading.roles import bodies, body_of, is_role, is_roles, roles
from bot.reading.tokens import POSSESSIVE

_JOINTS = frozenset(["and", "but", ","])
_POSSESSIVE_PRONOUNS = {"his": "m", "her": "f"}
_PRONOUNS = {"he": "m", "she": "f"}
_FIRST_PERSON = frozenset(["i", "we", "me", "us", "you", "it", "this", "that"])
_RELATIVE = frozenset(["which", "that"])
_SEVERAL = frozenset(["two", "three", "four", "five", "several", "many", "some", "most", "both", "few", "dozens", "other"])
_TITLE = 5
"""Tokens between a source that breaks off and the name it leads to."""
_PLURAL_PRONOUNS = frozenset(["they", "them"])


class Resolved(NamedTuple):
    """Whose words; ``in_doubt``: the source is in pieces that name different ones."""

    speaker: ActorRef | None
    in_doubt: bool


class Speakers:
    """Resolves the sources of one document's quotations, in text order."""

    def __init__(self, document: Document, cast: Cast, catalogue: Catalogue, on: date | None) -> None:
        self._document = document
        self._cast = cast
        self._catalogue = catalogue
        self._on = on
        self._last: tuple[int, ActorRef | None] = (-9, None)
        self._paragraph = 0
        self.descriptions = Descriptions(document, cast, catalogue, on)

    def resolve(self, quotations: Iterable[RawQuotation]) -> list[Resolved]:
        """A speaker for each quotation, in their order."""
        found = []
        for quotation in quotations:
            self._paragraph = quotation.paragraph
            speaker, in_doubt = self._source(quotation.source)
            if speaker and (describer := self._describer(speaker, quotation)):
                speaker, in_doubt = self._described(*self._document.tokens_in(describer)), False
            if not quotation.source and (quotation.inferred or quotation.cue):
                speaker = self._before(1 if quotation.inferred or quotation.kind is not Kind.INDIRECT else 0)
            if speaker is None or speaker.type not in (ActorType.GROUP, ActorType.UNNAMED):
                self._last = (quotation.paragraph, speaker)
            found.append(Resolved(speaker, in_doubt))
        return found

    def _describer(self, speaker: ActorRef, quotation: RawQuotation) -> Span | None:
        """Where what is said begins with the name of whom the source would mean, the source's words that do not name him:
        "the dictator described Berg as ..." is not by Berg."""
        first, last = self._document.tokens_in(quotation.content[0])
        opening = self._cast.between(first, min(first + 2, last))
        if not any(m.kind == "name" and self._cast.actor(m) == speaker for m in opening):
            return None
        start = quotation.content[0].start
        before = [span for span in quotation.source if span.end <= start and not self._named_in(speaker, span)]
        return before[-1] if before else None

    def _named_in(self, speaker: ActorRef, span: Span) -> bool:
        mentions = self._cast.between(*self._document.tokens_in(span))
        return any(m.kind == "name" and self._cast.actor(m) == speaker for m in mentions)

    def _before(self, reach: int) -> ActorRef | None:
        """Who spoke last, at most ``reach`` paragraphs ago."""
        return self._last[1] if self._paragraph - self._last[0] <= reach else None

    def _source(self, spans: Sequence[Span]) -> Resolved:
        found = [speaker for span in self._whole(spans) if (speaker := self._meant(span))]
        named = [speaker for speaker in found if speaker.type not in (ActorType.GROUP, ActorType.UNNAMED)]
        return Resolved(next(iter(named or found), None), len({speaker.id for speaker in named}) > 1)

    def _whole(self, spans: Sequence[Span]) -> list[Span]:
        """The spans with the person whose title they break off before, and the noun behind a bare possessive."""
        whole: list[Span] = []
        for span in spans:
            if whole and self._linked(whole[-1], span):
                span = Span(whole.pop().start, span.end)
            first, last = self._document.tokens_in(span)
            grown = self._grown(first, last) if first < last else last
            whole.append(Span(span.start, self._document.ends[grown - 1]) if grown > last else span)
        return whole

    def _linked(self, before: Span, span: Span) -> bool:
        """Only a preposition between: "Ukraine's ambassador" and "Germany"."""
        words = self._document.words[self._document.tokens_in(before)[1] : self._document.tokens_in(span)[0]]
        return len(words) == 1 and words[0] in PREPOSITIONS

    def _grown(self, first: int, last: int) -> int:
        words = self._document.words
        end = min(last + _TITLE, self._document.sentences[self._document.sentence[first]].last)
        if last - first == 1 and words[first].lower() in _POSSESSIVE_PRONOUNS:
            return next((i + 1 for i in range(last, end) if is_role(words[i])), last)
        person = next((m for m in self._cast.between(last, end) if self._cast.entities[m.entity].type is NameType.PERSON), None)
        if person is None or person.kind != "name" or not is_role(words[person.first - 1]):
            return last
        titles = all(words[i][0].isupper() or is_role(words[i]) for i in range(last, person.first))
        return person.last if titles and words[last - 1][0].isalnum() else last

    def _meant(self, span: Span) -> ActorRef | None:
        first, last = self._document.tokens_in(span)
        if all(word.lower() in _JOINTS for word in self._document.words[first:last]):
            return self._elided(first)
        while last - 1 > first and self._document.words[last - 1].lower() in _JOINTS:
            last -= 1
        words = self._document.words[first:last]
        mentions = [m for m in self._cast.between(first, last) if m.last <= last]
        if not words:
            return None
        if len(words) == 1 and (meant := self._pronoun(words[0].lower(), first)):
            return meant
        return (
            self._person(first, last, mentions)
            or self._institution_of(first, last, mentions)
            or self._body(first, last, mentions)
            or self.descriptions.holder(first, last, mentions)
            or self.descriptions.named_next(first, last)
            or self._office_of_holder(first, last, mentions)
            or self.descriptions.writer(first, last, mentions)
            or self._unlisted(words, bool(mentions))
            or self.descriptions.called(first, last)
            or self._subject(first, last, mentions, span)
            or self.descriptions.taken_up(first, last, self._before(2))
            or self.descriptions.body_taken_up(first, last, self._before(2))
            or self._described(first, last)
        )

    def _elided(self, token: int) -> ActorRef | None:
        """The subject that a second verb shares with the first: whoever the sentence begins with."""
        sentence = self._document.sentences[self._document.sentence[token]]
        before = self._cast.between(sentence.first, min(token, sentence.first + 3))
        return self._cast.entities[before[0].entity].acting if before else None

    def _pronoun(self, word: str, token: int) -> ActorRef | None:
        """The speaker before goes on as "he" or "it"; "who" is whoever stands right before."""
        last = self._before(2)
        if word in _POSSESSIVE_PRONOUNS:
            here = self._cast.between(token, token + 1)
            return self._cast.entities[here[0].entity].actor if here else None
        if word in _PRONOUNS and last and last.type is ActorType.PERSON and self._gender(last) in (_PRONOUNS[word], None):
            earlier = self._last[0] < self._paragraph
            return (self._subject_before(token, _PRONOUNS[word]) if earlier else None) or last
        if word == "it":
            return self.descriptions.body_taken_up(token, token + 1, last)
        if word in ("who", "which"):
            return self._right_before(token, word == "who")
        return None

    def _right_before(self, token: int, touching: bool) -> ActorRef | None:
        """Who stands right before "who": "Lars Holm (Oslo), who", not "a majority, who"."""
        before = self._cast.between(max(0, token - 12), token)
        words = self._document.words
        near = before and not (touching and any(w.isalpha() and w.islower() for w in words[before[-1].last : token]))
        return self._cast.entities[before[-1].entity].acting if near else None

    def _subject_before(self, token: int, gender: str) -> ActorRef | None:
        """Whom the sentence before, in the same paragraph and outside quotation marks, begins with."""
        document, number = self._document, self._document.sentence[token] - 1
        sentence = document.sentences[max(number, 0)]
        if number < 0 or document.paragraph[sentence.first] != document.paragraph[token]:
            return None
        begins = self._cast.between(sentence.first, sentence.first + 2)
        outside = begins and document.places[begins[0].first] == Place.OUTSIDE
        actor = self._cast.actor(begins[0]) if outside else None
        return actor if actor and actor.type is ActorType.PERSON and self._gender(actor) == gender else None

    def _gender(self, actor: ActorRef) -> str | None:
        return next((e.gender for e in self._cast.entities if e.actor == actor and e.gender), None)

    def _person(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """A named person or a pronoun that heads the source: no possessor, no mere modifier, and not behind a preposition."""
        heads = [m for m in mentions if self._cast.entities[m.entity].type is NameType.PERSON and self._heads(first, last, m)]
        if not heads:
            return None
        chosen = heads[0]
        for mention in heads[1:]:
            between = self._document.words[chosen.last : mention.first]
            chosen = chosen if not between or {"and", "or", ","} & set(between) else mention
        of_whom = self._modifies(chosen, last) or self._indefinite(first, last, chosen)
        return None if of_whom else self._cast.entities[chosen.entity].actor

    def _modifies(self, mention: Mention, last: int) -> bool:
        """The name only says which body or whose people: "the Obama administration", "Clinton allies"."""
        if mention.last == last or mention.kind != "name":
            return False
        word = self._document.words[mention.last]
        people = word.isalpha() and word.islower() and word.endswith("s") and word not in function_words()
        return people or word.lower() in bodies() or is_roles(word)

    def _indefinite(self, first: int, last: int, mention: Mention) -> bool:
        """Somebody of the name's people: "a Clinton ally"."""
        words = self._document.words
        if mention.kind != "name" or mention.last >= last or words[first].lower() not in ("a", "an", "one", "another"):
            return False
        word = words[mention.last]
        return word.isalpha() and word.islower() and word not in function_words() and word not in PREPOSITIONS

    def _heads(self, first: int, last: int, mention: Mention) -> bool:
        words = self._document.words
        possessor = mention.last + 1 < last and words[mention.last] in POSSESSIVE
        possessor = possessor or words[mention.first].lower() in ("his", "her", "their")
        start = next((i + 1 for i in range(mention.first - 1, first - 1, -1) if words[i] == ","), first)
        return not possessor and not any(words[i].lower() in PREPOSITIONS for i in range(start, mention.first))

    def _subject(self, first: int, last: int, mentions: Sequence[Mention], span: Span) -> ActorRef | None:
        """The subject of a clause that ran into the source: "Russia holds the east and", before "has demanded"."""
        runs_on = self._document.tokens_in(span)[1] > last
        return self._cast.entities[mentions[0].entity].acting if runs_on and mentions and mentions[0].first <= first + 1 else None

    def _unlisted(self, words: Sequence[str], mentioned: bool) -> ActorRef | None:
        """A capitalised source that was not taken for a name: somebody of the article, misspelt perhaps."""
        if len(words) > 2 or not all(word[0].isupper() for word in words):
            return None
        surname = [
            e.actor
            for e in self._cast.entities
            if e.type is NameType.PERSON and same_surname(fold(e.name.split()[-1]), fold(words[-1]))
        ]
        if surname:
            return surname[0]
        people = [e.name for e in self._cast.entities if e.type is NameType.PERSON and " " in e.name]
        name = " ".join(words)
        found = self._catalogue.resolve(name, type_hint="person", on=self._on, context=people)
        acting = None if mentioned else self._catalogue.resolve(name, type_hint="country", on=self._on)
        return found or acting or self._brand(words)

    def _brand(self, words: Sequence[str]) -> ActorRef | None:
        """A name by its looks alone: capitals inside a word ("PolitiFact")."""
        name = " ".join(words)
        inner = any(any(c.isupper() for c in word[1:]) and not word.isupper() for word in words)
        return ActorRef(slug(name), name, ActorType.ORGANISATION) if inner and not any(is_role(w) for w in words) else None

    def _institution_of(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """ "Zelensky's office", "Russia's foreign ministry", "his campaign"."""
        words = self._document.words
        for mention in mentions:
            owner = self._cast.entities[mention.entity].acting
            pronoun = words[mention.first].lower() in ("his", "her")
            possessive = mention.last < last and words[mention.last] in POSSESSIVE
            if owner and owner.type is ActorType.COUNTRY and not possessive and mention.last < last:
                adjective = self._catalogue.office_of(owner, self._noun(mention.last, last), self._on)
                if adjective and words[mention.last].islower():
                    return adjective
            if owner and (possessive or pronoun or self._modifies(mention, last)):
                noun = self._noun(mention.last + (1 if possessive else 0), last)
                if noun and (
                    found := self._catalogue.office_of(owner, noun, self._on)
                    or body_of(owner, noun, self.descriptions.campaigning)
                ):
                    return found
                if noun and roles().get(noun.split()[-1]) and owner.type is ActorType.COUNTRY:
                    return self._catalogue.office_of(owner, noun.rpartition(" ")[0], self._on) or owner
                if noun and is_role(noun.split()[-1]):
                    held = self._catalogue.office_holder(noun, of=owner.id, on=self._on)
                    return held or self._described(first, last)
        return None

    def _members(self, mention: Mention, first: int) -> bool:
        """ "Some Republicans", "Americans": members of a party or a people, who are not it; "the Russians" are Russia."""
        words = self._document.words
        word, before = words[mention.last - 1], words[mention.first - 1].lower() if mention.first > first else ""
        actor = self._cast.entities[mention.entity].acting
        if actor is None or mention.last - mention.first > 1 or not word.endswith("s") or before == "the":
            return False
        if actor.type is ActorType.COUNTRY:
            return self._catalogue.country(word[:-1]) == actor
        stem, name = word[:-1].lower(), actor.name.lower()
        return before != "" and word.lower() not in name and any(part.startswith(stem) for part in name.split())

    def _apposed(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """The body right behind the noun for what it does: "the event organizer Open Schools"."""
        words = self._document.words
        for mention in mentions:
            entity, ends = self._cast.entities[mention.entity], mention.last == last or words[mention.last] in ("(", ",")
            if entity.type is NameType.ORGANISATION and ends and mention.first > first and is_role(words[mention.first - 1]):
                return entity.acting
        return None

    def _noun(self, first: int, last: int) -> str:
        words = self._document.words
        end = first
        while end < last and words[end][0].isalpha() and words[end].lower() not in PREPOSITIONS:
            end += 1
        return " ".join(words[first:end]).lower()

    def _body(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """An organisation or a state that heads the source, or for which a spokesman speaks."""
        inside = {i for m in mentions for i in range(m.first, m.last)}
        outside = [self._document.words[i].lower() for i in range(first, last) if i not in inside]
        heads = [w for w in outside if is_role(w) or is_roles(w)]
        speaks = any(roles().get(w, False) or roles().get(w.removesuffix("s"), False) for w in heads)
        if heads and not speaks:
            return self._apposed(first, last, mentions)
        for mention in mentions:
            entity = self._cast.entities[mention.entity]
            ends = mention.last == last or self._document.words[mention.last] in {",", "and", *PREPOSITIONS}
            if (
                entity.type is not NameType.PERSON
                and entity.acting
                and not self._members(mention, first)
                and (speaks or (ends and self._heads(first, last, mention)))
            ):
                return entity.acting
        return None

    def _office_of_holder(self, first: int, last: int, mentions: Sequence[Mention]) -> ActorRef | None:
        """ "The prime minister's office" is not the prime minister."""
        words = self._document.words
        at = next((i for i in range(first + 1, last) if words[i] in POSSESSIVE), last)
        holder = self.descriptions.holder(first, at, [m for m in mentions if m.last <= at]) if at + 1 < last else None
        return self._catalogue.office_of(holder, self._noun(at + 1, last), self._on) if holder else None

    def _described(self, first: int, last: int) -> ActorRef | None:
        """A group or an unnamed source, as the text words it; "others" and "they" are no group that anybody could know."""
        first += self._document.words[first].lower() in _RELATIVE and first + 1 < last
        words = self._document.words[first:last]
        lower = [w.lower() for w in words]
        if len(words) == 1 and lower[0] in _FIRST_PERSON:
            return None
        end = next((i for i, word in enumerate(lower) if i and word in {",", *PREPOSITIONS}), len(lower))
        head = next((w for w in lower if is_role(w) or is_roles(w)), lower[end - 1])
        start, end = self._document.span(first, last)
        wording = " ".join(self._document.text[start:end].split())[:120]
        plural = lower[0] in _PLURAL_PRONOUNS or lower[0] in _SEVERAL or (head.endswith("s") and not head.endswith("ss"))
        somebody = function_words().issuperset(lower)
        return ActorRef(slug(wording), wording, ActorType.GROUP if plural and not somebody else ActorType.UNNAMED)
