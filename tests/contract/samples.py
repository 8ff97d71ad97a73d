"""Sample replies and questions that every chat adapter is measured with.

The texts are our own. Among the replies are ordinary ones, huge ones (200 points, one quotation of
3,000 characters, one word of 5,000), texts in other scripts, and titles that try to ping people or
to smuggle in links and markup. ``WORDS`` lists what must stay readable; ``TRAPS`` what must not come alive.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.replies import (
    Action,
    Attachment,
    Block,
    Button,
    Buttons,
    Choices,
    Citation,
    Heading,
    Inline,
    Item,
    Line,
    Moment,
    Option,
    Paragraph,
    Picture,
    Reply,
    Style,
    Table,
    Words,
)

TRAPS: tuple[str, ...] = (
    "<!channel> & <!here> & <!everyone>",
    "@everyone and @here",
    "<@U024BE7LH> <@!80351110224678912> <@80351110224678912>",
    "<@&165511591545143296> <!subteam^SAZ94GDB8>",
    "<#C024BE7LR> <#103735883630395392>",
    "<http://evil.example/x|Reuters>",
    "[Reuters](http://evil.example/x)",
    "[Reuters](<http://evil.example/x>)",
    "*bold* _italic_ ~struck~ `code` ||spoiler||",
    "```fence``` > quote",
    "<t:0:R> </ban:1> <id:home> <:smile:1> :smile:",
    "&lt;!channel&gt; &amp;",
    "javascript:alert(1) http://evil.example/y",
    "# heading\n- point\n> quote",
)
"""Texts as an outlet's title or a speaker's words may hold them: readable, never live."""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea72d99360000000049454e44ae426082"
)
"""A picture of one pixel."""

NOON = datetime(2025, 2, 12, 12, 0, tzinfo=UTC)
ARTICLE = "https://news.example/2025/02/12/talks"


def quoted(text: str, opened: str = "“", closed: str = "”") -> Words:
    return Words(text, Style.QUOTED, opened, closed)


def paraphrase(text: str) -> Words:
    return Words(text, Style.PARAPHRASE)


def strong(text: str) -> Words:
    return Words(text, Style.STRONG)


def note(text: str) -> Words:
    return Words(text, Style.NOTE)


def item(*parts: Inline | str, number: int | None = None) -> Item:
    return Item(_line(parts), number)


def paragraph(*parts: Inline | str) -> Paragraph:
    return Paragraph(_line(parts))


def _line(parts: tuple[Inline | str, ...]) -> Line:
    return tuple(Words(part) if isinstance(part, str) else part for part in parts)


BUTTONS = Buttons(
    (
        Button("Context", Action("context", "17")),
        Button("Follow", Action("follow", "jane-doe")),
        Button("More", Action("more", "5")),
        Button("Report", Action("report", "17")),
        Button("Mute", Action("mute", "border-talks")),
    )
)


def said() -> Reply:
    """The ordinary answer: two quotations, one paraphrase, their article and the buttons."""
    return Reply(
        (
            Heading("Jane Doe, 12 Feb 2025"),
            item(quoted("We will keep talking"), ", she said. ", Citation(1, (8,), ARTICLE), number=1),
            item(quoted("Nothing is off the table", "‘", "’"), " ", Citation(1, (9, 10), ARTICLE, "speaker inferred"), number=2),
            item(paraphrase("The minister added that the border stays open."), " ", Citation(2, (1, 3)), number=3),
            paragraph(note("Searched 2 articles, "), Moment(NOON, "Europe/Brussels")),
            BUTTONS,
        ),
        sources=(f"Example News, 12 Feb 2025, {ARTICLE}", "Example Post, 12 Feb 2025"),
    )


def ambiguous() -> Reply:
    options = tuple(Option(f"Doe number {n}", f"doe-{n}", "minister") for n in range(1, 4))
    return Reply((paragraph("Which Doe do you mean?"), Choices("Which Doe?", "choose", options)))


def many_choices() -> Reply:
    """More options than any menu takes, with labels and hints longer than any menu shows."""
    options = tuple(Option(f"Person {n} " + "of the very long name " * 8, f"person-{n}", "hint " * 40) for n in range(130))
    return Reply((Choices("Which one of these? " * 20, "choose", options),))


def many_buttons() -> Reply:
    return Reply(
        (
            paragraph("Pick."),
            Buttons(tuple(Button(f"Button {n} " + "x" * 90, Action("context", f"{n}" + "a" * 60)) for n in range(60))),
        )
    )


def same_buttons() -> Reply:
    """The same button under each point, as digests have it."""
    rows: list[Block] = []
    for n in range(1, 9):
        rows += [item(f"Point {n}.", number=n), Buttons((Button("Context", Action("context", "7")),))]
    return Reply(tuple(rows))


def digest(points: int = 200) -> Reply:
    """A morning's digest: every point has a title, a quotation, a citation with a link."""
    blocks: list[Block] = [Heading("Digest for Wednesday, 12 February 2025")]
    for n in range(1, points + 1):
        words = quoted(
            f"Statement number{n} was made in the hall, and it runs on for a while so that the point has a real length"
        )
        url = f"https://news.example/{n}"
        blocks.append(item(strong(f"Story{n}: "), words, " ", Citation(n, (n,), url), number=n))
    blocks.append(BUTTONS)
    return Reply(tuple(blocks), sources=tuple(f"Example News, https://news.example/{n}" for n in range(1, points + 1)))


