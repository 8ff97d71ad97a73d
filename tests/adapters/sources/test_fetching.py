"""Fetching from a hostile internet: every bad source is named with its cause, nothing private is connected to."""

import asyncio
import contextlib
import gc
import gzip
import ipaddress
import os
import pickle
import socket
import tempfile
import threading
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from adapters.sources.addresses import Names, is_public, permission
from adapters.sources.bodies import bounded_body
from adapters.sources.fetching import REFUSAL_KEPT, Limits, Web
from adapters.sources.turns import Recent
from bot.errors import ForbiddenAddress, Postponed, SourceError, Unavailable, UnreadableSource
from tests.adapters.sources.internet import internet


def anywhere(address: str, port: int) -> bool:
    """Permits what a test plays."""
    return True


async def test_a_feed_is_fetched_once_and_then_asked_whether_it_changed() -> None:
    async with internet() as (net, web):
        first = await web.get(net.url("/feed"))
        assert b"Talks end" in first.body.read()
        again = await web.get(net.url("/feed"), etag=first.etag)
        assert again.unchanged
        assert (await web.get(net.url("/moved"))).moved


@pytest.mark.parametrize(
    ("path", "error", "cause"),
    [
        ("/bomb", UnreadableSource, "larger than"),
        ("/endless", UnreadableSource, "larger than"),
        ("/damaged", SourceError, "broken|not HTTP"),
        ("/brotli", UnreadableSource, "not asked for"),
        ("/loop", SourceError, "redirects more than"),
        ("/inward", ForbiddenAddress, "not public"),
        ("/named-inward", ForbiddenAddress, "not public"),
        ("/file", ForbiddenAddress, "not an http or https address"),
        ("/gone", SourceError, "gone for good"),
        ("/nothing", SourceError, "not there"),
    ],
)
async def test_a_bad_source_is_named_with_its_cause(path: str, error: type[SourceError], cause: str) -> None:
    async with internet(Limits(seconds=5, size=1_000_000)) as (net, web):
        with pytest.raises(error, match=cause) as raised:
            await web.get(net.url(path))
        assert "\n" not in str(raised.value)


