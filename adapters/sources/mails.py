"""Mail (RFC 5322) -> Article: newsletters and press releases as they are sent. Hostile until read, as every document."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr

from adapters.sources.documents import checked_length, html_article
from adapters.sources.layout import reflowed
from bot.errors import UnreadableSource
from bot.model import Article, Span

_SIGNATURE = "\n-- \n"


def mail_article(raw: bytes, place: str, id: str) -> Article:
    """The article of a mail: its subject, who sent it, when, and its text; attachments are left out.

    Raises ``UnreadableSource`` with the cause."""
    message = message_from_bytes(raw, policy=policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise UnreadableSource(place, "is no mail: it has no headers")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    text = reflowed(checked_length(_content(plain), place).partition(_SIGNATURE)[0]) if plain else ""
    if html and not text.strip():
        text = html_article(_content(html), place, id).text
    if not text.strip():
        raise UnreadableSource(place, "has no text of its own; save what is attached, and give that")
    sent = _sent(message)
    return Article(
        id=id,
        text=text,
        body=Span(0, len(text)),
        outlet=_header(parseaddr(_header(str(message.get("From", ""))) or "")[0]),
        title=_header(str(message.get("Subject", ""))),
        published_on=sent.date() if sent else None,
        published_at=sent if sent and sent.tzinfo else None,
    )


def _content(part: MIMEPart) -> str:
    """The part's text; bytes that its charset does not know, or a charset that nobody knows, lose no other words."""
    try:
        content = part.get_content()
    except (LookupError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return str(content).replace("\x00", "")


def _header(value: str) -> str | None:
    return " ".join(value.encode("utf-8", "replace").decode().replace("\x00", "").split())[:500] or None


def _sent(message: EmailMessage) -> datetime | None:
    try:
        found = message["Date"].datetime
    except (AttributeError, TypeError, ValueError, IndexError):
        return None
    return found if isinstance(found, datetime) and 1990 <= found.year <= 2100 else None
