"""Words near in meaning."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.asking.meaning import likeness
from bot.asking.topics import headed, topic_terms, weights
from bot.terms import stems


def test_other_words_for_a_thing_are_nearer_than_other_things() -> None:
    near, far = likeness("ceasefire", ["the truce was signed", "the orchestra played on"])
    assert near > 0.6 > far


@settings(deadline=None)  # the first example reads the vectors
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_have_a_likeness(topic: str, text: str) -> None:
    (found,) = likeness(topic, [text])
    assert -1.01 <= found <= 1.01


def test_what_only_modifies_a_topic_tells_less() -> None:
    terms = topic_terms("harbour fees for Norland")
    told = headed(weights(terms, [frozenset(stems("fees, harbours and Norland"))]), "harbour fees for Norland")
    assert told[frozenset({("norland",)})] < told[frozenset({("fee",)})]
    assert abs(sum(told.values()) - 1) < 1e-9
