"""Who did it and to whom: parties of a trigger from position, voice and prepositions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.model import ActorRef, ActorType
from bot.reading.event_lexicon import Form, Roles, Trigger
from bot.reading.event_scene import CLAUSE_ENDS, JOINERS, PREPOSITIONS, RELATIVES, SUBORDINATORS, Party, Scene
from bot.reading.event_words import word_set
from bot.reading.tokens import POSSESSIVE

_BE = word_set("be or get")
_REACH, _SERIES = 14, 20
"""How many words an object may stand after its verb, and a verb after the first of its series."""
_OPENS_SERIES = frozenset(["to", "will", "would", "shall", "'ll", "’ll"])
_CLOSING = frozenset(["”", "’", '"', "'"])
_MARKS = _CLOSING | {"“", "‘"}
_NOT_OBJECT = word_set("not before an object")
_ITSELF = frozenset(["it", "they"])
_TRANSITIVE = frozenset(["REQUEST", "ASSAULT", "AID"])
"""Types that are nothing without somebody to whom it is done."""
_REPORTS, _PLANS = word_set("reports"), word_set("plans")
_BEFORE_A_BASE = word_set("before a base form")
_ADDRESSES = frozenset(["told", "tells", "addressed", "addresses", "attended", "attends", "joined", "chaired", "hosted"])
_DETERMINERS = word_set("determiners")
_SOFT, _STATES = word_set("skipped before a verb"), word_set("states")


class Parties(NamedTuple):
    """Actors and recipients, and the positions that evidence them."""

    actors: tuple[ActorRef, ...]
    recipients: tuple[ActorRef, ...]
    source: Party | None
    target: Party | None


def passive(scene: Scene, trigger: Trigger) -> bool:
    """A participle after a form of "be", adverbs aside."""
    if trigger.form not in (Form.PARTICIPLE, Form.PAST):
        return False
    for position in range(trigger.start - 1, max(-1, trigger.start - 4), -1):
        word = scene.words[position]
        if word in _BE:
            return True
        if word not in _SOFT and not word.endswith("ly"):
            return False
    return False


def first_of_series(words: Sequence[str], trigger: Trigger) -> int:
    """Where the series of base forms begins that a trigger goes on, right after its "to" or "will": "unlikely to meet A, visit B or
    to see C"; the trigger itself where it goes on none."""
    at = trigger.start
    joint = at - 2 if words[at - 1] == "to" else at - 1
    if trigger.form is not Form.BASE or joint < 1 or words[joint] not in (",", "and", "or"):
        return at
    for i in range(joint - 1, max(-1, at - _SERIES), -1):
        if words[i] in CLAUSE_ENDS or words[i] in RELATIVES or words[i] in SUBORDINATORS:
            break
        if words[i] in _OPENS_SERIES:
            return i + 1
    return at


def subject(scene: Scene, at: int) -> Party | None:
    """The party that does what the word at ``at`` says; ``None`` if the clause names none."""
    words = scene.words
    i = at - 1
    while i >= 0 and (words[i] in _SOFT or words[i] in _MARKS or words[i].endswith("ly")) and i not in scene.ends:
        i -= 1
    nearest = i
    if i >= 1 and words[i] in _ITSELF and i not in scene.ends:
        return _reporter(scene, i)
    if i >= 0 and words[i] in JOINERS | {"but"}:
        return _same_subject(scene, i)
    if i >= 0 and words[i] == ",":
        return _before_aside(scene, i)
    while i >= 0:
        party = scene.ends.get(i)
        if party:
            if words[party.end] in POSSESSIVE or words[i].endswith(("'s", "’s")):
                return None
            opens_clause = scene.before(party) in SUBORDINATORS and i == nearest
            if opens_clause or scene.before(party) not in PREPOSITIONS:
                return party
            i = party.lead - 2
            continue
        if words[i] in RELATIVES:
            return _antecedent(scene, i)
        if words[i] in _REPORTS and i < at - 1 and not _only_soft(words, i + 1, at):
            return None
        if words[i] in CLAUSE_ENDS or words[i] in SUBORDINATORS:
            return _first_party(scene, i) if at - i <= 2 else None
        i -= 1
    return None


def _reporter(scene: Scene, at: int) -> Party | None:
    """Whom "it" means right after "said" or "announced that": the one who says so."""
    for i in range(at - 1, max(-1, at - 5), -1):
        if scene.words[i] in _REPORTS:
            return subject(scene, i)
    return None


def _only_soft(words: Sequence[str], start: int, end: int) -> bool:
    return all(word in _SOFT or word.endswith("ly") or word in _PLANS for word in words[start:end])