def long_quotation() -> Reply:
    """One quotation of more than 3,000 characters: split inside if it must be, no word lost."""
    text = " ".join(f"word{n}" for n in range(1, 420))
    return Reply((Heading("Long"), item(quoted(text), " ", Citation(1, (1,), ARTICLE), number=1), BUTTONS))


def longest_quotation() -> Reply:
    return Reply((item(quoted(" ".join(f"term{n}" for n in range(1, 2501))), " ", Citation(1, (1,), ARTICLE)),))


def endless_word() -> Reply:
    return Reply((paragraph("a" * 5000), Heading("b" * 400), item(quoted("c" * 5000))))


def scripts() -> Reply:
    """Right-to-left text, combining marks, letters beyond the basic plane, joined emoji, guillemets."""
    return Reply(
        (
            Heading("قال الوزير 🇺🇦"),
            item(quoted("لن نتفاوض تحت الضغط", "«", "»"), " ", Citation(1, (2,), ARTICLE), number=1),
            item(quoted("לא נסכים", "„", "“"), number=2),
            item(quoted("👩‍👩‍👧‍👦 𝔘𝔫𝔦 é ñ 中文字符 の"), number=3),
            paragraph("\u202eright to left override\u202c ends"),
            paragraph(" ".join("🕊️" * 3 for _ in range(900))),
        )
    )


def hostile() -> Reply:
    """Every trap as heading, point, quotation, paraphrase, table cell, label, link text and source."""
    blocks: list[Block] = []
    for number, trap in enumerate(TRAPS, 1):
        blocks += [
            Heading(trap),
            item(strong(trap), " ", quoted(trap), " ", Citation(number, (1,), ARTICLE, trap), number=number),
            paragraph(paraphrase(trap), note(trap)),
        ]
    cells = tuple(((Words(trap),), (quoted(trap),)) for trap in TRAPS)
    blocks += [
        Table(("Title", TRAPS[0]), cells),
        Buttons(tuple(Button(trap, Action("context", str(n))) for n, trap in enumerate(TRAPS))),
        Choices(TRAPS[0], "choose", tuple(Option(trap, str(n), trap) for n, trap in enumerate(TRAPS))),
        Attachment("<!channel>.csv", "text/csv", b"a,b\n"),
        Picture(PNG, TRAPS[0], "@everyone.png"),
    ]
    return Reply(tuple(blocks), sources=TRAPS)


def bad_links() -> Reply:
    """Addresses that may not become links: only http and https ones do, and none breaks out of its markup."""
    addresses = (
        "javascript:alert(1)",
        "data:text/html,x",
        "https://news.example/a|b>c<!channel>",
        "https://news.example/a)b](http://evil.example)",
        "https://news.example/" + "p" * 4000,
        "ftp://news.example/x",
        "https://news.example/white space",
        "",
    )
    return Reply(tuple(item(f"Point{n} ", Citation(n, (n,), url), number=n) for n, url in enumerate(addresses, 1)))


