"""Transcripts: every turn belongs to its label; lists and single labels are no transcripts."""

from bot.model import Kind
from bot.reading.document import Document
from bot.reading.quotations import find_quotations

SCRUM = """Remarks after the talks in Ostrava

MINISTER VELDE: Thank you all for coming. We have agreed on the text.
(APPLAUSE)
It will be signed in May.
QUESTION: Will the grain corridor reopen?
VELDE: Not before the mines are cleared, as my colleague said last week.
"""


def _turns(text: str) -> list[tuple[str, str, Kind]]:
    return [
        (text[slice(*q.source[0])], " / ".join(text[slice(*span)] for span in q.content), q.kind)
        for q in find_quotations(Document.of(text))
        if q.source and text[slice(*q.cue[0])] == ":"
    ]


def test_turns_belong_to_their_labels_and_stage_directions_to_nobody() -> None:
    assert _turns(SCRUM) == [
        ("MINISTER VELDE", "Thank you all for coming. We have agreed on the text. / It will be signed in May.", Kind.INDIRECT),
        ("QUESTION", "Will the grain corridor reopen?", Kind.INDIRECT),
        ("VELDE", "Not before the mines are cleared, as my colleague said last week.", Kind.INDIRECT),
    ]


def test_a_quoted_transcript_is_read_in_its_marks() -> None:
    text = "“ORLOV: We never left the table.\n\n“HALE: Then why was your chair empty?\n\n“ORLOV: I was fetching water.”"
    assert _turns(text) == [
        ("ORLOV", "We never left the table.", Kind.DIRECT),
        ("HALE", "Then why was your chair empty?", Kind.DIRECT),
        ("ORLOV", "I was fetching water.", Kind.DIRECT),
    ]


def test_names_in_small_letters_need_a_conversation() -> None:
    talk = "Ida Berg: We have said no.\n\nTomas Rehn: You have not said why.\n\nBerg: Because we were never asked."
    assert [source for source, *_ in _turns(talk)] == ["Ida Berg", "Tomas Rehn", "Berg"]
    assert not _turns("Berlin: 12 seats.\n\nParis: 14 seats.\n\nRome: 9 seats.\n\nBerlin: 3 more.")
    assert not _turns("WATCH: The minister has arrived in Geneva for a third day of talks.")


def test_a_quotation_left_open_runs_on_and_a_closed_one_starts_anew() -> None:
    text = (
        "“We came here to listen,” Ida Berg said. “Nobody should expect a signature this week.\n\n"
        "“What they will get is an answer.”\n\n“And it will be short.”"
    )
    first, second = find_quotations(Document.of(text))
    assert text[slice(*first.content[-1])] == "What they will get is an answer."
    assert (second.inferred, second.source) == (True, first.source)
    assert text[slice(*second.content[0])] == "And it will be short."


def test_a_signed_quotation_belongs_to_who_signed_it() -> None:
    text = "Readers wrote to us:\n\n“The bridge should have been closed a year ago.” ― Ida Berg, Ostrava\n\n“Nobody asked the ferrymen.” — Tomas Rehn."
    signed = [(text[slice(*q.source[0])], text[slice(*q.content[0])]) for q in find_quotations(Document.of(text)) if q.source]
    assert signed[-2:] == [
        ("Ida Berg, Ostrava", "The bridge should have been closed a year ago."),
        ("Tomas Rehn", "Nobody asked the ferrymen."),
    ]
