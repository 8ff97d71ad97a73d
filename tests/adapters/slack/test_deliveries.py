"""Deliveries to Slack: once, whole, and what goes wrong told apart."""

import pytest

from adapters.slack.posting import Refused
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled
from bot.model import Destination, Platform
from bot.ports import Parcel
from bot.replies import Attachment, Paragraph, Reply, Words
from tests.adapters.slack.scene import ANSWER, opened
from tests.contract.samples import REPLIES

HERE = Destination(Platform.SLACK, "T1", "C1")


async def test_parts_that_arrived_are_not_posted_again() -> None:
    async with opened() as scene:
        parcel = Parcel("k9", HERE, REPLIES["digest of 200"])
        scene.slack.errors["chat.postMessage"] = [None, None, 0, 30]
        with pytest.raises(Throttled):
            await scene.app.courier.send(parcel)
        await scene.app.courier.send(parcel)
        parts = [message["metadata"]["event_payload"]["part"] for message in scene.slack.posted]
        assert parts == list(range(len(parts)))
        assert len(parts) > 3


async def test_a_delivery_is_found_again_after_a_lost_reply() -> None:
    async with opened() as scene:
        parcel = Parcel("k1", HERE, ANSWER)
        scene.slack.errors["chat.postMessage"] = ["lost"]
        assert await scene.app.courier.find(parcel) is None
        with pytest.raises(Ambiguous):
            await scene.app.courier.send(parcel)
        found = await scene.app.courier.find(parcel)
        assert found == f"C1:{scene.slack.posted[0]['ts']}"
        assert len(scene.slack.posted) == 1


FILES = Reply((Paragraph((Words("Here."),)), Attachment("a.csv", "text/csv", b"1,2"), Attachment("b.csv", "text/csv", b"3")))


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize("place", [HERE, Destination(Platform.SLACK, "T1", "C1", "9.9")])
async def test_files_of_a_delivery_are_uploaded_once_though_the_answer_is_lost(lost: int, place: Destination) -> None:
    async with opened() as scene:
        parcel = Parcel("k1", place, FILES)
        scene.slack.errors["files.completeUploadExternal"] = [*([None] * lost), "lost"]
        with pytest.raises(Ambiguous):
            await scene.app.courier.send(parcel)
        found = await scene.app.courier.find(parcel)
        again = await scene.app.courier.send(parcel)
        assert found == again
        assert [f["name"] for m in scene.slack.posted for f in m.get("files", ())] == ["a.csv", "b.csv"]
        assert sum("files" not in m for m in scene.slack.posted) == 1


async def test_a_delivery_is_found_in_a_long_thread() -> None:
    async with opened() as scene:
        thread = Destination(Platform.SLACK, "T1", "C1", "9.9")
        scene.slack.posted += [{"channel": "C1", "ts": f"10.{n}", "thread_ts": "9.9", "text": "talk"} for n in range(250)]
        sent = await scene.app.courier.send(Parcel("k1", thread, ANSWER))
        assert await scene.app.courier.find(Parcel("k1", thread, ANSWER)) == sent


async def test_a_delivery_is_found_in_a_busy_channel() -> None:
    async with opened() as scene:
        sent = await scene.app.courier.send(Parcel("k1", HERE, ANSWER))
        scene.slack.posted += [{"channel": "C1", "ts": f"1800000000.{n}", "text": "talk"} for n in range(900)]
        assert await scene.app.courier.find(Parcel("k1", HERE, ANSWER)) == sent


async def test_where_the_app_may_not_look_it_posts_all_the_same() -> None:
    async with opened() as scene:
        scene.slack.errors["conversations.history"] = ["missing_scope", "missing_scope"]
        assert await scene.app.courier.find(Parcel("k9", HERE, ANSWER)) is None
        await scene.app.courier.send(Parcel("k9", HERE, REPLIES["digest of 200"]))
        assert len(scene.slack.posted) > 3


async def test_an_edit_to_something_shorter_leaves_nothing_behind() -> None:
    async with opened() as scene:
        sent = await scene.app.courier.send(Parcel("k9", HERE, REPLIES["digest of 200"]))
        await scene.app.courier.edit(HERE, sent, ANSWER)
        assert [message["ts"] for message in scene.slack.posted] == [sent.partition(":")[2].split("+")[0]]
        await scene.app.courier.edit(HERE, sent.partition("+")[0], REPLIES["digest of 200"])
        assert {message["thread_ts"] for message in scene.slack.posted[1:]} == {scene.slack.posted[0]["ts"]}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("channel_not_found", Gone),
        ("invalid_auth", Refused),
        ("token_revoked", Refused),
        (7, Throttled),
        ("patience", Throttled),
        ("page", Ambiguous),
        ("broken", Ambiguous),
        ("invalid_blocks", DeliveryError),
        ("internal_error", Ambiguous),
    ],
)
async def test_what_goes_wrong_is_told_apart(answer: str | int, error: type[DeliveryError]) -> None:
    async with opened() as scene:
        scene.slack.errors["chat.postMessage"] = [answer]
        with pytest.raises(error) as raised:
            await scene.app.courier.send(Parcel("k", HERE, ANSWER))
        assert type(raised.value) is error


async def test_a_person_gets_a_direct_message_and_files_travel() -> None:
    async with opened() as scene:
        reply = Reply((Paragraph((Words("Here."),)), Attachment("a.csv", "text/csv", b"1,2")))
        sent = await scene.app.courier.send(Parcel("k", Destination(Platform.SLACK, "T1", "", person="U7"), reply))
        assert sent.startswith("DU7:")
        assert scene.slack.sent("files.completeUploadExternal")
        await scene.app.courier.edit(HERE, sent, ANSWER)
        assert scene.slack.sent("chat.update")