def table(rows: int = 6, columns: int = 3) -> Reply:
    header = tuple(f"Column{c}" for c in range(columns))
    body = tuple(tuple((Words(f"r{r}c{c} "), quoted(f"cell{r}x{c}")) for c in range(columns)) for r in range(rows))
    return Reply((Heading("Positions"), Table(header, body)))


def odd_tables() -> Reply:
    """No rows, ragged rows, one cell longer than a message."""
    return Reply(
        (
            Table(("Nothing",), ()),
            Table(("A", "B"), (((Words("only one"),),), ((Words("x"),), (Words("y"),), (Words("z"),)))),
            Table(("Long", "B"), (((quoted(" ".join(f"part{n}" for n in range(900))),), (Words("end"),)),)),
            Table(("Empty", ""), (((), (Words(""),)),)),
        )
    )


def files() -> Reply:
    return Reply(
        (
            paragraph("Two files."),
            Attachment("answer.csv", "text/csv", b"who,said\nDoe,x\n"),
            Attachment("answer.json", "application/json", b"{}"),
            Picture(PNG, "A timeline of 12 February", "timeline.png"),
        )
    )


def only_file() -> Reply:
    return Reply((Attachment("answer.csv", "text/csv", b"who,said\n"),), private=True)


def nothing_found() -> Reply:
    return Reply((paragraph("Nothing in 36 articles from 10 Feb to 14 Feb 2025. Try: said Doe since 1 Feb"),))


def private() -> Reply:
    return Reply(
        (Heading("You follow"), item("Jane Doe", number=1), Buttons((Button("Unfollow", Action("unfollow", "jane-doe")),)))
    ).privately()


def empty_strings() -> Reply:
    """Blocks without anything in them: left out, never sent empty."""
    return Reply((Heading(""), paragraph(), item(""), paragraph("x"), Buttons(()), Choices("", "choose", ()), Table((), ())))


REPLIES: dict[str, Reply] = {
    "said": said(),
    "ambiguous": ambiguous(),
    "many choices": many_choices(),
    "many buttons": many_buttons(),
    "same buttons": same_buttons(),
    "digest of 3": digest(3),
    "digest of 200": digest(200),
    "long quotation": long_quotation(),
    "longest quotation": longest_quotation(),
    "endless word": endless_word(),
    "scripts": scripts(),
    "hostile": hostile(),
    "bad links": bad_links(),
    "table": table(),
    "huge table": table(150, 4),
    "wide table": table(3, 30),
    "odd tables": odd_tables(),
    "files": files(),
    "only a file": only_file(),
    "nothing found": nothing_found(),
    "private": private(),
    "empty strings": empty_strings(),
}

QUESTIONS: tuple[str, ...] = (
    "said Hegseth",
    "what did Hegseth say about NATO?",
    'who-said "illusionary goal"',
    "verify Hegseth: Ukraine will never join NATO & <more>",
    "about NATO membership since 10 Feb",
    "help",
    "ما قاله الوزير",
    "digest daily at 8am Brussels",
)
"""Words as people type them; they must reach the desk unaltered, whichever way they come in."""


def texts(reply: Reply) -> Iterator[tuple[str, str, str]]:
    """Each text of a reply in reading order as (opening mark, words, closing mark); marks only around quoted words.

    Labels of buttons and options are left out: platforms cut those. Files are represented by nothing.
    """
    for block in reply.blocks:
        match block:
            case Heading(text):
                yield "", text, ""
            case Paragraph(line) | Item(line, _):
                yield from _line_texts(line)
            case Table(header, rows):
                for cell in header:
                    yield "", cell, ""
                for row in rows:
                    for words in row:
                        yield from _line_texts(words)
            case _:
                pass
    yield from (("", source, "") for source in reply.sources)


def _line_texts(line: Line) -> Iterator[tuple[str, str, str]]:
    for part in line:
        if isinstance(part, Words):
            quote = part.style is Style.QUOTED
            yield (part.opened if quote else ""), part.text, (part.closed if quote else "")
