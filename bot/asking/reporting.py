"""What people report as wrong, and what administrators make of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.asking.naming import Who, unmarked
from bot.briefing.notices import reported_line
from bot.citing import Sources, attributed
from bot.model import ActorRef, Cited, Request
from bot.ports import Library
from bot.replies import Block, Item, Paragraph, Reply, Style, Words, saying
from bot.reports import EVERYBODY, Report, ReportBook, State, circle_of

LONGEST = 500
"""Characters of a problem that are kept."""
LISTED = 10
_LINE = re.compile(r"(?:\b(?:line|point|quote|number|no\.?)\s*|#)(?P<line>\d{1,2})\b", re.IGNORECASE)
_SETTLING = re.compile(
    r"^#?(?P<number>\d{1,9})\s+(?P<verb>withdraw|dismiss|reopen|speaker)(?:\s+(?:is\s+)?(?P<name>.+))?$", re.IGNORECASE
)
_HOW = "report {0} withdraw, report {0} speaker NAME, or report {0} dismiss"


class ReportDesk:
    """Takes reports, lists them and settles them. ``library`` is as the request's circle sees it."""

    def __init__(self, book: ReportBook, who: Who) -> None:
        self._book = book
        self._who = who

    async def answer(self, request: Request, library: Library, numbers: Sequence[int], words: str, today: date) -> Reply:
        """Carry out what stands behind "report". ``numbers`` are the quotations of the last answer, as shown."""
        words = " ".join(unmarked("".join(c for c in words if c.isprintable())).split())[:LONGEST]
        if match := _SETTLING.match(words):
            return await self._settled(request, library, match, today)
        if words.lower() in ("", "list", "all", "open") and not (words == "" and numbers):
            return await self._listed(request, library)
        return await self._filed(request, library, numbers, words, today)

    async def _filed(self, request: Request, library: Library, numbers: Sequence[int], words: str, today: date) -> Reply:
        held = [await library.quotation(number) for number in numbers]
        chosen = self._meant(held, words, today)
        if isinstance(chosen, str):
            return saying(chosen).privately()
        line, cited = chosen
        ticket = await self._book.file(request.place, request.asker.id, request.at, cited, words or "no reason given")
        sources = Sources()
        blocks: list[Block] = [
            _text(f"Thank you. Report {ticket} is kept for the administrators. It is about:"),
            Item((*attributed(cited), Words(" "), sources.quote(cited))),
        ]
        if len(held) > 1 and not _LINE.search(words):
            blocks.append(_note(f"That is line {line} of the last answer. Another one? Write: report line 2 and what is wrong."))
        return sources.reply(blocks, private=True)

    def _meant(self, held: Sequence[Cited | None], words: str, today: date) -> tuple[int, Cited] | str:
        """The line that is reported: the one whose number or speaker the words name, else the first."""
        lines = [(line, cited) for line, cited in enumerate(held, 1) if cited]
        if not lines:
            return "Which line is wrong? Ask first, then report it under the answer."
        if match := _LINE.search(words):
            named = [(line, cited) for line, cited in lines if line == int(match["line"])]
            return named[0] if named else f"The last answer has no line {match['line']}; it shows {len(held)}."
        spotted = {found.actor.id for _, matches in self._who.spot(words, today) for found in matches}
        theirs = [(n, c) for n, c in lines if c.quotation.speaker and c.quotation.speaker.id in spotted]
        return (theirs or lines)[0]

    async def _listed(self, request: Request, library: Library) -> Reply:
        if not request.asker.administrator:
            return saying("To report an error, ask first and then write, for example: report line 2 wrong speaker.").privately()
        waiting = await self._book.waiting(circle_of(request.place), LISTED + 1)
        if not waiting:
            return saying("No report is open.").privately()
        sources = Sources()
        blocks: list[Block] = []
        for report in waiting[:LISTED]:
            blocks.append(_text(f"Report {report.number}, {report.at:%d %b %Y}: {report.problem}"))
            blocks.append(Item(await reported_line(report, library, sources)))
        more = "More are open. " if len(waiting) > LISTED else ""
        blocks.append(_note(f"{more}To settle one, write: {_HOW.format(waiting[0].number)}."))
        return sources.reply(blocks, private=True)

    async def _settled(self, request: Request, library: Library, match: re.Match[str], today: date) -> Reply:
        if not request.asker.administrator:
            return saying("Reports are settled by administrators. Yours is kept until then.").privately()
        number, circle = int(match["number"]), circle_of(request.place)
        report = await self._book.find(number, circle)
        if report is None:
            return saying(f"There is no report {number} here. To see the open ones, write: report list.").privately()
        outcome = self._outcome(report, match["verb"].lower(), (match["name"] or "").strip(" .?!"), today)
        if isinstance(outcome, str):
            return saying(outcome).privately()
        await self._book.settle(outcome, request.asker.id, request.at)
        reach = "everybody" if circle_of(report.place) == EVERYBODY else "everybody here"
        return saying(_OUTCOMES[outcome.state].format(number, _name(outcome.speaker), reach)).privately()

    def _outcome(self, report: Report, verb: str, name: str, today: date) -> Report | str:
        match verb:
            case "withdraw":
                return replace(report, state=State.WITHDRAWN, speaker=None)
            case "dismiss":
                return replace(report, state=State.DISMISSED, speaker=None)
            case "reopen":
                return replace(report, state=State.OPEN, speaker=None)
        found = self._who.find(name, today) if name else ()
        if not found:
            return f"Who said it? I don't know {unmarked(name) or 'the name'}; write: report {report.number} speaker FULL NAME."
        if len(found) > 1 and found[0].score == found[1].score:
            return f"{unmarked(name)} may be {' or '.join(match.actor.name for match in found[:4])}; write the full name."
        return replace(report, state=State.SPEAKER, speaker=found[0].actor)


_OUTCOMES = {
    State.WITHDRAWN: "Report {0}: the quotation is withdrawn, for {2}.",
    State.SPEAKER: "Report {0}: the speaker is corrected to {1}, for {2}.",
    State.DISMISSED: "Report {0} is closed; the quotation stays as it was.",
    State.OPEN: "Report {0} is open again; the quotation is as it was read.",
}


def _name(actor: ActorRef | None) -> str:
    return actor.name if actor else ""


def _text(words: str) -> Paragraph:
    return Paragraph((Words(words),))


def _note(words: str) -> Paragraph:
    return Paragraph((Words(words, Style.NOTE),))
