"""A corpus of pages as many systems make them, written for the purpose: the main text, and not what stands around it.

``pages/NAME.html`` is a page, ``pages/NAME.txt`` its main text, a paragraph a line."""

from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from adapters.sources.bodies import Body
from adapters.sources.gathering import page_article

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))


def f1(page: Path) -> float:
    """How well the words of the main text are found, as often as they stand there."""
    found = Counter(page_article(Body(page.read_bytes()), "text/html", f"https://example.org/{page.stem}").text.split())
    wanted = Counter(page.with_suffix(".txt").read_text(encoding="utf-8").split())
    both = (found & wanted).total()
    return 2 * both / (found.total() + wanted.total())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_main_text_of_a_page_is_found(page: Path) -> None:
    assert f1(page) >= 0.9


def test_over_all_pages_little_is_amiss() -> None:
    assert len(PAGES) >= 20
    assert mean(map(f1, PAGES)) >= 0.97
