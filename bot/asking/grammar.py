"""Chat text -> Inquiry: what is asked for, by the shape of the sentence; whom a name means is looked up later.

Every pattern is a shape of English questions, tried in order; what fits none asks for statements of whoever is named.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.asking.inquiry import EITHER, SPOT, Inquiry
from bot.asking.spelling import corrected
from bot.asking.when import Days, days_in

_SAY = r"(?:say|said|says|saying|tell|told|claim(?:ed)?|state[d]?|announce[d]?|write|wrote|comment(?:ed)?|think|mention(?:ed)?|promise[d]?|tweet(?:ed)?|post(?:ed)?|warn(?:ed)?|insist(?:ed)?|suggest(?:ed)?|propose[d]?|confirm(?:ed)?|demand(?:ed)?|ask(?:ed)?(?: for)?|call(?:ed)?(?: for)?|report(?:ed)?)"
_ABOUT = r"(?:about|on|regarding|concerning|re|of)"
_DO = r"(?:did|does|do|has|have|had|is|was|will|would)"
_WHAT = r"(?:what|wat|wht|whta|wot|waht)(?:['’]s)?"
_WHAT_SAID = r"(?:was (?:hat|sagte?)|que (?:dit|a dit|déclare)|qu['’]a dit|qué (?:dijo|dice|ha dicho)|cosa (?:dice|ha detto)|что (?:сказала?|говорит)|що (?:сказав|сказала|каже))"
"""What somebody said, in the other languages of a diplomatic desk."""
_DEED = r"(?:meet|met|call(?:ed)?|phone[d]?|speak(?:ing)? (?:to|with)|spoken (?:to|with)|talk(?:ed|ing)? (?:to|with)|visit(?:ed)?|agreed? to|sign(?:ed)?|invited?)"
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]{2,}?)[\"“”»]|(?<!\w)['‘]([^'‘’]{4,}?)['’](?!\w)")
_TITLE = re.compile(r"\b([A-Z]\w*) (Today)\b(?=\s+\w)")
_REACT = (
    r"(?:prais|criti[cs]i[sz]|condemn|welcom|denounc|applaud|slamm?|oppos|support|endors|back|reject|attack|blam|mock|question"
    r"|defend|regrett?|deplor|celebrat|dismiss|threaten|insult|thank)(?:e[sd]?|s|ing)?"
    r"|(?:is|are|was|were) (?:against|for|behind|in favou?r of|opposed to|critical of|happy (?:about|with)|angry (?:about|at))"
    r"|(?:react|respond|object)(?:s|ed)? to|(?:warn|complain)(?:s|ed)? (?:about|of|against)"
)
"""What people do to a thing by speaking of it."""
_WHAT_LIKE = r"\w+(?:ed|ous|ful|less|ive|able|ible|ish|ical|fit)"
"""By its ending, what somebody may call another: "did X call Y unqualified" asks for words, "did X call Y" for a call."""
_NOTHING = frozenset(["", "anything", "something", "anything new", "anything else", "what", "it", "that", "this", "so"])

_PRONOUN = re.compile(r"he|she|they|it|him|her|them", re.IGNORECASE)

_HELD = "\ue000"
"""Stands for a quotation while days are looked for."""

Builder = Callable[[re.Match[str], Days], Inquiry]


def inquiry_of(text: str, today: date, previous: Inquiry | None = None) -> Inquiry:
    """What a person wants to know. ``previous`` is the inquiry that a follow-up goes on from. Never raises."""
    text = _plainly(" ".join(text.split()))
    if order := _order(text) or _order(text := corrected(text)):
        return order
    quoted = _QUOTED.search(text)
    saying = quoted if re.search(rf"^who|quote|{_SAY}", text, re.IGNORECASE) else None
    days = _days_beside(saying, text, today) if saying else _days(text, today)
    rest = re.sub(r"^(?:and|so|ok|hey|please)\s+(?=\S)", "", days.rest.strip(" ?!.,;:"), flags=0 if previous else re.IGNORECASE)
    rest = days.rest.strip(" ?!.,;:") if previous else rest
    if previous and (following := _follow_up(rest, text, days, previous)):
        return following
    for pattern, build in _SHAPES:
        if match := pattern.search(rest):
            return _continued(build(match, days), previous)
    if quoted:
        return Inquiry("who-said", phrase=_inner(quoted))
    return Inquiry("said", names=(), topic=rest or None, since=days.since, until=days.until, argument=SPOT)


def _continued(inquiry: Inquiry, previous: Inquiry | None) -> Inquiry:
    """An inquiry about "him" or "them" is about those asked for before."""
    if previous is None or not previous.actors or not _PRONOUN.fullmatch(" ".join(inquiry.names)):
        return inquiry
    return replace(inquiry, names=(), actors=previous.actors, follows=True)


def _plainly(text: str) -> str:
    """A message without whom it is put to and without politeness; quotations are asked for alike however they are called."""
    text = re.sub(r"^(?:(?:<@[^>]*>|@\w+)[\s,:]*)+|[\s,]+(?:please|pls|plz|thanks)(?=\W*$)", "", text, flags=re.IGNORECASE)
    return re.sub(
        r"^(?:the )?(?:full|exact|direct|whole|verbatim) (quotes?|quotations?)(?: only)?(?! please)\b",
        r"\1",
        text,
        flags=re.IGNORECASE,
    )


def _days(text: str, today: date) -> Days:
    """The days in a text; "Today" inside a name ("USA Today said") is none."""
    found = days_in(_TITLE.sub(r"\1_\2", text), today)
    return replace(found, rest=re.sub(r"_(?=Today)", " ", found.rest))


def _days_beside(quoted: re.Match[str], text: str, today: date) -> Days:
    """The days in a text but for those in somebody's words."""
    found = _days(f"{text[: quoted.start()]}{_HELD}{text[quoted.end() :]}", today)
    return replace(found, rest=found.rest.replace(_HELD, quoted[0])) if found.given else Days(text)


