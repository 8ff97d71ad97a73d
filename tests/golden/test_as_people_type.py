"""Questions as analysts type them, and as nobody should."""

import random
from dataclasses import replace

from bot.app import House
from bot.commands import COMMANDS
from bot.model import Asker
from bot.replies import plain
from tests.golden.conftest import Talk, asked

QUESTIONS: tuple[tuple[str, list[str], list[str]], ...] = (
        ("Hegseth NATO", ["Pete Hegseth, US Secretary of Defense on NATO", "[1¶6]"], ["[1¶17]"]),
        ("<@U123> what did trump say please", ["Donald Trump", "[1¶2]"], ["U123"]),
        ("@here what did trump say", ["[1¶2]"], ["@here"]),
        ("what did Trump post", ["[1¶2]"], ["what did"]),
        ("how has Zelensky said he would build NATO", ["[1¶15]"], ["I don't know"]),
        ("the american president", ["american president read as Donald Trump"], ["on the"]),
        ("was sagte Selenskyj", ["[1¶15]"], ["sagte"]),
        ("qué dijo Trump sobre negotiations", ["on negotiations", "[1¶2]"], []),
        ("peace talks", ["on peace talks"], ["Stuart Peach"]),
        ("who mentioned troops", ["on troops"], ["mentioned troops"]),
        ("anyone say anything on borders", ["[1¶8]"], []),
        ("everything on borders", ["[1¶8]"], []),
        ("who said what", ["[1¶2]", "[1¶8]"], []),
        ("brief me", ["spoke by phone"], []),
        ("what happened on 12.02.2025", ["Events on 12 Feb 2025"], []),
        ("what happened between Hegseth and Putin", ["No event with Pete Hegseth and Vladimir Putin"], ["[1¶"]),
        ("what happened between the Kremlin and the White House", ["Donald Trump and Vladimir Putin spoke by phone"], []),
        ("what happened between Russia and the US", ["Donald Trump and Vladimir Putin spoke by phone"], ["_told a meeting"]),
        ("did trump call zelensky", ["Donald Trump and Volodymyr Zelensky spoke by phone"], ["never said"]),
        ("did Trump and Putin agree to meet", ["plan to meet"], []),
        ("hegseth said borders are gone", ["Not found"], []),
        ("compare Trump, Putin and Zelensky on ukraine", ["No statement by Vladimir Putin", "Volodymyr Zelensky"], []),
        ("exact quote on nato territory", ["[1¶15]"], []),
        ("timline 12 feb", ["spoke by phone"], []),
        ("helo", ["The nearest is: help"], []),
        ("add a source", ["Which one?", "source add https://example.org/feed.xml"], ["No statement"]),
        ("list all feeds", ["No sources are set up"], []),
        ("pause the source Gazette", ["There is no source Gazette"], ["No statement"]),
        ("add feed /etc/passwd", ["/etc/passwd is no web address"], []),
        ("thank you!", ["At your service"], ["Whom"]),
        ("what am i following", ["follow"], ["No statement"]),
)  # fmt: skip


async def test_questions_as_they_are_typed(house: House) -> None:
    for number, (said, holds, lacks) in enumerate(QUESTIONS):
        answer = plain(await house.desk.answer(replace(asked(said), asker=Asker(f"asker {number}"))))
        for words in holds:
            assert words in answer, f"{words!r} is not in the answer to {said}:\n{answer}"
        for words in lacks:
            assert words not in answer, f"{words!r} is in the answer to {said}:\n{answer}"


HOSTILE = (
    "a" * 100_000, "what did " + "Trump " * 20_000 + "say", "\x00\x01\x1b[2J\u202e", "'; DROP TABLE articles; --", 'NEAR("a" "b", 5) AND *',
    "who said " + "“" * 500 + "x" + "”" * 500, "@everyone @here <!channel> <@U1>", "verify : :", 'who said ""', "compare and", "readouts vs",
    "quotes", "on", "?", "since", "export export export", "(((((" * 200, "🧊" * 300, "\ud83e", "{0} %s {}", "what did ' say about \"",
)  # fmt: skip


async def test_a_talk_goes_on(talk: Talk) -> None:
    await talk.say("what did Hegseth say")
    assert "Pete Hegseth and" not in await talk.say("more")
    assert "Pete Hegseth, US Secretary of Defense on NATO" in await talk.say("what did he say about NATO")
    assert "(attache.csv)" in await talk.say("as csv")
    await talk.say("did hegseth say ukraine will never join nato?")
    assert "Donald Trump" in await talk.say("and did trump?")
    await talk.say("what did the president say")
    assert "Volodymyr Zelensky, President of Ukraine" in await talk.say("2")


async def test_hostile_words_get_a_polite_answer(house: House) -> None:
    for words in HOSTILE:
        answer = plain(await house.desk.answer(asked(words)))
        assert answer, words[:80]
        assert "look that up right now" not in answer, words[:80]


async def test_every_command_takes_any_arguments(house: House) -> None:
    rand = random.Random(5)
    for command in COMMANDS:
        for _ in range(4):
            given = {argument.name: rand.choice(HOSTILE)[:3000] for argument in command.arguments if rand.random() < 0.8}
            request = replace(asked(""), command=command.name, arguments=given)
            answer = plain(await house.desk.answer(request))
            assert "look that up right now" not in answer, (command.name, given)
            assert answer, (command.name, given)


async def test_every_example_is_understood(house: House) -> None:
    for command in COMMANDS:
        answer = plain(await house.desk.answer(asked(command.example)))
        assert answer
        assert "Is it a command?" not in answer, command.example
        assert "I don't know" not in answer, command.example


def test_topics_are_offered(house: House) -> None:
    assert "ceasefire" in house.desk.complete("about", "topic", "cease")
