"""The desk: the whole product behind one door. An adapter hands in a request and gets a reply."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import NamedTuple

import structlog

from bot.asking.answers import Answer, Point
from bot.asking.completing import Completions
from bot.asking.compose import help_reply, reply_of
from bot.asking.forms import answer_to_json
from bot.asking.grammar import from_command, inquiry_of
from bot.asking.inquiry import Inquiry, from_json, to_json
from bot.asking.lines import page_size
from bot.asking.looking_up import LookUp
from bot.asking.naming import Who, heard_as, is_vague, named, unmarked
from bot.asking.ordering import order_of
from bot.asking.orders import Keeper, Orders
from bot.asking.reporting import ReportDesk
from bot.asking.topics import topic_stems
from bot.asking.when import zone_of
from bot.briefing.timelines import alt_text, draw_timeline, timeline
from bot.errors import AttacheError
from bot.model import Platform, Request
from bot.ports import Conversations, Library, Scope, Turn
from bot.replies import Action, Attachment, Paragraph, Picture, Reply, Words, saying
from bot.reports import ReportBook, circle_of

HEARD = 100
"""Statements among whose speakers a name is looked for that nobody is known by."""
LONGEST = 2_000
"""Characters of a question that are looked at."""
_log = structlog.get_logger()


def build_desk(
    library: Library,
    conversations: Conversations,
    who: Who,
    *,
    zone: str = "UTC",
    orders: Orders | None = None,
    reports: ReportBook | None = None,
    keeper: Keeper | None = None,
) -> "AttacheDesk":
    """The desk over a library; without ``orders`` and the like it says that it can't do that yet."""
    return AttacheDesk(library, conversations, who, zone, orders, reports, keeper)


