"""A wrong quotation: reported, settled, and told wherever it was shown."""

from dataclasses import replace
from datetime import timedelta

from bot.desk import AttacheDesk, build_desk
from bot.model import Asker, Destination, Platform, Request
from bot.replies import plain
from tests.unit.briefing.conftest import CHANNEL, ME, MORNING, World, daily, registry

TEXT = "“We will not close the port,” Mark Rutte said on Monday.\n“The talks were useful,” Kaja Kallas said.\n"
READER = Asker("reader", zone="Europe/Brussels")
OTHER = Destination(Platform.DISCORD, "g2", "c")


def desk_of(world: World) -> AttacheDesk:
    return build_desk(
        world.storage.library, world.storage.conversations, registry(), orders=world.orders, reports=world.storage.reports
    )


async def say(world: World, words: str, asker: Asker = READER, place: Destination = CHANNEL) -> str:
    return plain(await desk_of(world).answer(Request(place, asker, world.now, words)))


async def told_digest(world: World) -> list[str]:
    """A channel has a digest by ``ME`` and was told the article in it."""
    world.now = MORNING - timedelta(hours=1)
    await world.ordered(daily())
    await world.told("a1", TEXT)
    return await world.pass_until(MORNING)


async def test_a_report_reaches_who_set_the_digest_and_its_outcome_whoever_saw_the_quotation(world: World) -> None:
    assert any("We will not close the port" in text for text in await told_digest(world))
    await say(world, "what did Rutte say")
    filed = await say(world, "report wrong speaker")
    assert filed.startswith("Thank you. Report 1")
    assert "“We will not close the port,”" in filed
    (notice,) = await world.pass_until(MORNING + timedelta(minutes=2))
    assert notice.startswith("Report 1: wrong speaker\nMark Rutte: “We will not close the port,”")
    assert world.wall.posted[-1].destination == Destination(Platform.DISCORD, "", "", person="me")
    assert "corrected to Kaja Kallas" in await say(world, "report 1 speaker Kallas", ME)
    await world.pass_until(MORNING + timedelta(minutes=4))
    told = {parcel.destination: plain(parcel.reply) for parcel in world.wall.posted[-2:]}
    assert set(told) == {CHANNEL, Destination(Platform.DISCORD, "", "", person="reader")}
    assert all("Mark Rutte: “We will not close the port,”" in text for text in told.values())
    assert all("The speaker is corrected: Kaja Kallas." in text for text in told.values())
    answer = await say(world, "what did Kallas say")
    assert "“We will not close the port,” [1¶1; speaker corrected by an administrator]" in answer
    assert "No statement by Mark Rutte" in await say(world, "what did Rutte say")
    assert "“We will not close the port,”" in await say(world, "what did Rutte say", place=OTHER)


async def test_what_was_withdrawn_is_left_out_of_the_next_digest_and_alert(world: World) -> None:
    world.now = MORNING - timedelta(hours=1)
    await world.ordered(daily())
    await world.told("a1", TEXT)
    await say(world, "what did Rutte say", ME)
    await say(world, "report it is garbled", ME)
    assert "withdrawn" in await say(world, "report 1 withdraw", ME)
    (digest,) = await world.pass_until(MORNING)
    assert "The talks were useful" in digest
    assert "close the port" not in digest


async def test_a_report_names_its_line_by_number_or_speaker(world: World) -> None:
    await world.told("a1", TEXT)
    await say(world, "what was said about the port talks")
    await say(world, "compare Rutte and Kallas")
    assert "Kaja Kallas: “The talks were useful,”" in await say(world, "that quote is wrong, kallas didn't say that")
    assert "has no line 7" in await say(world, "report line 7 is wrong")
    assert "Ask first" in await say(world, "report wrong speaker", place=OTHER)


async def test_only_administrators_settle_and_only_their_own(world: World) -> None:
    await world.told("a1", TEXT)
    await say(world, "what did Rutte say")
    await say(world, "report wrong")
    assert "settled by administrators" in await say(world, "report 1 withdraw")
    assert "no report 1 here" in await say(world, "report 1 withdraw", ME, OTHER)
    assert "I don't know" in await say(world, "report 1 speaker Xyzzy Quux", ME)
    assert "Report 1, 04 Mar 2025: wrong" in await say(world, "reports", ME, replace(CHANNEL, channel="c9"))
    assert "closed" in await say(world, "report 1 dismiss", ME)
    assert "No report is open" in await say(world, "report list", ME)
    assert "“We will not close the port,”" in await say(world, "what did Rutte say")


async def test_a_reopened_report_is_told_to_those_alone_who_heard_of_it(world: World) -> None:
    await told_digest(world)
    await say(world, "what did Rutte say", ME)
    await say(world, "report wrong", ME)
    await say(world, "report 1 withdraw", ME)
    await say(world, "report 1 reopen", ME)
    assert await world.pass_until(MORNING + timedelta(minutes=2)) == []
    await say(world, "report 1 withdraw", ME)
    (told,) = await world.pass_until(MORNING + timedelta(minutes=4))
    assert "This quotation is withdrawn" in told
    await say(world, "report 1 reopen", ME)
    (told,) = await world.pass_until(MORNING + timedelta(minutes=6))
    assert told.startswith("Correction taken back")
    assert "“We will not close the port,”" in await say(world, "what did Rutte say")


async def test_a_report_that_is_not_there_is_said_to_be_missing(world: World) -> None:
    assert "There is no report 5 here" in await say(world, "report 5 withdraw", ME)