def from_command(name: str, arguments: Mapping[str, str]) -> str:
    """A command of the table as the sentence that means the same."""
    given = {key: value.strip() for key, value in arguments.items() if value and value.strip()}
    who, topic, when = given.get("actor", given.get("actors", "")), given.get("topic", ""), given.get("when", "")
    about = f" about {topic}" if topic else ""
    match name:
        case "said":
            return f"what did {who} say{about} {when}".strip()
        case "about":
            return f"what was said about {topic} {when}".strip()
        case "verify":
            return f"verify {who}: {given.get('words', '')}" if who else f"verify : {given.get('words', '')}"
        case "who-said":
            return f'who said "{given.get("words", "").strip(chr(34))}"'
        case "positions":
            return f"where does {who} stand{' on ' + topic if topic else ''}"
        case "compare":
            return f"compare {who}{' on ' + topic if topic else ''}"
        case "events" | "timeline" | "readouts":
            return " ".join(part for part in (name, who, f"on {topic}" if topic else "", when) if part)
        case "follow" | "unfollow" | "alert":
            return f"{name} {who}{about}{' in the digest' if given.get('mode') == 'digest' else ''}"
        case _:
            return " ".join([name, *given.values()])


def _inner(match: re.Match[str]) -> str:
    return (match[1] or match[2]).strip()


def _clean(words: str | None) -> str | None:
    """A topic without the words that only lead to it."""
    kept = re.sub(rf"^(?:{_ABOUT}|the|any|all|his|her|their)\s+", "", (words or "").strip(" ?!.,;:'\"“”"), flags=re.IGNORECASE)
    return kept or None


def _said(match: re.Match[str], days: Days) -> Inquiry:
    groups = match.groupdict()
    return Inquiry("said", (match["who"].strip(),), _clean(groups.get("topic")), days.since, days.until)


def _about(match: re.Match[str], days: Days) -> Inquiry:
    return Inquiry("about", topic=_clean(match["topic"]), since=days.since, until=days.until)


def _reactions(match: re.Match[str], days: Days) -> Inquiry:
    """Which statements praise and which blame is for the reader to judge: all on the topic are asked for."""
    note = f"Who {match['deed']} it is not told apart here: all that was said on it follows."
    return replace(_about(match, days), note=note)