class AttacheDesk:
    """Implements ``bot.ports.Desk``. The time is the request's."""

    def __init__(
        self,
        library: Library,
        conversations: Conversations,
        who: Who,
        zone: str,
        orders: Orders | None,
        reports: ReportBook | None,
        keeper: Keeper | None,
    ) -> None:
        self._library = library
        self._conversations = conversations
        self._who = who
        self._completions = Completions(who)
        self._zone = zone
        self._orders = orders
        self._reports = ReportDesk(reports, who) if reports else None
        self._keeper = keeper
        self._learning = asyncio.Lock()

    async def refresh(self) -> None:
        """Learn the actors discovered in the texts and the outlets; at the start and after articles were added. Of thousands of
        actors that takes a while, and is done beside the event loop."""
        async with self._learning:
            await asyncio.to_thread(self._who.learn, await self._library.actors())
        self._completions.outlets = (await self._library.coverage(Scope())).outlets

    def complete(self, command: str, argument: str, prefix: str, limit: int = 25) -> list[str]:
        """See ``bot.ports.Desk``."""
        return self._completions.of(command, argument, prefix, limit)

    async def answer(self, request: Request) -> Reply:
        """See ``bot.ports.Desk``."""
        try:
            return await self._reply(request)
        except AttacheError as error:
            _log.warning("not answered", problem=str(error))
            return saying("I can't look that up right now; please try again in a moment. Nothing is lost.").privately()

    async def press(self, request: Request, action: Action) -> Reply:
        """See ``bot.ports.Desk``."""
        try:
            return await self._pressed(request, action)
        except AttacheError as error:
            _log.warning("not carried out", problem=str(error))
            return saying("I can't do that right now; please try again in a moment.").privately()

    async def ask(self, request: Request) -> Answer:
        """The answer without its reply; the turn is kept for follow-ups."""
        message = await self._understood(request)
        done = await self._done(request, message)
        if done is None:
            return await self._answered(request, message)
        return Answer(message.words, message.inquiry, await self._library.coverage(Scope(articles=request.articles)), reply=done)

    async def _reply(self, request: Request) -> Reply:
        message = await self._understood(request)
        if not message.words:
            return help_reply()
        return await self._done(request, message) or await self._shown(await self._answered(request, message))

    async def _shown(self, answer: Answer) -> Reply:
        """The reply to an answer; a timeline comes with its picture."""
        reply = reply_of(answer)
        drawn = timeline(answer.events, answer.occasions)
        if answer.inquiry.intent != "timeline" or not drawn.entries:
            return reply
        picture = Picture(await asyncio.to_thread(draw_timeline, drawn), alt_text(drawn), "timeline.png")
        return replace(reply, blocks=(*reply.blocks, picture))

    async def _understood(self, request: Request) -> "_Message":
        words = _words(request)
        turn = await self._conversations.last(request.place, request.asker, request.at)
        previous = from_json(turn.inquiry) if turn else None
        return _Message(words, inquiry_of(words, self._today(request), previous), turn, previous)

    async def _answered(self, request: Request, message: "_Message") -> Answer:
        words, inquiry, turn, previous = message
        shown = 0
        if inquiry.intent == "more" and turn and previous:
            inquiry, shown = previous, turn.shown
        if inquiry.intent == "source":
            return await self._sourced(request, message)
        inquiry = replace(inquiry, since=request.since or inquiry.since, until=request.until or inquiry.until)
        found = await self._seen_by(request).sitting(partial(self._looked_up, request, words, inquiry))
        answer = replace(found, shown=shown)
        await self._keep(request, answer)
        return answer

    async def _looked_up(self, request: Request, words: str, inquiry: Inquiry, library: Library) -> Answer:
        """The answer from the library as it is at one moment."""
        scope, everything = Scope(inquiry.since, inquiry.until, request.articles), Scope(articles=request.articles)
        today = self._today(request)
        wide = await library.coverage(everything)
        on = min(today, inquiry.until or wide.last or today, wide.last or date.max)
        if not (inquiry.follows and inquiry.actors) or inquiry.argument:
            inquiry = await self._named(library, inquiry, on, everything)
        coverage = await library.coverage(scope) if scope.since or scope.until else wide
        coverage = coverage if coverage.articles else wide
        return await LookUp(library, self._who, on, scope, coverage, today).answer(words, inquiry)

    async def _named(self, library: Library, inquiry: Inquiry, on: date, scope: Scope) -> Inquiry:
        """With its actors known; who speaks in the texts is looked up only where a name needs them to be told apart."""
        vague = is_vague(inquiry, self._who, on)
        heard = [actor for actor, _ in await library.speakers(scope, limit=60)] if vague else []
        known = named(inquiry, self._who, on, heard)
        return await _heard(library, known, scope) if known.unknown else await _present(library, known, scope)

    async def _keep(self, request: Request, answer: Answer) -> None:
        if not answer.inquiry.unknown:
            after = answer.shown + page_size(answer)
            numbers = tuple(point.cited.number for point in answer.points[answer.shown : after])
            turn = Turn(to_json(answer.inquiry), numbers, tuple(e.number for e in answer.events[:20]), after)
            await self._conversations.keep(request.place, request.asker, request.at, turn)

    async def _done(self, request: Request, message: "_Message") -> Reply | None:
        """The reply to what is carried out rather than looked up; ``None`` for a question."""
        _, inquiry, turn, previous = message
        match inquiry.intent:
            case "help":
                return help_reply(inquiry.argument)
            case "thanks":
                return saying("At your service. Ask on, for example: what did Hegseth say.")
            case "order" | "status":
                return await self._ordered(request, inquiry)
            case "report":
                return await self._reported(request, turn.quotations if turn else (), inquiry.argument)
            case "forget-me":
                return await self._forgotten(request)
            case "export":
                return await self._exported(request, message)
            case "more" if previous is None:
                return saying("There is nothing to go on with yet: ask something first.")
            case _:
                return None

    async def _sourced(self, request: Request, message: "_Message") -> Answer:
        """The paragraph behind a point of the last answer."""
        words, inquiry, turn, _ = message
        library = self._seen_by(request)
        coverage = await library.coverage(Scope())
        which = int(inquiry.argument) if inquiry.argument.isdigit() else 1
        numbers = turn.quotations if turn else ()
        if not 0 < which <= len(numbers):
            return Answer(words, inquiry, coverage)
        return await self._around(library, words, inquiry, numbers[which - 1])

    async def _around(self, library: Library, words: str, inquiry: Inquiry, number: int, wide: int = 0) -> Answer:
        cited = await library.quotation(number)
        coverage = await library.coverage(Scope())
        if cited is None:
            return Answer(words, replace(inquiry, intent="source", note=_GONE), coverage)
        at = cited.quotation.paragraph
        held = await library.paragraphs(cited.article.id, at - wide, at + wide)
        places = tuple((cited.article, n, text) for n, text in held)
        return Answer(words, replace(inquiry, intent="source"), coverage, (Point(cited),), paragraphs=places)

    async def _ordered(self, request: Request, inquiry: Inquiry) -> Reply:
        if inquiry.intent == "status":
            inquiry = replace(inquiry, argument="status")
        if self._orders is None:
            return saying("I can't do that yet here. I can tell you what was said: ask, for example, what did Hegseth say.")
        order = await order_of(inquiry.argument, request, self._seen_by(request), self._who, self._zone)
        return order if isinstance(order, Reply) else await self._orders.carry_out(request, order)

    async def _reported(self, request: Request, shown: Sequence[int], words: str) -> Reply:
        if self._reports is None:
            return saying("Reports can't be taken in here yet; please tell whoever runs this bot.").privately()
        return await self._reports.answer(request, self._seen_by(request), shown, words, self._today(request))

    async def _forgotten(self, request: Request) -> Reply:
        """Slack's ids of people are unique in their workspace only."""
        platform, asker = request.place.platform, request.asker
        workspace = request.place.workspace if platform is Platform.SLACK else None
        turns = await self._conversations.forget(platform, asker.id, workspace)
        more = f" {await self._keeper.forget(platform, asker, workspace)}" if self._keeper else ""
        return saying(f"Removed: {turns} remembered conversation{'s' * (turns != 1)}.{more}").privately()

    async def _exported(self, request: Request, message: "_Message") -> Reply:
        """The answer as a file, every row with its article, paragraph and characters."""
        _, inquiry, turn, previous = message
        match = re.match(
            r"^(?P<query>.*?)(?:\s*(?:as|in|to)\s+)?(?P<format>csv|json|markdown|md)?$", inquiry.argument, re.IGNORECASE
        )
        query, kind = (match["query"], (match["format"] or "csv").lower()) if match else ("", "csv")
        asked = inquiry_of(query, self._today(request), previous) if query else previous
        if asked is None or asked.intent in ("order", "export", "help"):
            return saying("Export what? Ask first, or write for example: export Hegseth quotes as csv.").privately()
        answer = await self._answered(request, _Message(query or "export", asked, turn, previous))
        if not answer.points and not answer.events:
            return reply_of(answer).privately()
        said = f"{len(answer.points)} quotation{'s' * (len(answer.points) != 1)} and {len(answer.events)} events as {kind}."
        return Reply((Paragraph((Words(said),)), _file(answer, kind)), private=True)

    async def _pressed(self, request: Request, action: Action) -> Reply:
        number = int(action.argument) if action.argument.isdigit() else None
        match action.verb:
            case "context" | "source" | "why" if number is not None:
                wide = 1 if action.verb == "context" else 0
                return reply_of(await self._around(self._seen_by(request), "", Inquiry("source"), number, wide)).privately()
            case "more":
                return await self.answer(replace(request, words="more", command=None))
            case "widen":
                return await self._widened(request, action.argument)
            case "choose":
                return await self._chosen(request, action.argument)
            case "report":
                return await self._reported(request, () if number is None else (number,), request.words or "reported by a button")
            case "follow" | "unfollow" | "mute" | "unmute" | "undo" | "why" | "digest":
                return await self._ordered(request, Inquiry("order", argument=f"{action.verb} {action.argument}".strip()))
            case _:
                return saying("That button is too old; please ask again.").privately()

    async def _chosen(self, request: Request, actor: str) -> Reply:
        turn = await self._conversations.last(request.place, request.asker, request.at)
        asked = from_json(turn.inquiry) if turn else Inquiry("help")
        chosen = tuple(choice for choice in asked.choices if choice.id[:64] == actor)
        if not chosen:
            return saying("That choice is too old; please ask again.").privately()
        inquiry = replace(asked, actors=chosen, choices=(), names=(), follows=True)
        return reply_of(await self._answered(request, _Message(chosen[0].name, inquiry, turn, None)))

    async def _widened(self, request: Request, days: str) -> Reply:
        """The last question again, for other days: ``2025-02-10/2025-02-16``, or for any."""
        turn = await self._conversations.last(request.place, request.asker, request.at)
        asked = from_json(turn.inquiry) if turn else Inquiry("help")
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)", days)
        try:
            since, until = (date.fromisoformat(match[1]), date.fromisoformat(match[2])) if match else (None, None)
        except ValueError:
            asked = Inquiry("help")
        if asked.intent == "help":
            return saying("That button is too old; please ask again.").privately()
        inquiry = replace(asked, since=since, until=until, follows=bool(asked.actors))
        return await self._shown(await self._answered(request, _Message("", inquiry, turn, None)))

    def _seen_by(self, request: Request) -> Library:
        """The library with the corrections that hold where the request comes from."""
        return self._library.seen_in(circle_of(request.place))

    def _today(self, request: Request) -> date:
        return request.at.astimezone(zone_of(request.asker, self._zone)).date()


