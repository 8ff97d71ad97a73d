"""Conversations as people have them: what was said, and what the answer must and must not hold."""

import random
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import House
from bot.asking.grammar import inquiry_of
from bot.asking.inquiry import from_json, to_json
from bot.model import Article, Asker
from bot.reading.document import Document, Place
from bot.replies import Action, plain
from tests.golden.conftest import Talk, asked

CLAIM = "Chasing this illusionary goal will only prolong the war and cause more suffering."
NATO = "did not see NATO membership for Kyiv as part of a solution to the war_"


@pytest.mark.parametrize(
    ("said", "holds", "lacks"),
    [
        ("what did Hegseth say", [f"“{CLAIM}” [1¶9; speaker inferred", "[1¶8]", "[1¶6]", "[1¶17]", "Reuters, 12 Feb 2025"], ["Zelensky:", "Putin"]),
        ("wat did hegsteh say yesterday", ["hegsteh read as Pete Hegseth", "[1¶8]"], []),
        ("what did the secretary say", ["read as Pete Hegseth"], []),
        ("what did the president say", ["Whom do you mean?", "Donald Trump", "Volodymyr Zelensky"], ["Macron", "“"]),
        ("what did Zelensky's office say", ["_Trump and Zelensky had spoken by phone for about an hour_ [1¶3]"], ["¶15", "“"]),
        ("did putin say anything", ["No statement by Vladimir Putin", "Accounts by others", "Kremlin", "[1¶4]"], []),
        ("what did Biden say", ["No statement by Joe Biden", "Mentioned, not as a speaker", "[1¶10]"], ["“"]),
        ("what did Rubio say", ["No statement by Marco Rubio in 1 article (Reuters, 12 Feb 2025)", "No mention found either."], ["“"]),
        ("did hegseth say ukraine will never join nato?", ["Not found in 1 article", "does not show", NATO], ["“"]),
        ("did hegseth say chasing this illusionary goal will only prolong the war", ["Yes, in these words", "[1¶9"], []),
        ("did hegseth say CHASING this ‘illusionary’ goal — will only  prolong the war,", ["Yes, in these words", "[1¶9"], ["claim"]),
        ("did hegseth say returning to ukraines pre2014 borders is an unrealistic objective", ["Yes, in these words", "[1¶8]"], ["claim"]),
        ("did hegseth say chasing an illusionary goal will just prolong the war", ["Not in these words", "[1¶9", "Source: “only”; claim: just"], []),
        ("did Trump say chasing this illusionary goal will only prolong the war", ["Not found as said by Donald Trump", "Pete Hegseth: “Chasing"], []),
        ("did zelensky say we need weapons and money and friends", ["Source: “we”; claim: friends"], []),
        ("who criticised NATO membership?", [NATO, "Who criticised it is not told apart here"], ["[1¶8]"]),
        ("who is against NATO membership", [NATO, "Who is against it is not told apart here"], ["[1¶8]"]),
        ("anyone from the US on NATO?", ["Pete Hegseth", NATO], ["[1¶8]"]),
        ("what did European allies say", ["I don't know European allies"], []),
        ('who said "illusionary goal"', ["Pete Hegseth", "speaker inferred"], []),
        ('"unrealistic objective" full quote please', ["[1¶8]", "sovereign and prosperous"], ["I don't know"]),
        ("who said Plan B?", ["Volodymyr Zelensky", "[1¶16]"], []),
        ("zelenskyy plan b", ["[1¶16]"], []),
        ("Moscow's position on peace terms", ["under any peace deal_ [1¶13; uncertain reading: see the paragraph]"], ["“", "[1¶4]"]),
        ("what did Kyiv say about NATO", ["[1¶15]", "_demands Russia withdraw from captured territory_ [1¶13]", "[1¶14; uncertain reading"], ["[1¶6]"]),
        ("what happened on wednesday", ["Donald Trump and Vladimir Putin spoke by phone", "[1¶1]"], []),
        ("what happened on wednesday", ["Hegseth told a meeting of Ukraine and more than 40 allies", "[1¶8]"], ["unrealistic"]),
        ("timeline 12 feb", ["spoke by phone [1¶1]", "Timeline of"], ["unrealistic"]),
        ("what happened last week", ["No event from 3 Feb 2025 to 9 Feb 2025", "This week from 10 Feb"], ["“"]),
        ("compare what Washington and Moscow said about the call", ["plan to meet", "not in this account"], ["Zelensky spoke"]),
        ("Trump vs Zelensky on NATO", ["No statement by Donald Trump on NATO", "Pete Hegseth: _a return", "[1¶15]"], ["[1¶5]"]),
        ("hegseth on NATO", [NATO], ["[1¶8]"]),
        ("hegseth on borders", ["[1¶6]", "[1¶8]", "[1¶9; speaker inferred"], ["[1¶17]"]),
        ("zelensky on weapons", ["[1¶15]", "[1¶16]"], []),
        ("where does the US stand on NATO for ukraine", ["[1¶6]"], ["[1¶2]", "[1¶8]"]),
        ("latest on negotiations", ["agreed to have our respective teams start negotiations", "plan to meet", "held no direct discussions with Putin", "Said on negotiations"], []),
        ("what did the Kremlin say about the call", ["None has the words call", "[1¶4]"], []),
        ("what did Hegseth say about lobsters", ["No statement by Pete Hegseth on lobsters"], []),
        ("Trump quotes today", ["No statement by Donald Trump on 13 Feb 2025", "Outside these days", "[1¶2]"], []),
        ("what did Quagmire Blorp say", ["I don't know Quagmire Blorp", "1 article"], ["“"]),
        ("source?", ["ask something first"], []),
        ("what was said about \ud83e trucks", ["No statement on trucks", "1 article"], ["“"]),
        ("help", ["who-said", "digest"], []),
    ],
)  # fmt: skip
async def test_one_question(talk: Talk, said: str, holds: list[str], lacks: list[str]) -> None:
    answer = await talk.say(said)
    for words in holds:
        assert words in answer, f"{words!r} is not in:\n{answer}"
    for words in lacks:
        assert words not in answer, f"{words!r} is in:\n{answer}"