def _verify(match: re.Match[str], days: Days) -> Inquiry:
    claim = match["claim"].strip(" ?!\"“”'")
    who = (match["who"] or "").strip()
    if claim.lower() in _NOTHING or re.match(rf"(?:anything|something)?\s*{_ABOUT}\s", claim, re.IGNORECASE):
        topic = re.sub(rf"^(?:anything|something)?\s*{_ABOUT}?\s*", "", claim, flags=re.IGNORECASE)
        return Inquiry("said", (who,), _clean(topic), days.since, days.until)
    return Inquiry("verify", (who,) if who else (), since=days.since, until=days.until, phrase=claim)


def _who_said(match: re.Match[str], days: Days) -> Inquiry:
    return Inquiry("who-said", phrase=match["words"].strip(" ?!\"“”'"), since=days.since, until=days.until)


def _events(match: re.Match[str], days: Days) -> Inquiry:
    topic = _clean(match.groupdict().get("topic"))
    kind = "timeline" if match[0].lower().startswith("timeline") else "events"
    return Inquiry(kind, topic=topic, since=days.since, until=days.until, argument=SPOT)


def _pair(intent: str) -> Builder:
    def build(match: re.Match[str], days: Days) -> Inquiry:
        groups = match.groupdict()
        given = [*(groups.get("a") or "").split(","), groups.get("b") or ""]
        names = tuple(name.strip() for name in given if name.strip())
        readouts = re.search(r"\b(?:call|meeting|talks|summit|readouts?|visit)\b", groups.get("topic") or "", re.IGNORECASE)
        kind = "readouts" if intent == "compare" and readouts else intent
        return Inquiry(kind, names, _clean(groups.get("topic")), days.since, days.until, argument="" if len(names) > 1 else SPOT)

    return build


def _positions(match: re.Match[str], days: Days) -> Inquiry:
    name = re.sub(r"['’]s$", "", match["who"].strip())
    changed = "changes" if re.search(r"\bchang", match[0], re.IGNORECASE) else ""
    return Inquiry("positions", (name,), _clean(match.groupdict().get("topic")), days.since, days.until, argument=changed)


