"""What is said in a thread without the bot's name: questions are for it, small talk is not."""

from datetime import date

import pytest

from bot.asking.overheard import Heard, overheard

TODAY = date(2025, 2, 13)


@pytest.mark.parametrize(
    "words",
    [
        "and about NATO?", "and Putin", "and yesterday?", "more", "what else", "source 2", "context", "What did Merkel say?",
        "did Hegseth say anything about NATO?", 'who said "we will never yield"', "what happened on Wednesday", "help",
        "where does Trump stand on NATO", "is it true that Putin agreed to talks?", "follow Zelensky", "export as csv",
    ],
)  # fmt: skip
def test_questions_and_orders_are_heard(words: str) -> None:
    assert overheard(words, TODAY) is Heard.YES


@pytest.mark.parametrize(
    "words",
    [
        "", "thanks!", "ok", "great, thank you", "I agree with him", "lol", "interesting", "did you see this?", "who cares", "what a mess",
        "see you tomorrow at 8", "Hmm, that is not what I read elsewhere.", "hey look at this", "help me with the slides",
        "every day I see this", "report back tomorrow", "quiet please", "next week works for me", "more people should know",
    ],
)  # fmt: skip
def test_small_talk_is_not(words: str) -> None:
    assert overheard(words, TODAY) is Heard.NO


@pytest.mark.parametrize(
    "words",
    [
        "Zelensky on NATO",
        "I worked on this",
        "“we will never yield”",
        "Zelensky?",
        "NATO membership?",
        "when did he say that?",
        "really?",
    ],
)
def test_what_may_be_either_counts_if_something_is_found(words: str) -> None:
    assert overheard(words, TODAY) is Heard.PERHAPS
