"""Names mended after tagging: titles taken out of them, initials and long forms before "(AROS)" taken in."""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.reading.document import Document
from bot.reading.names import Name, NameType, fold, is_given, is_surname, lexicon
from bot.reading.roles import bodies, collectives, is_role

_OBJECTS = frozenset(["on", "for", "to", "against"])
_CALENDAR = frozenset([*calendar.day_name, *calendar.month_name])
_LONGEST = 12
"""Words of a long form."""


def mended(document: Document, names: Iterable[Name]) -> list[Name]:
    """The names in text order, not overlapping."""
    found = [_retyped(document.words, name) for name in _joined(document.words, names)]
    surnames = {fold(document.words[n.last - 1]) for n in found if n.type is NameType.PERSON and n.last - n.first > 1}
    found = [part for name in found for part in _untitled(document.words, name, surnames)]
    return _with_long_forms(document, _with_objects(document, found))


def _joined(words: Sequence[str], names: Iterable[Name]) -> Iterator[Name]:
    """ "Chief Justice John" and "G. Roberts" side by side: the given name goes to the initial."""
    before: Name | None = None
    for name in names:
        initial = name.type is NameType.PERSON and len(words[name.first]) == 2 and words[name.first][1] == "."
        if before and initial and before.last == name.first and is_given(words[before.last - 1]):
            name = replace(name, first=before.last - 1)
            before = replace(before, last=name.first) if name.first > before.first else None
        if before:
            yield before
        before = name
    if before:
        yield before


def _retyped(words: Sequence[str], name: Name) -> Name:
    """No person is called "Harbour Bank" or "Maricopa County"."""
    last = words[name.last - 1]
    if name.type is not NameType.PERSON or name.last - name.first == 1:
        return name
    if last.lower() in collectives() | bodies():
        return replace(name, type=NameType.ORGANISATION)
    place = lexicon().get(fold(last), "") == "p" and not is_given(words[name.first])
    return replace(name, type=NameType.PLACE) if place else name


def _untitled(words: Sequence[str], name: Name, surnames: set[str]) -> Iterator[Name]:
    """ "European Council President Donald Tusk", taken for one body, is a body and a person; a bare title is no name."""
    titles = [i for i in range(name.first, name.last - 1) if is_role(words[i])]
    if name.type not in (NameType.ORGANISATION, NameType.OTHER) or not titles:
        yield name
        return
    after = titles[-1] + 1
    if not _is_person(words[after : name.last], surnames):
        yield name
        return
    body_end = next(i + 1 for i in range(titles[-1], name.first - 2, -1) if i < name.first or not is_role(words[i]))
    if body_end > name.first and not all(is_role(word) for word in words[name.first : body_end]):
        yield replace(name, last=body_end)
    yield Name(after, name.last, NameType.PERSON)


def _is_person(words: Sequence[str], surnames: set[str]) -> bool:
    last = fold(words[-1])
    if last in surnames:
        return True
    if len(words) == 2 and is_given(words[0]):
        return last not in collectives() | bodies()
    return is_surname(last) and (len(words) == 1 or is_given(words[0]))


def _with_objects(document: Document, names: Sequence[Name]) -> list[Name]:
    """ "Commission on Presidential Debates", taken apart or for no name, is one body: a kind of body, and what it is for."""
    found: list[Name] = []
    for name in sorted([*names, *_kinds(document, names)], key=lambda n: n.first):
        if found and name.first < found[-1].last:
            continue
        if name.type is not NameType.PERSON and document.words[name.last - 1].lower() in collectives():
            end = _object_end(document.words, name.last, _sentence_end(document, name))
            name = replace(name, last=end, type=NameType.ORGANISATION) if end > name.last else name
        found.append(name)
    return found


def _kinds(document: Document, names: Sequence[Name]) -> Iterator[Name]:
    """Capitalised kinds of bodies outside names, where what they are for follows."""
    taken = {i for name in names for i in range(name.first, name.last)}
    for i, word in enumerate(document.words):
        if word[0].isupper() and i not in taken and word.lower() in collectives():
            name = Name(i, i + 1, NameType.ORGANISATION)
            if _object_end(document.words, i + 1, _sentence_end(document, name)) > i + 1:
                yield name


def _sentence_end(document: Document, name: Name) -> int:
    return document.sentences[document.sentence[name.first]].last


def _object_end(words: Sequence[str], first: int, end: int) -> int:
    """Where the capitalised words behind "on", "for" or "to" (and an article) end; ``first`` without any."""
    begin = first + 1
    if begin < end and words[first] in _OBJECTS and words[begin] in ("a", "the"):
        begin += 1
    last = next((i for i in range(begin, end) if not words[i][0].isupper()), end)
    if first >= end or words[first] not in _OBJECTS or last == begin or words[begin] in _CALENDAR:
        return first
    return last


def _with_long_forms(document: Document, names: Sequence[Name]) -> list[Name]:
    """Names and, for each "(AROS)" whose letters the words before it begin with, these words and every "AROS" as a body's."""
    bodies = list(_long_forms(document))
    if not bodies:
        return list(names)
    short = {document.words[body.last + 1] for body in bodies}
    taken = {i for body in bodies for i in range(body.first, body.last)}
    spare = [i for i, word in enumerate(document.words) if word in short and i not in taken]
    bodies += [Name(i, i + 1, NameType.ORGANISATION) for i in spare]
    taken.update(spare)
    kept = [n for n in names if n.first not in taken and n.last - 1 not in taken]
    return sorted([*kept, *bodies], key=lambda n: n.first)


def _long_forms(document: Document) -> Iterator[Name]:
    words, end = document.words, 0
    for i in range(2, len(words) - 1):
        if words[i - 1] == "(" and words[i + 1] == ")" and 3 <= len(words[i]) <= 8 and words[i].isupper():
            first = _long_form(words, i - 1, words[i].replace(".", ""))
            if first is not None and first >= end and document.sentence[first] == document.sentence[i]:
                end = i - 1
                yield Name(first, end, NameType.ORGANISATION)


def _long_form(words: Sequence[str], end: int, letters: str) -> int | None:
    """Where the long form that ends at ``end`` begins; small words without a letter are passed over."""
    at = end
    for letter in reversed(letters):
        at -= 1
        while at >= max(0, end - _LONGEST) and words[at][0] != letter:
            if not words[at][0].islower():
                return None
            at -= 1
        if at < max(0, end - _LONGEST):
            return None
    return at