def _plain(intent: str) -> Builder:
    def build(match: re.Match[str], days: Days) -> Inquiry:
        return Inquiry(intent, argument=(match.groupdict().get("argument") or "").strip())

    return build


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SHAPES: tuple[tuple[re.Pattern[str], Builder], ...] = (
    (_shape(r"^(?:help|hi|hello|hey|\?|start|commands?|what can (?:you|i) (?:do|ask))\b\s*(?P<argument>\S*)"), _plain("help")),
    (_shape(r"^(?:thanks|thank you|thx|cheers)\b.{0,20}$"), _plain("thanks")),
    (_shape(r"^(?:good (?:morning|afternoon|evening|day)|(?:who|what) are you|who made you|are you (?:a|an|human)\b.*)$"), _plain("help")),
    (_shape(r"^(?:source|context|where (?:is|does) (?:that|this|it) (?:come )?from)\b(?: (?:of|for))?\s*#?(?P<argument>\d*)$"), _plain("source")),
    (_shape(r"^(?:more|next|show more|the rest|continue|go on)$"), _plain("more")),
    (_shape(r"^(?:status|health)$"), _plain("status")),
    (_shape(r"^forget(?:[- ]me| everything about me)$"), _plain("forget-me")),
    (_shape(r"^(?:reports?\b\s*(?P<argument>.*))$"), _plain("report")),
    (_shape(r"^(?P<argument>(?:(?:that|this|the) (?:quote|quotation|line|answer|one|speaker)?\s*(?:is|was|['’]s) (?:wrong|false|incorrect|not right|misquoted)|(?:wrong|incorrect) (?:speaker|quote|quotation|person|attribution)|(?:no[, ]+)?\S+(?: \S+)? (?:never|did ?n[o'’]?t|did not) sa(?:y|id) (?:that|this|it)\b).*)$"), _plain("report")),
    (_shape(r"^export\b\s*(?P<argument>.*)$"), _plain("export")),
    (_shape(r"^(?:(?:and|that|it|this)\s+)?(?:as|in)\s+(?:an? )?(?P<argument>csv|json|markdown)(?: file)?$"), _plain("export")),
    (_shape(r"^(?:verify|check)\s*(?P<who>[^:]*):\s*(?P<claim>.+)$"), _verify),
    (_shape(rf"^(?:did|does|has)\s+(?P<who>\S+(?:\s+[A-Z]\S*)*)\s+(?:ever |really )?call(?:ed)?\s+(?P<topic>.+?\s+(?:an?\s+.+|{_WHAT_LIKE}))$"), _said),
    (_shape(rf"^(?:did|does|do|has|have|had|will|are|were|is|was|when|where|how long)\s+(?!.*\b(?:say|said|claim|state|promise|mention|tell|told|deny|call(?:ed)? for)\b)(?P<topic>.*\b{_DEED}\b.*)$"), _events),
    (_shape(rf"^(?:is it true (?:that )?)?(?:did|does|has|have)\s+(?P<who>.+?)\s+(?:ever |really |actually )?{_SAY}\s+(?:that\s+)?(?P<claim>.+)$"), _verify),
    (_shape(rf"^is it true (?:that )?(?P<who>.+?)\s+{_SAY}\s+(?:that\s+)?(?P<claim>.+)$"), _verify),
    (_shape(r"^who(?: has| had|['’]s)? (?:ever )?(?:said|says|say|used the words?|used the phrase|called|spoke of)\s+(?!what\b|anything\b|something\b)(?P<words>.+)$"), _who_said),
    (_shape(r"^(?:full |exact |whole )?(?:quote|quotation)(?: of| for)?\s+(?P<words>[\"“].+)$"), _who_said),
    (_shape(r"^(?P<words>[\"“][^\"“”]+[\"”])\s*(?:the )?(?:(?:full|exact|whole|entire) )?(?:quote|quotation|context)$"), _who_said),
    (_shape(r"^who[- ]said:?\s+(?!what\b|anything\b|something\b)(?P<words>.+)$"), _who_said),
    (_shape(r"^who (?:spoke|speaks|said what|said anything|talked)$"), lambda match, days: Inquiry("about", since=days.since, until=days.until)),
    (_shape(rf"^who (?:has |have |had |all )?(?P<deed>{_REACT})\s+(?P<topic>.+)$"), _reactions),
    (_shape(r"^who (?:mentions?|mentioned|talks? about|talked about|spoke of)\s+(?P<topic>.+)$"), _about),
    (_shape(rf"^(?:(?:did|has|does) )?(?:anyone|anybody|someone|somebody|people|they)\s+{_SAY}\s*(?:anything |something )?(?:about|on)\s+(?P<topic>.+)$"), _about),
    (_shape(r"^(?:everything|anything|all|stuff|what)\s+(?:about|on)\s+(?P<topic>.+)$"), _about),
    (_shape(r"^who (?:said|says|spoke|talked|commented)\s*(?:what |anything |something )?(?:about|on)\s+(?P<topic>.+)$"), _about),
    (_shape(r"^(?:about\s+|what (?:was|has been|is being|is|did people|did they|do people) (?:said|say|saying)?\s*(?:about|on)\s+|statements? (?:about|on)\s+|quotes? (?:about|on)\s+)(?P<topic>.+)$"), _about),
    (_shape(r"^compare\s+(?:what\s+)?(?P<a>.+?)\s+(?:and|with|to|vs\.?)\s+(?P<b>.+?)(?:\s+(?:said|say|says|stand))?(?:\s+(?:about|on)\s+(?P<topic>.+))?$"), _pair("compare")),
    (_shape(r"^(?P<a>(?:(?!\b(?:about|on|say|said)\b).)+?)\s+(?:vs\.?|versus)\s+(?P<b>.+?)(?:\s+(?:about|on)\s+(?P<topic>.+))?$"), _pair("compare")),
    (_shape(r"\breadouts?\b"), lambda match, days: Inquiry("readouts", topic=days.rest, since=days.since, until=days.until, argument=SPOT)),
    (_shape(r"^(?:has|have|did)\s+(?P<who>.+?)\s+changed?\s+(?:(?:his|her|its|their|the)\s+)?(?:position|mind|stance|view|tune|line)s?(?:\s+(?:about|on)\s+(?P<topic>.+))?$"), _positions),
    (_shape(r"^(?:what(?:['’]s| is) )?(?:the )?(?P<who>.+?['’]s|.+?)\s+(?:position|stance|line|view)s?(?:\s+(?:about|on)\s+(?P<topic>.+))?$"), _positions),
    (_shape(r"^(?:where|how) (?:does|do|did|has)\s+(?!things\b)(?P<who>.+?)\s+(?:stand|see it|see)(?:\s+(?:about|on|with)?\s*(?P<topic>.+))?$"), _positions),
    (_shape(r"^positions?\s+(?:of\s+)?(?P<who>.+?)(?:\s+(?:about|on)\s+(?P<topic>.+))?$"), _positions),
    (_shape(r"^(?:timeline|chronology)\b(?:\s+(?:of|for|on))?\s*(?P<topic>.*)$"), _events),
    (_shape(rf"^(?:{_WHAT} (?:has |had |is |was )?(?:happen(?:ed|ing|s)?|new|going on)|anything (?:new|happen\w*)|any news|events?|(?:['’]s |the )?news|latest|what is the latest|summary|brief me|tl;?dr|where do things stand)\b(?:\s+(?:about|on|with|in|between|of|from|to))?\s*(?P<topic>.*)$"), _events),
    (_shape(rf"^(?:and )?{_WHAT}\s+(?:else\s+)?{_DO}\s+(?P<who>.+?)\s+{_SAY}(?:\s+(?:anything|something))?(?:\s+{_ABOUT}\s+(?P<topic>.+)|\s+(?P<more>to .+))?$"), _said),
    (_shape(rf"^(?:any(?:thing|one|body)|some(?:thing|one|body))\s+(?:from|by)\s+(?P<who>.+?)(?:\s+{_ABOUT}\s+(?P<topic>.+))?$"), _said),
    (_shape(rf"^{_WHAT}\s+{_DO}\s+(?P<who>.+?)\s+{_SAY}\s+(?P<topic>.+)$"), _said),
    (_shape(rf"^(?:how|why|when|where)\s+{_DO}\s+(?P<who>.+?)\s+{_SAY}\s+(?:that\s+|(?:s?he|it|they)\s+)*(?P<topic>.+)$"), _said),
    (_shape(r"^how (?:did|does|has)\s+(?P<who>.+?)\s+(?:respond|react|answer|reply|describe|explain)(?:ed)?(?:\s+to)?(?:\s+(?P<topic>.+))?$"), _said),
    (_shape(r"^(?:said|say|quotes?|statements?|words)\s+(?:by |of |from )?(?P<who>.+?)(?:\s+(?:about|on|regarding)\s+(?P<topic>.+))?$"), _said),
    (_shape(r"^(?P<who>.+?)\s+(?:quotes?|statements?|said|says|remarks|comments)(?:\s+(?:about|on|regarding)\s+(?P<topic>.+))?$"), _said),
    (_shape(rf"^{_WHAT_SAID}\s+(?P<who>.+?)(?:\s+(?:über|zu|sur|à propos d[eu]|sobre|su|о|об|про)\s+(?P<topic>.+))?$"), _said),
    (_shape(r"^(?P<who>(?!(?:how|why|what|when|where|who)\b)[^:]{2,40}?)\s+(?:said|says)\s+(?:that\s+)?(?P<claim>.+)$"), _verify),
    (_shape(r"^(?P<who>.+?)\s+(?:about|on|regarding)\s+(?P<topic>.+)$"), _said),
)  # fmt: skip