def _antecedent(scene: Scene, at: int) -> Party | None:
    """What "who" or "which" stands for: the party right before it. "that" may open a clause without one."""
    i = at - 1
    if i >= 0 and scene.words[i] == ",":
        i -= 1
    return scene.ends.get(i)


def _before_aside(scene: Scene, comma: int) -> Party | None:
    """The party before ", ... ," that closes at ``comma``; for an open comma the clause's first party."""
    for i in range(comma - 1, max(-1, comma - 20), -1):
        if scene.words[i] == "," and i - 1 in scene.ends:
            return scene.ends[i - 1]
    return _first_party(scene, comma)


def _same_subject(scene: Scene, limit: int) -> Party | None:
    """The subject of the verb that "and" joins another to: the last party that a verb follows, else the first."""
    free = [p for p in scene.parties if p.end <= limit and scene.before(p) not in PREPOSITIONS]
    acting = [p for p in free if p.end < limit and (scene.words[p.end] in _SOFT or scene.words[p.end].endswith("ed"))]
    return acting[-1] if acting else free[0] if free else None


def _first_party(scene: Scene, limit: int) -> Party | None:
    """The first party before ``limit`` that no preposition governs."""
    for party in scene.parties:
        if party.end <= limit and scene.before(party) not in PREPOSITIONS:
            return party
    return None


def object_of(scene: Scene, trigger: Trigger, through: bool) -> tuple[Party | None, str]:
    """The first party after (or inside) the trigger, and the preposition before it.

    ``through``: look into a clause that "that" opens.
    """
    words = scene.words
    i = trigger.start + 1
    limit = min(len(words), trigger.end + _REACH)
    while i < limit:
        party = scene.starts.get(i) or scene.inside(i)
        if party:
            preposition = scene.before(party)
            if preposition not in _NOT_OBJECT:
                return party, preposition
            i = party.end
            continue
        if i >= trigger.end and (_closes(words[i], through) or (words[i] in _CLOSING and words[i - 1] == ",")):
            break
        i += 1
    return None, ""


def _closes(word: str, through: bool) -> bool:
    return word in CLAUSE_ENDS or word in SUBORDINATORS or word == "according" or (not through and word in RELATIVES)


def _is_noun(scene: Scene, trigger: Trigger) -> bool:
    """What looks like a verb is a noun: "a return", "its demands"."""
    if trigger.sense.noun or trigger.start == 0:
        return False
    at = trigger.start - 1
    while at > 0 and scene.words[at] in _MARKS:
        at -= 1
    word = scene.words[at]
    if trigger.form in (Form.PAST, Form.PARTICIPLE):
        return (word in _DETERMINERS or word in PREPOSITIONS) and at not in scene.ends
    if trigger.form not in (Form.BASE, Form.THIRD):
        return False
    verbal = word in _SOFT or word in RELATIVES or word in JOINERS or word in (",", ")", "will", "can") or word.endswith("ly")
    return word in _DETERMINERS or not (verbal or at in scene.ends or word in _BEFORE_A_BASE)


def as_it_stands(scene: Scene, trigger: Trigger) -> Trigger:
    """A trigger whose verb's "-ing" form is a noun here ("the planned meeting with") as the noun that it is."""
    if trigger.form is not Form.GERUND or trigger.sense.roles is not Roles.MUTUAL or trigger.start == 0:
        return trigger
    word = scene.words[trigger.start - 1]
    verbal = word in _SOFT | _BE | PREPOSITIONS | JOINERS | RELATIVES | SUBORDINATORS or word.endswith("ly")
    nominal = word in _DETERMINERS or (word[0].isalpha() and not verbal and trigger.start - 1 not in scene.ends)
    return trigger._replace(form=Form.NOUN, sense=replace(trigger.sense, kind="n")) if nominal else trigger


def is_state(words: Sequence[str], trigger: Trigger) -> bool:
    """What "would not be" or "will not matter" is no refusal."""
    return words[trigger.end - 1] in ("not", "never") and trigger.end < len(words) and words[trigger.end] in _STATES


def agent(scene: Scene, trigger: Trigger) -> Party | None:
    """The party after "by"."""
    for party in scene.parties:
        if trigger.end <= party.lead <= trigger.end + 10 and scene.before(party) == "by":
            return party
    return None


