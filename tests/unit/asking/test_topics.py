"""A topic means what it is called by, however it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.topics import search_stems, share, stands_in, topic_names, topic_terms, weights
from bot.terms import stems


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("ceasefire", "a truce that both sides could sign"),
        ("an armistice", "the cease-fire held"),
        ("NATO membership", "when Norland joins NATO"),
        ("the EU", "the European Union would wait"),
        ("weapons for Norland", "Norland was promised arms"),
        ("prisoner exchange", "a swap of prisoners"),
        ("harbour fees", "fees in every harbour"),
    ],
)
def test_a_topic_is_found_by_other_words_for_it(topic: str, text: str) -> None:
    assert all(stands_in(term, frozenset(stems(text))) for term in topic_terms(topic))


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("ceasefire", "the fire was put out"),
        ("NATO membership", "NATO met in Oslo"),
        ("prisoner exchange", "the stock exchange"),
    ],
)
def test_words_that_only_look_like_a_topic_are_not_it(topic: str, text: str) -> None:
    assert not all(stands_in(term, frozenset(stems(text))) for term in topic_terms(topic))


def test_what_every_text_has_tells_little() -> None:
    terms = topic_terms("harbour fees in Norland")
    texts = [frozenset(stems(text)) for text in ("Norland harbour", "Norland waits", "Norland hopes", "Norland votes")]
    told = weights(terms, texts)
    assert sum(told.values()) == pytest.approx(1)
    assert share(told, texts[0]) > 2 * share(told, texts[1])


@given(st.text(max_size=60))
def test_any_text_on_a_topic_is_searched_for(topic: str) -> None:
    """Whatever has a term in one of its ways has one of the stems that are searched."""
    searched = set(search_stems(topic_terms(topic)))
    assert all(searched & set(way) for term in topic_terms(topic) for way in term)


def test_the_names_of_topics_are_topics() -> None:
    assert len(set(topic_names())) == len(topic_names())
    assert all(topic_terms(name) for name in topic_names())