def _follow_up(rest: str, text: str, days: Days, previous: Inquiry) -> Inquiry | None:
    """ "and about NATO?", "and Putin?", "and yesterday?", "what else", "why"."""
    if previous.choices and re.fullmatch(r"#?[1-9]", rest) and int(rest[-1]) <= len(previous.choices):
        return replace(previous, names=(), actors=(previous.choices[int(rest[-1]) - 1],), choices=(), follows=True)
    if re.fullmatch(r"(?:and )?(?:what|anything) else(?: did (?:he|she|they|it) say)?", rest, re.IGNORECASE):
        return Inquiry("more")
    match = re.match(r"^(?:and|what about|how about|but|also|ok(?:ay)?|then)\b[\s,]*(?P<rest>.*)$", rest, re.IGNORECASE)
    pronoun = re.match(
        rf"^(?:{_WHAT} {_DO}|did|has|and did)\s+(?:he|she|they|it)\s+{_SAY}(?:\s+anything)?(?:\s+{_ABOUT}\s+(?P<rest>.+))?$",
        rest,
        re.IGNORECASE,
    )
    about = re.match(r"^(?:about|on)\s+(?P<rest>.+)$", rest, re.IGNORECASE) if previous.names or previous.actors else None
    match = match or pronoun or about
    if match is None or previous.intent not in ("said", "about", "positions", "events", "timeline", "compare", "verify"):
        return None
    words = re.sub(r"^(?:did|does|has)\s+", "", (match["rest"] or "").strip(), flags=re.IGNORECASE)
    topic = re.match(r"^(?:about|on|regarding)\s+(?P<topic>.+)$", words, re.IGNORECASE)
    base = "said" if previous.intent == "verify" else previous.intent
    since, until = (days.since, days.until) if days.given else (previous.since, previous.until)
    again = Inquiry(base, previous.names, previous.topic, since, until, actors=previous.actors, follows=True)
    if topic or pronoun:
        return replace(again, topic=_clean(topic["topic"] if topic else words))
    if not words:
        return again if days.given else None
    return replace(again, argument=f"{EITHER}{words}")