class _Message(NamedTuple):
    """What was typed and how it was understood, with the turn before and its inquiry."""

    words: str
    inquiry: Inquiry
    turn: Turn | None
    previous: Inquiry | None


async def _heard(library: Library, inquiry: Inquiry, scope: Scope) -> Inquiry:
    """A name that nobody is known by, as the texts word their speakers ("the judge")."""
    name = inquiry.unknown or ""
    held = await library.quotations([], scope, words=topic_stems(name), limit=HEARD) if len(inquiry.names) == 1 else []
    speaking = [c.quotation.speaker for c in held if c.quotation.speaker and c.quotation.statement]
    actors = heard_as(name, speaking)
    note = unmarked(f"{name} read as {', '.join(actor.name for actor in actors)}, as the texts put it")
    return replace(inquiry, actors=actors, unknown=None, note=note) if actors else inquiry


async def _present(library: Library, inquiry: Inquiry, scope: Scope) -> Inquiry:
    """Of several that a name may mean, those whom the texts name; one alone is meant."""
    if not inquiry.choices:
        return inquiry
    named_here = [actor for actor in inquiry.choices if await library.mentions(actor.id, scope, limit=1)]
    if len(named_here) == 1:
        (actor,) = named_here
        return replace(inquiry, choices=(), actors=(actor,), note=f"{' '.join(inquiry.names)} read as {actor.name}")
    return replace(inquiry, choices=tuple(named_here)) if named_here else inquiry


