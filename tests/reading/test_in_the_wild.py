"""Quotations as they come: marks of other languages, marks left out, layout, invisible characters. Texts of our own."""

import pytest

from bot.reading.document import Document
from bot.reading.quotations import find_quotations

SHEET = {
    "straight": ('"We will wait for the ice," Mara Quill said.', "We will wait for the ice"),
    "curly": ("“We will wait for the ice,” Mara Quill said.", "We will wait for the ice"),
    "german": ("„We will wait for the ice“, Mara Quill said.", "We will wait for the ice"),
    "french": ("« We will wait for the ice », Mara Quill said.", "We will wait for the ice"),
    "typewriter": ("``We will wait for the ice,'' Mara Quill said.", "We will wait for the ice"),
    "single": ("‘We will wait for the ice,’ Mara Quill said.", "We will wait for the ice"),
    "nested": ("“They called it ‘a quiet winter’ and left,” Mara Quill said.", "They called it ‘a quiet winter’ and left"),
    "no closer": ("Mara Quill said: “We will wait for the ice.", "We will wait for the ice"),
    "dateline": ("TALLINN, March 3 (Agency) - “We will wait for the ice,” Mara Quill said.", "We will wait for the ice"),
    "soft hyphen": ("“We will wait for the ice­breaker,” Mara Quill said.", "We will wait for the ice­breaker"),
    "right-to-left marks": ("\u200f“We will wait for the ice,”\u200f Mara Quill said.", "We will wait for the ice"),
    "emoji": ("😀 “We will wait for the ice 😀,” Mara Quill said.", "We will wait for the ice"),
    "windows lines": ("The harbour froze.\r\n\r\n“We will wait for the ice,” Mara Quill said.\r\n", "We will wait for the ice"),
    "list": ("What was said:\n\n• “We will wait for the ice,” Mara Quill said.\n• Nothing else.", "We will wait for the ice"),
    "table": ("Port | Depth\nRiga | 9 m\n\n“We will wait for the ice,” Mara Quill said.", "We will wait for the ice"),
    "caption": ("Mara Quill at the pier. (Photo: Agency)\n\n“We will wait for the ice,” Quill said.", "We will wait for the ice"),
}


@pytest.mark.parametrize("kind", SHEET)
def test_the_words_between_the_marks_are_found_with_their_source(kind: str) -> None:
    text, words = SHEET[kind]
    found = [q for q in find_quotations(Document.of(text)) if any(words in text[slice(*span)] for span in q.content)]
    assert [text[slice(*span)] for q in found for span in q.source] in (["Mara Quill"], ["Quill"])
