"""PDF -> Article: the text it carries, laid out in paragraphs again. Hostile until read: call it where time and memory are limited."""

import logging
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from adapters.sources.documents import LONGEST
from adapters.sources.layout import reflowed
from bot.errors import UnreadableSource
from bot.model import Article, Span

MOST_PAGES = 400


def pdf_article(raw: bytes, place: str, id: str) -> Article:
    """The article of a PDF; offsets point into its text as laid out here. Raises ``UnreadableSource`` with the cause."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableSource(place, "is protected by a password; save it without one")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableSource(place, f"has {len(reader.pages)} pages; split it, at most {MOST_PAGES} are read")
        text = reflowed("\n".join(_pages(reader, place)))
        title = " ".join(str(reader.metadata.title or "").split()) if reader.metadata else ""
    except UnreadableSource:
        raise
    except LimitReachedError as error:
        raise UnreadableSource(place, "grows more than articles do when it is unpacked; it looks like a bomb") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, NotImplementedError) as error:
        raise UnreadableSource(place, f"is a damaged PDF ({error.__class__.__name__})") from error
    if not text.strip():
        raise UnreadableSource(place, "has no text; it may be a scan, which would have to be recognised first")
    return Article(id=id, text=text, body=Span(0, len(text)), title=title[:500] or None)


def _pages(reader: PdfReader, place: str) -> Iterator[str]:
    length = 0
    for page in reader.pages:
        text = page.extract_text().replace("\x00", "")
        length += len(text)
        if length > LONGEST:
            raise UnreadableSource(place, f"has more than {LONGEST // 1_000_000} million characters; split it")
        yield text