@asynccontextmanager
async def a_site_that_sends(raw: bytes, *, for_ever: bool = False) -> AsyncIterator[str]:
    """Its address: a server that answers anything with these bytes."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(raw)
            while for_ever:
                writer.write(raw)
                await writer.drain()

    async with await asyncio.start_server(send, "127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_marks_that_no_database_takes_are_not_kept() -> None:
    marks = b'ETag: "a\x01"\r\nLast-Modified: \xff\xfe\r\n'
    async with (
        a_site_that_sends(b"HTTP/1.1 200 OK\r\n" + marks + b"Content-Length: 2\r\n\r\nhi") as url,
        Web(permitted=anywhere) as web,
    ):
        found = await web.get(url)
        assert (found.body.read(), found.etag, found.last_modified) == (b"hi", None, None)


async def test_a_redirect_to_what_is_no_text_is_refused() -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /\xff\r\nContent-Length: 0\r\n\r\n"
    async with a_site_that_sends(moved) as url, Web(permitted=anywhere) as web:
        with pytest.raises(ForbiddenAddress, match="not an http or https address"):
            await web.get(url)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n"])
async def test_a_flood_of_interim_answers_or_of_headers_ends_at_a_limit(start: bytes) -> None:
    flood = start + (b"X: y\r\n" if start else b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") * 1_000
    async with a_site_that_sends(flood, for_ever=True) as url, Web(Limits(0.3), permitted=anywhere) as web:
        with pytest.raises(Unavailable, match="not HTTP" if start else "did not answer in full"):
            await web.get(url)


async def test_names_that_take_long_to_look_up_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def slowly(*_: object, **__: object) -> list[object]:
        over.wait(20)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    async with Web() as web:
        asked = [asyncio.create_task(web.get(f"http://{number}.example/")) for number in range(20)]
        await asyncio.sleep(0.1)
        await asyncio.wait_for(asyncio.to_thread(over.set), 10)
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unavailable}
    assert "can't be reached" in str(answers[0])


async def test_a_name_is_looked_up_as_it_always_is() -> None:
    names = Names()
    found = await names.resolve("localhost", 80, socket.AF_UNSPEC)
    assert {entry["host"] for entry in found} <= {"127.0.0.1", "::1"}
    assert {entry["port"] for entry in found} == {80}
    await names.close()


async def test_a_bomb_does_not_grow_memory() -> None:
    async with internet(Limits(seconds=5, size=1_000_000)) as (net, web):
        tracemalloc.start()
        with pytest.raises(UnreadableSource):
            await web.get(net.url("/bomb"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 20_000_000


async def test_a_slow_source_ends_at_its_limit() -> None:
    async with internet(Limits(seconds=0.05)) as (net, web):
        with pytest.raises(SourceError, match="did not answer in full"):
            await web.get(net.url("/drip"))


async def test_a_busy_source_says_when_to_come_back() -> None:
    async with internet() as (net, web):
        with pytest.raises(Postponed) as raised:
            await web.get(net.url("/busy"))
        assert raised.value.wait == 120


async def test_waiting_for_the_turn_of_a_host_costs_none_of_the_time_for_an_answer() -> None:
    async with internet(Limits(seconds=0.5, pause=100)) as (net, web):
        waited: list[float] = []

        async def long_pause(seconds: float) -> None:
            waited.append(seconds)
            time[0] += seconds

        time = [0.0]
        web.clock = lambda: time[0]
        web.turns.clock, web.turns.sleep = web.clock, long_pause
        for _ in range(3):
            assert (await web.get(net.url("/feed"))).body
        assert waited == [150, 150]


async def test_one_request_a_host_at_a_time() -> None:
    async with internet() as (net, web):
        await asyncio.gather(*(web.get(net.url("/feed")) for _ in range(8)))
        assert net.most_together == 1


async def test_robots_rules_are_kept_and_asked_for_once() -> None:
    async with internet() as (net, web):
        assert await web.allowed(net.url("/open"))
        assert not await web.allowed(net.url("/closed/page"))
        assert net.hits["/robots.txt"] == 1


async def test_rules_that_are_not_to_be_had_close_a_host_until_they_are_asked_for_again() -> None:
    async with internet() as (net, web):
        time = [0.0]
        web.clock = lambda: time[0]
        assert not await web.allowed(net.url("/page", "silent.example"))
        assert not await web.allowed(net.url("/page", "silent.example"))
        assert net.hits["/robots.txt"] == 1
        time[0] += REFUSAL_KEPT
        assert await web.allowed(net.url("/page", "silent.example"))
        assert net.hits["/robots.txt"] == 2


async def test_huge_robots_rules_are_understood_beside_the_event_loop_and_not_all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, parse = list[bool](), Protego.parse

    def noted(text: str) -> Protego:
        threads.append(threading.current_thread() is threading.main_thread())
        return parse(text)

    monkeypatch.setattr(Protego, "parse", noted)
    async with internet() as (net, web):
        net.rules = "User-agent: *\nDisallow: /closed\n" + "Disallow: /x*y\n" * 40_000
        for host in ("a.example", "b.example", "a.example", "c.example"):
            assert not await web.allowed(net.url("/closed", host))
        assert net.hits["/robots.txt"] == 4, "what two hosts say has no room: a's rules are asked for anew"
        assert await web.allowed(net.url("/open", "c.example"))
        assert net.hits["/robots.txt"] == 4
    assert threads == [False] * 4


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 12)), max_size=30))
def test_what_is_remembered_has_its_weight_and_the_latest_stays(puts: list[tuple[str, int]]) -> None:
    recent, last = Recent[int](10), dict[str, int]()
    for key, weight in puts:
        recent.put(key, weight, weight)
        last[key] = weight
        assert sum(last[held] for held in recent) <= 10
        assert recent.get(key) == (weight if weight <= 10 else None)


async def test_a_redirect_to_what_the_rules_close_is_not_followed() -> None:
    async with internet() as (net, web):
        with pytest.raises(SourceError, match="robots rules"):
            await web.get(net.url("/to-closed"), by_the_rules=True)
        assert net.hits["/closed/page"] == 0
        assert (await web.get(net.url("/to-closed"))).body


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0", "fc00::1", "::7f00:1", "x", "fec0::1", "192.0.0.8", "168.63.129.16", "64:ff9b:1::808:808", "2001:0:7f00:1::"],
)  # fmt: skip
def test_private_addresses_in_any_dress_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_a_public_address_behind_nat64_is_public() -> None:
    assert is_public("64:ff9b::808:808")


def test_an_operator_may_permit_private_addresses_each_by_itself() -> None:
    permitted = permission("127.0.0.1:8000 10.1.0.0/16 [::1]:8000")
    open_ = (("127.0.0.1", 8000), ("10.1.2.3", 80), ("::1", 8000), ("8.8.8.8", 80))
    assert all(permitted(address, port) for address, port in open_)
    refused = (("127.0.0.1", 8001), ("10.2.0.1", 80), ("::1", 80), ("::ffff:127.0.0.1", 8000), ("169.254.169.254", 80), ("x", 80))
    assert not any(permitted(address, port) for address, port in refused)
    assert not permission("")("127.0.0.1", 8000)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_counts_as_itself(address: ipaddress.IPv4Address) -> None:
    public = is_public(str(address))
    for dressed in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(dressed) <= public


@given(st.text(max_size=40))
def test_no_text_is_taken_for_an_address_by_accident(text: str) -> None:
    assert is_public(text) in (True, False)


async def parts(raw: bytes, size: int = 1_000_000) -> AsyncIterator[bytes]:
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


@given(
    st.lists(st.binary(max_size=60), max_size=4), st.integers(1, 30), st.binary(max_size=3).filter(lambda end: end[:1] != b"\x1f")
)
async def test_a_compressed_body_may_have_several_members_and_padding(members: list[bytes], size: int, padding: bytes) -> None:
    raw = b"".join(gzip.compress(member) for member in members)
    assert (await bounded_body(parts(raw + (padding if raw else b""), size), "gzip", 10_000, "page")).read() == b"".join(members)


async def test_a_large_body_waits_in_a_file_that_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    whole = b"Ministers met. " * 100_000
    body = await bounded_body(parts(gzip.compress(whole)), "gzip", 2_000_000, "page")
    assert pickle.loads(pickle.dumps(body)).read() == body.read() == whole
    assert len(pickle.dumps(body)) < 5_000
    assert body.head == whole[:2_000]
    del body
    gc.collect()
    with pytest.raises(UnreadableSource):
        await bounded_body(parts(whole), "", 1_000_000, "page")
    assert os.listdir(tmp_path) == []


async def test_deflate_comes_with_and_without_its_frame() -> None:
    for frame in (15, -15):
        packer = zlib.compressobj(wbits=frame)
        raw = packer.compress(b"Ministers met.") + packer.flush()
        assert (await bounded_body(parts(raw), "deflate", 100, "page")).read() == b"Ministers met."


async def test_a_second_member_is_held_to_the_same_limit() -> None:
    raw = gzip.compress(b"x") + gzip.compress(b"0" * 1_000_000)
    with pytest.raises(UnreadableSource, match="larger than"):
        await bounded_body(parts(raw), "gzip", 1_000, "page")


async def test_a_compressed_page_that_is_cut_off_is_not_taken_for_whole() -> None:
    whole = gzip.compress(b"Ministers met. " * 1_000)
    assert len((await bounded_body(parts(whole), "gzip", 100_000, "page")).read()) == 15_000
    with pytest.raises(UnreadableSource, match="cut off"):
        await bounded_body(parts(whole[:-12]), "gzip", 100_000, "page")