def owner(scene: Scene, trigger: Trigger) -> Party | None:
    """The party whose the noun is: "Trump's visit", "the U.S.-led talks", "Russian invasion"."""
    words = scene.words
    for i in range(trigger.start - 1, max(-1, trigger.start - 5), -1):
        party = scene.ends.get(i)
        if party:
            direct = i == trigger.start - 1
            possessive = words[i + 1] in POSSESSIVE or words[i] in ("his", "her", "their", "its", "my", "our")
            return party if direct or possessive or words[i].endswith(("'s", "’s")) else None
        if words[i] in CLAUSE_ENDS or words[i] == "," or words[i] in PREPOSITIONS:
            return None
    return None


def parties_of(scene: Scene, trigger: Trigger) -> Parties | None:
    """The parties of a trigger, ``None`` if too few are named for its kind."""
    if trigger.sense.roles is Roles.NONE or _is_noun(scene, trigger) or is_state(scene.words, trigger):
        return None
    if trigger.sense.type == "AGREE" and scene.words[trigger.end : trigger.end + 1] == ["that"]:
        return None
    return _noun_cast(scene, trigger) if trigger.sense.noun else _verb_cast(scene, trigger)


def _verb_cast(scene: Scene, trigger: Trigger) -> Parties | None:
    through = trigger.sense.type in ("REQUEST", "ACCUSE", "THREATEN", "REJECT", "SUPPORT")
    target, _ = object_of(scene, trigger, through)
    source = subject(scene, first_of_series(scene.words, trigger))
    if source and trigger.form is Form.GERUND and "with" in scene.words[source.end : trigger.start]:
        source = None
    if passive(scene, trigger):
        by = agent(scene, trigger)
        source, target = by, source or (target if target is not by else None)
    if trigger.sense.roles is Roles.MUTUAL:
        return _mutual(source, _partner(scene, trigger) or target)
    if trigger.sense.roles is Roles.SENDER:
        return _sent(scene, trigger, source, target)
    if source is None:
        return None
    if target and set(target.actors) <= set(source.actors):
        target = None
    if target is None and trigger.sense.type in _TRANSITIVE:
        return None
    if trigger.sense.roles in (Roles.HOST, Roles.REVERSED) and target is None:
        return None
    if trigger.sense.roles is Roles.REVERSED and target:
        source, target = target, source
    return Parties(source.actors, target.actors if target else (), source, target)


def _sent(scene: Scene, trigger: Trigger, source: Party | None, target: Party | None) -> Parties | None:
    """Who is sent, or whose envoys, to whom; ``None`` if nobody is named after "to"."""
    to = next((p for p in scene.parties if trigger.start < p.lead <= trigger.end + _REACH and scene.before(p) == "to"), None)
    person = target is not None and target is not to and target.actors[0].type is ActorType.PERSON
    goer = target if person else source
    return Parties(goer.actors, to.actors, goer, to) if goer and to else None


def _partner(scene: Scene, trigger: Trigger) -> Party | None:
    """The party that "with" names."""
    near = (p for p in scene.parties if trigger.start < p.lead <= trigger.end + _REACH)
    return next((p for p in near if scene.before(p) == "with"), None)


def _mutual(source: Party | None, target: Party | None) -> Parties | None:
    parties = [p for p in (source, target) if p]
    actors = tuple(dict.fromkeys(a for p in parties for a in p.actors))
    return Parties(actors, (), source, target) if source and len(actors) >= 2 else None


def _addresser(scene: Scene, trigger: Trigger) -> Party | None:
    """Who speaks to a meeting is there: "told a meeting of"."""
    at = trigger.start - 2
    return subject(scene, at) if at > 0 and scene.words[at] in _ADDRESSES else None


def _noun_cast(scene: Scene, trigger: Trigger) -> Parties | None:
    whose = owner(scene, trigger)
    after = [p for p in scene.parties if trigger.end <= p.lead <= trigger.end + 6]
    linked = {scene.before(p): p for p in reversed(after)}
    if trigger.sense.roles is Roles.MUTUAL:
        between = linked.get("between") or linked.get("of")
        if between and len(between.actors) >= 2:
            return Parties(between.actors, (), between, None)
        other = linked.get("with") or between
        mine = whose or (_addresser(scene, trigger) or subject(scene, trigger.start) if other else None)
        if mine and not other and len(mine.actors) >= 2:
            return Parties(mine.actors, (), mine, None)
        return _mutual(mine, other) if other else None
    source = whose or linked.get("by") or (linked.get("from") if trigger.sense.type != "RETREAT" else None)
    target = (
        linked.get("to") or linked.get("on") or linked.get("against") or linked.get("of") or linked.get("in") or linked.get("for")
    )
    if source is None or target is source:
        return None
    if target is None and trigger.sense.roles is not Roles.HOST:
        return None
    return Parties(source.actors, target.actors if target else (), source, target)