async def test_a_follow_up_goes_on_from_the_question_before(talk: Talk) -> None:
    await talk.say("what did Hegseth say")
    about = await talk.say("and about NATO?")
    assert NATO in about
    assert "[1¶6]" in about
    assert "Article 000_df9f5b43c1cab071.txt, paragraph 6" in await talk.say("source?")
    assert "Volodymyr Zelensky" in await talk.say("and Zelensky?")


async def test_a_choice_answers_the_question_it_was_asked_in(house: House) -> None:
    await house.desk.answer(asked("what did the president say"))
    assert "[1¶15]" in plain(await house.desk.press(asked(""), Action("choose", "volodymyr-zelensky")))


async def test_a_button_asks_the_last_question_of_other_days(house: House) -> None:
    await house.desk.answer(asked("what happened last week"))
    assert "Events from 10 Feb 2025" in plain(await house.desk.press(asked(""), Action("widen", "2025-02-10/2025-02-16")))
    assert "too old" in plain(await house.desk.press(asked(""), Action("widen", "2025-99-10/2025-02-16")))


async def test_an_unknown_zone_is_the_house_s(house: House) -> None:
    request = replace(asked("what happened yesterday"), asker=Asker("me", zone="Mars/Olympus"))
    assert "12 Feb 2025" in plain(await house.desk.answer(request))


async def test_an_export_is_a_file_with_every_place(house: House) -> None:
    reply = await house.desk.answer(asked("export hegseth quotes as csv"))
    (file,) = [block for block in reply.blocks if hasattr(block, "data")]
    assert b"000_df9f5b43c1cab071.txt,9,1547-1628" in file.data
    assert reply.private


async def test_forget_me_leaves_nothing_to_follow_up(talk: Talk) -> None:
    await talk.say("what did Hegseth say")
    assert "Removed: 1 remembered conversation." in await talk.say("forget me")
    assert "ask something first" in await talk.say("source?")


def quoted_in(text: str) -> str:
    """All that an article has inside quotation marks, in one string."""
    document = Document.of(text)
    inside = [i for i in range(len(document.words)) if document.places[i] == Place.INSIDE]
    return " ".join(document.words[i] for i in inside)


async def test_quotation_marks_stand_only_around_words_that_the_article_quotes(house: House) -> None:
    (article,) = [a async for a in house.storage.library.articles()]
    assert isinstance(article, Article)
    held = quoted_in(article.text)

    rand = random.Random(20250213)
    for _ in range(60):
        words = " ".join(rand.choice(POOL) for _ in range(rand.randint(1, 6)))
        answer = plain(await house.desk.answer(asked(words)))
        for quoted in re.findall(r"[“\"]([^”\"]*)[”\"]", answer):
            assert "For example" in answer or " ".join(Document.of(quoted).words) in held, f"{words}\n{answer}"


POOL = ("what did", "Trump", "say", "about NATO", "who said", "illusionary goal", "the president", "and", "since Monday", "12 feb", "?", "compare",
        "vs", "readouts", "verify", ":", "Putin", "'s position", "more", "source", "timeline", "last week", "Zelensky", "Kremlin", "what happened",
        "\u202e", "🧊", "#3", "Plan B", "suffering")  # fmt: skip


@given(st.text(max_size=80))
def test_any_words_make_an_inquiry_that_a_turn_can_keep(words: str) -> None:
    inquiry = inquiry_of(words, date(2025, 2, 13))
    assert from_json(to_json(inquiry)) == inquiry