def _words(request: Request) -> str:
    """What was typed, on one line; halves of a surrogate pair, which no database keeps, become question marks."""
    words = from_command(request.command, request.arguments) if request.command else request.words
    return " ".join(words[:LONGEST].encode("utf-8", "replace").decode().split())


def _file(answer: Answer, kind: str) -> Attachment:
    held = answer_to_json(answer)
    if kind == "json":
        return Attachment("attache.json", "application/json", json.dumps(held, ensure_ascii=False, indent=1).encode())
    rows = [*_rows(held["quotations"]), *_rows(held["events"])]
    if kind in ("markdown", "md"):
        lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
        lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
        return Attachment("attache.md", "text/markdown", "\n".join(lines).encode())
    out = io.StringIO()
    csv.writer(out).writerows([_COLUMNS, *([_inert(cell) for cell in row] for row in rows)])
    return Attachment("attache.csv", "text/csv", out.getvalue().encode("utf-8-sig"))


_GONE = "That is not kept here any more: its article was removed or changed, or the quotation was withdrawn."
_COLUMNS = ("who", "kind", "text", "confidence", "outlet", "published_on", "article", "paragraph", "characters", "url", "manner")


def _rows(held: object) -> list[list[str]]:
    rows = []
    for record in held if isinstance(held, Sequence) else ():
        speaker = record.get("speaker") or (record.get("actors") or [{}])[0]
        spans = record.get("content") or [record.get("evidence") or []]
        given = [
            speaker.get("name", "not known"), record.get("kind") or record.get("type"), record["text"], record.get("confidence"),
            record["outlet"], record["published_on"], record["article"], record["paragraph"],
            ", ".join("-".join(map(str, span)) for span in spans), record["url"], record.get("manner"),
        ]  # fmt: skip
        rows.append(["" if value is None else str(value) for value in given])
    return rows


def _inert(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula; text from outside must stay text (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
