"""An inquiry looked up in the library: which stored words answer it, best first. Nothing here invents a word."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.asking.answers import Answer, Nearby
from bot.asking.checking import closeness, covered, verdict
from bot.asking.happenings import Happenings
from bot.asking.inquiry import Inquiry
from bot.asking.naming import Who, people_and_voices
from bot.asking.statements import statements
from bot.asking.topics import topic_stems
from bot.asking.weighing import NEAR, order, points_of, says_name, shown, speaker_id, stems_of
from bot.frames import is_contrary
from bot.model import ActorType, Cited, Coverage, Kind
from bot.ports import Library, Scope
from bot.terms import stems, words

_COVERED = 0.75


class LookUp:
    """Answers inquiries over one library, as of one day, ``on``, for somebody who asks on ``today``."""

    def __init__(self, library: Library, who: Who, on: date, scope: Scope, coverage: Coverage, today: date) -> None:
        self._library = library
        self._who = who
        self._on = on
        self._scope = scope
        self._coverage = coverage
        self._happenings = Happenings(library, who, on, scope, today)

    async def answer(self, q: str, inquiry: Inquiry) -> Answer:
        """All that answers; the inquiry's actors are known."""
        empty = Answer(q, inquiry, self._coverage)
        if inquiry.choices or inquiry.unknown:
            return empty
        match inquiry.intent:
            case "verify":
                return await self._verified(empty)
            case "who-said":
                return await self._who_said(empty)
            case "events" | "timeline":
                return await self._happenings.happened(empty)
            case "compare":
                return await self._happenings.compared(empty)
            case "readouts":
                return await self._happenings.readouts(empty)
            case _:
                return await self._said(empty)

    async def _said(self, empty: Answer) -> Answer:
        inquiry = empty.inquiry
        speakers = people_and_voices(inquiry.actors, self._who, self._on)
        found = await statements(self._library, speakers, inquiry.topic, self._scope)
        title = self._who.title(inquiry.actors[0].id, self._on) if inquiry.actors else None
        answer = replace(empty, points=points_of(found.cited), title=title, named=found.named)
        return answer if found.cited else replace(answer, nearby=await self._nearby(inquiry, speakers))

    async def _nearby(self, inquiry: Inquiry, speakers: Sequence[str]) -> Nearby:
        """What the person may want instead: other days, accounts by others, mentions."""
        wide = Scope(articles=self._scope.articles)
        elsewhere = (await statements(self._library, speakers, inquiry.topic, wide)).cited if wide != self._scope else []
        if inquiry.topic and inquiry.actors and not elsewhere:
            elsewhere = (await statements(self._library, speakers, None, self._scope)).cited
        if elsewhere or not inquiry.actors:
            return Nearby(elsewhere=points_of(elsewhere[:3]))
        actor = inquiry.actors[0]
        name = actor.name.split()[-1] if actor.type is ActorType.PERSON else actor.name
        told = await self._library.quotations([], self._scope, words=stems(name), limit=60)
        accounts = [c for c in told if shown(c) and says_name(c, name) and speaker_id(c) != actor.id]
        mentions = []
        for head, paragraph in await self._library.mentions(actor.id, self._scope, limit=3) if not accounts else ():
            held = await self._library.paragraphs(head.id, paragraph, paragraph)
            mentions += [(head, number, text) for number, text in held]
        return Nearby(accounts=points_of(sorted(accounts, key=order)[:4]), mentions=tuple(mentions))

    async def _who_said(self, empty: Answer) -> Answer:
        """Whose words these are: exactly these first, else the nearest; where they stand only beside what somebody says, that
        with its paragraph."""
        phrase = empty.inquiry.phrase or ""
        worded, back_to = await self._library.phrase(phrase, self._scope)
        if exact := sorted(filter(shown, worded), key=order):
            return replace(empty, points=points_of(exact))
        empty = replace(empty, back_to=back_to)
        terms, sought = topic_stems(phrase), f" {' '.join(words(phrase))} "
        alike = [
            c for c in await self._library.similar(terms, self._scope) if shown(c) and covered(terms, stems_of(c)) >= _COVERED
        ]
        if alike:
            return replace(empty, points=points_of(alike[:3]))
        held = await self._library.quotations([], self._scope, words=terms, limit=60) if sought.strip() else []
        beside = [c for c in held if shown(c) and sought in f" {' '.join(words(c.context))} "][:3]
        places = dict.fromkeys((c.article, c.quotation.paragraph, c.context) for c in beside)
        return replace(empty, points=points_of(beside), nearby=Nearby(mentions=tuple(places)))

    async def _verified(self, empty: Answer) -> Answer:
        inquiry = empty.inquiry
        claim = inquiry.phrase or ""
        speakers = set(people_and_voices(inquiry.actors, self._who, self._on))

        def theirs(found: Iterable[Cited]) -> list[Cited]:
            return [c for c in found if shown(c) and (not speakers or speaker_id(c) in speakers)]

        worded, back_to = await self._library.phrase(claim, self._scope)
        exact = [c for c in theirs(worded) if not is_contrary(c)]
        quoted = [c for c in exact if c.quotation.kind is not Kind.INDIRECT]
        if exact and len(words(claim)) > 1:
            return replace(empty, points=points_of(quoted or exact), verdict="verbatim" if quoted else "paraphrase")
        empty, terms = replace(empty, back_to=back_to), topic_stems(claim)
        near = theirs(await self._library.similar(terms, self._scope, speakers=sorted(speakers), limit=50))
        if inquiry.actors and not near:
            own = await self._library.quotations(list(speakers), self._scope, words=terms, limit=40)
            near = list({c.number: c for c in (*near, *theirs(own))}.values())
        near.sort(key=lambda c: -closeness(claim, terms, c))
        near = [c for c in near if covered(terms, stems_of(c)) >= NEAR][:1]
        found, changes = verdict(claim, terms, near)
        others = [c for c in worded if shown(c) and c.quotation.kind is not Kind.INDIRECT and c not in exact]
        if found == "not found" and others and len(words(claim)) > 2:
            return replace(empty, points=points_of(sorted(others, key=order)), verdict="somebody else")
        return replace(empty, points=points_of(near), verdict=found, changes=changes)
