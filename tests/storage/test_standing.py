"""Standing orders and the outbox, on both databases."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import update

from bot.model import ActorRef, ActorType, Article, Destination, Platform, Reading, Span
from bot.standing import (
    Alert,
    Aspect,
    Delivery,
    DigestOrder,
    DueDigest,
    Filter,
    Follow,
    Happening,
    Manner,
    Mode,
    Standing,
    Step,
    Taste,
)
from storage import Storage, open_storage
from storage.tables import articles

NOW = datetime(2025, 3, 4, 7, 0, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=2), NOW + timedelta(days=1)
HERE = Destination(Platform.DISCORD, "1", "7")
ANNA = ActorRef("anna-berg", "Anna Berg", ActorType.PERSON)
FOLLOW = Follow(ANNA, None, Mode.AT_ONCE, "me")
DIGEST = DigestOrder("0123456 08:00 Europe/Paris", NOW, "me")
FULL = Standing((FOLLOW, replace(FOLLOW, topic="grain")), DIGEST, Manner(LATER, (time(22), time(7)), "Europe/Paris", ("tea",)))
MANNER = replace(FULL, manner=Manner())
BOTH = tuple(Platform)


def step(due: DueDigest, told: int = 3) -> Step:
    return Step(due, Delivery(f"digest-{due.number}-{due.due_at:%Y%m%d%H%M}", "digest", "{}", due.due_at), LATER, told)


async def owe(storage: Storage) -> str:
    await storage.orders.change(HERE, "me", NOW, lambda _: MANNER)
    (due,) = await storage.orders.due(NOW, 10)
    assert await storage.orders.progress([step(due)]) == 1
    return step(due).delivery.key


async def test_orders_are_kept_and_undone_once(storage: Storage) -> None:
    orders = storage.orders
    assert await orders.standing(HERE) == Standing()
    assert await orders.change(HERE, "me", NOW, lambda _: FULL) == FULL
    assert await orders.standing(HERE) == FULL
    assert await orders.follows_in(Platform.DISCORD, "1") == 2
    await orders.change(HERE, "me", NOW, lambda standing: replace(standing, follows=(), digest=None))
    assert (await orders.standing(HERE)).follows == ()
    assert await orders.undo(HERE, "you") is None
    assert await orders.undo(HERE, "me") == FULL
    assert await orders.standing(HERE) == FULL
    assert await orders.undo(HERE, "me") is None


async def test_a_digest_moves_on_once_whoever_asks(storage: Storage, url: str) -> None:
    await storage.orders.change(HERE, "me", NOW, lambda _: MANNER)
    other = await open_storage(url)
    (due,), (same,) = await storage.orders.due(NOW, 10), await other.orders.due(NOW, 10)
    assert due == same
    moved = await asyncio.gather(storage.orders.progress([step(due)]), other.orders.progress([step(same)]))
    assert sorted(moved) == [0, 1]
    assert await other.orders.due(NOW, 10) == []
    (next_due,) = await other.orders.due(LATER, 10)
    assert (next_due.due_at, next_due.told, next_due.spoke_at) == (LATER, 3, NOW)
    assert await other.outbox.states() == {"owed": 1}
    await other.close()


async def test_a_lease_that_ran_out_is_taken_again_as_uncertain(storage: Storage) -> None:
    key = await owe(storage)
    outbox = storage.outbox
    assert await outbox.claim(NOW, SOON, [Platform.SLACK], 10) == []
    (first,) = await outbox.claim(NOW, SOON, BOTH, 10)
    assert (first.key, first.destination, first.uncertain) == (key, HERE, False)
    assert await outbox.claim(NOW + timedelta(minutes=1), LATER, BOTH, 10) == []
    (again,) = await outbox.claim(SOON, LATER, BOTH, 10)
    assert again.uncertain
    await outbox.sent(key, "m1", LATER)
    assert await outbox.claim(LATER, LATER, BOTH, 10) == []
    assert await outbox.states() == {"sent": 1}


async def test_two_processes_never_hold_one_delivery(storage: Storage, url: str) -> None:
    other = await open_storage(url)
    await owe(storage)
    held = await asyncio.gather(*(s.outbox.claim(NOW, SOON, BOTH, 5) for s in (storage, other) * 3))
    assert sum(map(len, held)) == 1
    await other.close()


async def test_a_try_is_counted_unless_the_platform_asked_for_patience(storage: Storage) -> None:
    key = await owe(storage)
    await storage.outbox.claim(NOW, SOON, BOTH, 10)
    await storage.outbox.later(key, SOON, "wait", uncertain=False, counted=False)
    assert await storage.outbox.claim(NOW, SOON, BOTH, 10) == []
    (claim,) = await storage.outbox.claim(SOON, LATER, BOTH, 10)
    assert (claim.attempts, claim.uncertain) == (0, False)
    await storage.outbox.later(key, SOON, "lost", uncertain=True, counted=True)
    (claim,) = await storage.outbox.claim(SOON, LATER, BOTH, 10)
    assert (claim.attempts, claim.uncertain) == (1, True)


async def test_nothing_goes_out_while_snoozed(storage: Storage) -> None:
    await owe(storage)
    await storage.orders.change(HERE, "me", NOW, lambda s: replace(s, manner=Manner(SOON)))
    assert await storage.outbox.claim(NOW, SOON, BOTH, 10) == []
    assert len(await storage.outbox.claim(SOON, LATER, BOTH, 10)) == 1


async def test_a_destination_that_is_gone_is_owed_nothing_more(storage: Storage) -> None:
    key = await owe(storage)
    await storage.outbox.gone(key, "closed", NOW)
    assert await storage.outbox.states() == {"dead": 1, "owed": 1}
    (notice,) = await storage.outbox.claim(NOW, SOON, BOTH, 10)
    assert (notice.kind, notice.destination) == ("notice", Destination(Platform.DISCORD, "", "", person="me"))
    assert await storage.orders.due(LATER, 10) == []
    assert await storage.orders.listeners([ANNA.id]) == []


async def test_alerts_are_gathered_and_made_once(storage: Storage) -> None:
    await storage.orders.change(HERE, "me", NOW, lambda _: MANNER)
    found = await storage.orders.listeners([ANNA.id, "nobody"])
    assert {listener.follow.topic for listener in found} == {None, "grain"}
    assert await storage.orders.followed() == [ANNA.id]
    number = found[0].number
    assert await storage.orders.alert([Alert(number, (1, 2), ("a", "b"), NOW)], 0, 4, NOW)
    assert not await storage.orders.alert([Alert(number, (1, 2), ("a", "b"), NOW)], 0, 4, NOW)
    assert await storage.orders.alert([Alert(number, (3,), ("c",), NOW)], 4, 5, NOW)
    assert await storage.orders.alerted() == 5
    assert await storage.orders.heard([(number, "a"), (number, "x")]) == {(number, "a")}
    (claim,) = await storage.outbox.claim(NOW, SOON, BOTH, 10)
    assert claim.content == '{"quotations": [1, 2, 3], "events": []}'
    assert await storage.orders.alert([Alert(number, (4,), ("d",), NOW)], 5, 6, NOW)
    assert await storage.outbox.claim(NOW, SOON, BOTH, 10) == []


async def test_what_is_purged_or_forgotten_leaves_nothing(storage: Storage) -> None:
    await owe(storage)
    mine = Destination(Platform.DISCORD, "", "", person="me")
    await storage.orders.change(mine, "me", NOW, lambda _: MANNER)
    assert await storage.orders.workspaces(Platform.DISCORD) == ["1"]
    assert await storage.orders.forget(Platform.DISCORD, "me") == 3
    assert await storage.orders.standing(mine) == Standing()
    assert {follow.by for follow in (await storage.orders.standing(HERE)).follows} == {""}
    await storage.purge(Platform.DISCORD, "1")
    assert await storage.orders.workspaces(Platform.DISCORD) == []
    assert await storage.outbox.states() == {}


async def test_articles_that_their_outlets_changed_are_told_from_those_read_again(storage: Storage) -> None:
    for id in ("changed", "reread", "new"):
        await storage.library.add(Article(id, "It rained.", Span(0, 10), "Herald"), Reading())
    async with storage.database.writing() as connection:
        await connection.execute(update(articles).values(read_at=NOW))
    await storage.library.add(Article("changed", "It snowed.", Span(0, 10), "Herald"), Reading())
    await storage.library.add(Article("reread", "It rained.", Span(0, 10), "Herald"), Reading(reader="rules"))
    end = datetime(2100, 1, 1, tzinfo=UTC)
    assert await storage.orders.revised(NOW, end, 3) == ["changed"]
    assert await storage.orders.revised(NOW, end, 0) == []
    assert await storage.orders.revised(end, end, 3) == []


async def test_what_follows_a_message_is_owed_with_its_outcome_and_a_message_is_found_again(storage: Storage) -> None:
    key = await owe(storage)
    assert await storage.outbox.told(HERE, None) is None
    await storage.outbox.claim(NOW, SOON, BOTH, 10)
    await storage.outbox.sent(key, "m1+m2", NOW, (), '{"part": 2}')
    (rest,) = await storage.outbox.claim(NOW, SOON, BOTH, 10)
    assert (rest.key, rest.kind, json.loads(rest.content)) == (f"{key}-2", "digest", {"part": 2, "under": "m1+m2"})
    last = await storage.outbox.told(HERE, None)
    assert last
    assert last.key == key
    assert await storage.outbox.told(HERE, rest.key)
    assert await storage.outbox.told(replace(HERE, channel="8"), key) is None
    await storage.outbox.dead(rest.key, "refused", LATER)
    (letter,) = await storage.outbox.given_up(5)
    assert (letter.key, letter.destination, letter.reason, letter.at) == (rest.key, HERE, "refused", LATER)


async def test_a_follow_keeps_since_when_and_a_digest_what_is_wanted_of_it(storage: Storage) -> None:
    wanted = Taste((Filter(Aspect.OUTLET, "Herald", "Herald"),), (), 5, "fr")
    happens = replace(FOLLOW, topic="talks are announced", happening=Happening(("CONSULT", "AGREE"), ("anna-berg",)))
    await storage.orders.change(HERE, "me", NOW, lambda _: Standing((FOLLOW,), replace(DIGEST, taste=wanted)))
    await storage.library.add(Article("a1", "It rained.", Span(0, 10), "Herald"), Reading())
    await storage.orders.change(HERE, "me", NOW, lambda held: replace(held, follows=(*held.follows, happens)))
    standing = await storage.orders.standing(HERE)
    assert set(standing.follows) == {FOLLOW, happens}
    assert standing.digest
    assert standing.digest.taste == wanted
    assert {one.follow: one.since for one in await storage.orders.listeners([ANNA.id])} == {FOLLOW: 0, happens: 1}
    assert await storage.orders.undo(HERE, "me") == Standing((FOLLOW,), replace(DIGEST, taste=wanted))
