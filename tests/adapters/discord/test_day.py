"""A day in a guild, from invitation to removal, as the people in it see it."""

from adapters.discord.courier import DiscordCourier
from bot.model import Destination, Platform, Request
from bot.ports import Parcel
from bot.replies import Reply
from tests.adapters.discord.scene import Scene, opened, raw_text, text_of
from tests.contract.samples import ambiguous, digest, nothing_found, private, said


def script(request: Request) -> Reply:
    """What our desk says to each question of the day."""
    words = request.words or request.command or ""
    return {"who is Doe?": ambiguous(), "following": private(), "said Roe": nothing_found()}.get(words, said())


async def test_from_invitation_to_removal() -> None:
    async with opened() as scene:
        scene.desk.react = script
        await morning(scene)
        await noon(scene)
        await evening(scene)


async def morning(scene: Scene) -> None:
    """The administrator sets the digest; it comes, once, although it is sent twice."""
    answer = await scene.boss.slash(scene.channel, "brief-admin digest", order="daily at 8am Brussels")
    assert "We will keep talking" in raw_text(answer.response)
    place = Destination(Platform.DISCORD, str(scene.guild.id), str(scene.channel.id))
    owed = Parcel("digest:1:2025-02-12", place, digest(3))
    sent = await scene.env.bot.courier.send(owed)
    assert await DiscordCourier(scene.env.bot).find(owed) == sent
    assert str(scene.channel.last_message.id) == sent
    assert "Digest for Wednesday" in scene.seen()


async def noon(scene: Scene) -> None:
    """Somebody presses the digest's buttons, asks on, chooses; private things stay private."""
    posted = scene.channel.last_message
    await scene.alice.click(posted, label="Context")
    await scene.alice.send(scene.channel, f"{scene.mention} said Roe")
    assert "Nothing in 36 articles" in scene.seen()
    asked = await scene.alice.slash(scene.channel, "brief ask", question="who is Doe?")
    scene.desk.react = lambda request: said()
    await scene.alice.select(asked.response, ["doe-1"])
    scene.desk.react = script
    mine = await scene.alice.slash(scene.channel, "brief following")
    assert mine.ephemeral
    assert not any("You follow" in text_of(m) for m in scene.channel.history(viewer=scene.boss))
    assert any("You follow" in text_of(m) for m in scene.channel.history(viewer=scene.alice))


async def evening(scene: Scene) -> None:
    """A restart, an old button, a correction, and the guild removes the bot."""
    posted = next(m for m in scene.channel.history() if "Digest for Wednesday" in text_of(m))
    await scene.env.restart_bot(scene.build())
    pressed = len(scene.desk.pressed)
    await scene.boss.click(posted, label="Mute")
    assert len(scene.desk.pressed) == pressed + 1
    place = Destination(Platform.DISCORD, str(scene.guild.id), str(scene.channel.id))
    await scene.env.bot.courier.edit(place, str(posted.id), nothing_found())
    assert any(m.id == posted.id and "Nothing in 36 articles" in text_of(m) for m in scene.channel.history())
    await scene.env.bot.get_guild(scene.guild.id).leave()
    await scene.env.settle()
    assert scene.purged[-1] == str(scene.guild.id)
