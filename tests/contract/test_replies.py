"""Every sample reply on every platform: within its limits, all words kept, nothing smuggled in comes alive."""

import re

import pytest

from bot.replies import Attachment, Buttons, Choices, Picture, Reply
from tests.contract.plug import Plug
from tests.contract.plugs import PLUGS
from tests.contract.samples import QUESTIONS, REPLIES, TRAPS, texts

each_plug = pytest.mark.parametrize("plug", PLUGS, ids=lambda plug: plug.name)
each_reply = pytest.mark.parametrize("name", REPLIES)


def squeezed(text: str) -> str:
    """Text without white space and without zero-width guards: platforms break lines where they like."""
    return re.sub(r"[\s\u200b\u2060\ufeff]+", "", text)


@each_plug
@each_reply
def test_the_platform_takes_it(plug: Plug, name: str) -> None:
    assert plug.show(REPLIES[name]).problems == ()


@each_plug
@each_reply
def test_all_words_are_kept_in_order_with_the_source_s_marks(plug: Plug, name: str) -> None:
    shown = squeezed(plug.show(REPLIES[name]).text)
    at = 0
    for opened, text, closed in texts(REPLIES[name]):
        for words in (opened, *_words(text), closed):
            found = shown.find(words, at)
            assert found >= 0, f"{words[:80]!r} of {text[:80]!r} is missing after {shown[max(0, at - 80) : at]!r}"
            at = found + len(words)


def _words(text: str) -> list[str]:
    """Words to look for; a very long one may be broken, its pieces are looked for."""
    return [piece for word in text.split() for piece in re.findall(r".{1,200}", squeezed(word))]


@each_plug
@each_reply
def test_nothing_pings(plug: Plug, name: str) -> None:
    assert plug.show(REPLIES[name]).mentions == ()


@each_plug
@each_reply
def test_only_citations_link_and_only_to_the_web(plug: Plug, name: str) -> None:
    links = plug.show(REPLIES[name]).links
    assert all(re.fullmatch(r"https://news\.example/\S*", link) for link in links), links


@each_plug
def test_links_of_citations_are_kept(plug: Plug) -> None:
    links = plug.show(REPLIES["digest of 200"]).links
    assert set(links) >= {f"https://news.example/{n}" for n in range(1, 201)}


@each_plug
@each_reply
def test_source_text_is_not_formatted(plug: Plug, name: str) -> None:
    assert plug.show(REPLIES[name]).markup == ()


@each_plug
@each_reply
def test_quotation_marks_stand_only_where_the_source_has_them(plug: Plug, name: str) -> None:
    reply = REPLIES[name]
    own = squeezed("".join(opened + text + closed for opened, text, closed in texts(reply)))
    shown = plug.show(reply).text
    for mark in "“”«»„":
        assert shown.count(mark) == own.count(mark), mark


@each_plug
@each_reply
def test_buttons_and_menus_carry_their_action(plug: Plug, name: str) -> None:
    reply = REPLIES[name]
    wanted = [button.action for block in reply.blocks if isinstance(block, Buttons) for button in block.buttons]
    chosen = [(c.verb, o.value) for c in reply.blocks if isinstance(c, Choices) for o in c.options]
    actions = list(plug.show(reply).actions)
    assert [action for action in actions if action in wanted] == wanted
    assert {(a.verb, a.argument) for a in actions} >= set(chosen)


@each_plug
@each_reply
def test_files_and_pictures_travel(plug: Plug, name: str) -> None:
    reply: Reply = REPLIES[name]
    wanted = sum(isinstance(block, Attachment | Picture) for block in reply.blocks)
    assert len(plug.show(reply).files) == wanted


@each_plug
def test_traps_stay_readable(plug: Plug) -> None:
    shown = squeezed(plug.show(REPLIES["hostile"]).text)
    for trap in TRAPS:
        assert squeezed(trap) in shown


@each_plug
@pytest.mark.parametrize("words", QUESTIONS)
async def test_words_reach_the_desk_unaltered_whichever_way(plug: Plug, words: str) -> None:
    for way in plug.ways:
        request = await plug.ask(way, words)
        assert request.words == words, way
        assert request.place.workspace, way
        assert request.asker.id, way
        assert request.key, way
