"""Messages about what was sent before: a closed channel, a report to its administrators, a correction."""

from bot.citing import Sources, attributed
from bot.ports import Library
from bot.replies import Block, Heading, Item, Line, Paragraph, Reply, Words, saying
from bot.reports import Report, State


def closed_notice(channel: str, reason: str) -> Reply:
    """To whoever set the digest of a channel that is closed to us."""
    return saying(
        f"I can't post in {channel} any more ({reason}). The digest you set there is paused. "
        "Let me in again and write there: digest resume; or end it with: digest off."
    )


async def report_notice(report: Report, library: Library) -> Reply | None:
    """To an administrator: what was reported, and how to settle it; ``None`` once it is settled."""
    if report.state is not State.OPEN:
        return None
    n = report.number
    how = f"There, an administrator can write: report {n} withdraw, report {n} speaker NAME, or report {n} dismiss."
    return await _about(report, f"Report {n}: {report.problem}", library, how)


async def correction_notice(report: Report, library: Library) -> Reply:
    """To wherever a reported quotation was shown, and to who reported it."""
    match report.state:
        case State.WITHDRAWN:
            return await _about(report, "Correction", library, "This quotation is withdrawn: please don't use it.")
        case State.SPEAKER:
            name = report.speaker.name if report.speaker else "not known"
            return await _about(report, "Correction", library, f"The speaker is corrected: {name}.")
        case State.DISMISSED:
            return await _about(report, f"Report {report.number}", library, "Looked at by an administrator; the quotation stays.")
        case State.OPEN:
            return await _about(report, "Correction taken back", library, "The quotation stands as it was first shown.")


async def _about(report: Report, heading: str, library: Library, outcome: str) -> Reply:
    sources = Sources()
    blocks: list[Block] = [Heading(heading[:150]), Item(await reported_line(report, library, sources))]
    return sources.reply((*blocks, Paragraph((Words(outcome),))))


async def reported_line(report: Report, library: Library, sources: Sources) -> Line:
    """The reported quotation as it was read; where a later reading no longer has it, its place."""
    cited = await library.seen_in(None).quotation(report.quotation)
    if cited is None:
        return (Words(f"Article {report.article}, paragraph {report.paragraph}; it is read otherwise by now."),)
    return (*attributed(cited), Words(" "), sources.quote(cited))