_ORDERS = re.compile(
    r"^(?:please )?(?P<verb>unfollow|following|follow|alert(?: me)?(?: when| if)?|tell me when|notify me (?:when|if)|digest|daily|weekly|"
    r"every (?:day|morning|weekday|hour|week|\d+ hours)|(?:morning|evening|hourly) digest|mute|unmute|why(?= (?:did|do|am) i | this\b| that\b|\W*$)|stop sending(?: me)?|(?:un)?snooze|wake up$|(?:stop|pause|unsubscribe|resume)(?: (?:all|everything|it|now|please))?$|quiet|sources?(?= (?:add|list|pause|resume|remove|test)\b|s$)|(?:add|list|pause|resume|remove|test)(?= (?:an? |the |all )?(?:source|feed)s?\b)|undo)\b",
    re.IGNORECASE,
)


_DIGEST = re.compile(
    r"^(?:please )?(?:(?:can you |could you )?(?:set(?: up)?|send|give|make|start|show|stop|pause|resume|change|move|switch|put|turn o(?:n|ff)|end|cancel|remove|delete|no more)|when (?:is|does|will|comes?)|(?:i|we)(?:['’]d like| want)|"
    r"(?:week|mon|tues|wednes|thurs|fri|satur|sun)days?|my|our|the|a)\b.*\bdigest\b",
    re.IGNORECASE,
)


_FOLLOWING = re.compile(
    r"^(?:(?:what|who|whom) (?:am i|are we|do (?:i|we)) follow(?:ing)?"
    r"|(?:(?:list|show)(?: me)? )?(?:all )?(?:my|our|the) (?:follows|alerts|orders|subscriptions|mutes)|(?:list|show)(?: all)? (?:follows|alerts|subscriptions))\W*$",
    re.IGNORECASE,
)


def _order(text: str) -> Inquiry | None:
    """A standing order: its words are understood by ``bot.asking.ordering``."""
    text = _FOLLOWING.sub("following", text)
    if _ORDERS.match(text) or _DIGEST.match(text) or re.match(r"^sources$", text, re.IGNORECASE):
        return Inquiry("order", argument=text)
    return None
