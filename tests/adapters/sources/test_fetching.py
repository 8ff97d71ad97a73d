"""Fetching from a hostile internet: every bad source is named with its cause, nothing private is connected to."""

import asyncio
import gzip
import ipaddress
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.addresses import is_public
from adapters.sources.fetching import Limits, bounded_body
from bot.errors import ForbiddenAddress, Postponed, SourceError, UnreadableSource
from tests.adapters.sources.internet import internet


async def test_a_feed_is_fetched_once_and_then_asked_whether_it_changed() -> None:
    async with internet() as (net, web):
        first = await web.get(net.url("/feed"))
        assert b"Talks end" in first.body
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


async def test_one_request_a_host_at_a_time() -> None:
    async with internet() as (net, web):
        await asyncio.gather(*(web.get(net.url("/feed")) for _ in range(8)))
        assert net.most_together == 1


async def test_robots_rules_are_kept_and_asked_for_once() -> None:
    async with internet() as (net, web):
        assert await web.allowed(net.url("/open"))
        assert not await web.allowed(net.url("/closed/page"))
        assert net.hits["/robots.txt"] == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0", "fc00::1", "::7f00:1", "x"],
)  # fmt: skip
def test_private_addresses_in_any_dress_are_not_public(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_counts_as_itself(address: ipaddress.IPv4Address) -> None:
    public = is_public(str(address))
    for dressed in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(dressed) <= public


@given(st.text(max_size=40))
def test_no_text_is_taken_for_an_address_by_accident(text: str) -> None:
    assert is_public(text) in (True, False)


async def test_a_compressed_page_that_is_cut_off_is_not_taken_for_whole() -> None:
    async def parts(raw: bytes) -> AsyncIterator[bytes]:
        yield raw

    whole = gzip.compress(b"Ministers met. " * 1_000)
    assert len(await bounded_body(parts(whole), "gzip", 100_000, "page")) == 15_000
    with pytest.raises(UnreadableSource, match="cut off"):
        await bounded_body(parts(whole[:-12]), "gzip", 100_000, "page")
