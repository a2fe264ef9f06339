"""The level that a log line states: by a word, a letter, key=value, JSON or a syslog priority."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from matui.base.log_lines.writers import skip_timed_lead, split_prefix

Level: TypeAlias = Literal["error", "warning", "info"]

EXAMINED = 400  # characters of a line that are looked at

_ERRORS = (
    "error err eror fatal critical crit alert emerg emergency panic dpanic severe erro fata pani fatl ftl pnc"
    " e f c"
)
_WARNINGS = "warning warn wrn w"
_INFOS = "info information informational notice debug debu dbug dbg trace verbose fine success i d v n t"
_LEVELS: dict[str, Level] = {
    **dict.fromkeys(_ERRORS.split(), "error"),
    **dict.fromkeys(_WARNINGS.split(), "warning"),
    **dict.fromkeys(_INFOS.split(), "info"),
}
_WORDS = "|".join(sorted((word for word in _LEVELS if len(word) > 1), key=len, reverse=True))
_LETTER = "[IWEFDVC]"
_LEVELS.update(fail="error", trce="info")  # of .NET, where the place decides; no levels elsewhere

# A word in capitals, alone between blanks, brackets or punctuation.
_WORD = re.compile(
    rf"(?<![\w=.'\"/$&@%])(?!FTL|PNC|FATL)(?P<level>{_WORDS.upper()})(?![\w='\"@%])(?!/(?!\w+(?:-\d+)?\]))(?!\.\w)"
)
_BRACKETED = re.compile(rf"[\[<(|](?:[\w-]+:)?\s*(?P<level>{_WORDS}|{_LETTER})\s*[\]>)|]", re.IGNORECASE)
_COLUMN = re.compile(
    rf"^\W{{0,2}}[\dT:.,/ +Z-]{{10,40}}\s+(?P<level>{_WORDS})"
    r"(?:\t|  |:(?! ?(?:-?\d+\.\d|none\b|null\b|nil\b))| [-|] )",
    re.IGNORECASE,
)
_CLOCK_TIME = re.compile(r"\d\d:\d\d:\d\d")
_BEFORE_CLOCK = re.compile(
    rf"(?:^|[\s\[\](){{}}:|>])(?P<level>{_LETTER})(?:\d{{3,4}}|20\d{{6}}) $"  # glog, klog, c10
    rf"|\[(?:NeMo )?(?P<tornado>{_LETTER}) (?:\d{{4}} |\d{{6}} |\d{{4}}-\d\d-\d\d )?$"
    rf"|^(?P<leading>{_LETTER}) \d{{4}}-\d\d-\d\d $"
)
_AFTER_CLOCK = re.compile(
    rf"\.\d+: (?P<tf>{_LETTER}) "  # TensorFlow
    r"|\.\d{3} +\d+ +\d+ (?P<logcat>[IWEFDV]) \S"  # logcat
    r"|\.\d{3} (?P<logtime>[IWEFDV])/\w"
    rf"|,\d{{3}} (?P<ray>{_LETTER}) \d+ \d+\]"
    rf"|\.\d{{6}} (?P<capnslog>{_LETTER}) \| |\.\d{{3}}[+-]\d{{4}} (?P<mongo>{_LETTER}) [A-Z]+ "
    rf"|[+-]\d{{4}} \[[\w.]*#(?P<twisted>{_WORDS})\]"
    r"|[.\d]*(?:Z|[+-]\d\d:?\d\d)? \[?(?P<brief_word>FTL|PNC)[\] ]|[^\]]*\] .{1,60} (?P<loguru>FATL)\|"
)
_LONGEST_BEFORE_CLOCK = 20  # characters
_LETTERS = re.compile(
    rf"\[(?P<c10>{_LETTER}) [\w/.]+\.(?:cpp|cc|cu|h|py):\d+"
    r"|^(?P<tsl>[EF]) [\w./-]+\.(?:cc|cpp|h|cu):\d+\]"
    rf"|^(?P<brief>{_LETTER})/\w+"
    rf"|^\[[^\]]{{10,40}}\] [a-z][\w-]*\.(?P<monolog>{_WORDS.upper()}): "
    r"|(?:^|\d )(?P<net>fail|crit|warn|info|dbug|trce): [A-Z][\w.]*\[\d+\]"
    r"|^\[libprotobuf (?P<protobuf>ERROR|FATAL|WARNING|INFO) "
    r"|^=(?P<erlang>ERROR|WARNING|INFO) REPORT=="
)
_KEY = r"(?:level|lvl|severity|severity_?text|levelname|loglevel|log\.level|@l)"
_JSON_LEVEL = re.compile(
    rf"\"@?(?P<key>{_KEY}|level_name|log_level|levelno|severity_?number)\"\s*:\s*(?:\"(?P<level>\w+)\"|(?P<number>\d+)"
    r"|\{[^{}]*?\"(?:name|value|label)\"\s*:\s*\"(?P<named>\w+)\")",
    re.IGNORECASE,
)
_JSON_BRIEF = re.compile(  # zap's short keys, MongoDB, the journal of systemd
    rf"\"(?:L\": ?\"(?P<zap>{_WORDS.upper()})\",(?=.*\"M\":)"
    rf"|s\": ?\"(?P<mongo>{_LETTER})\d?\", *\"c\":(?=.*\"msg\":)"
    r"|PRIORITY\": ?\"(?P<priority>[0-7])\")"
)
_DOCKER = re.compile(r"\{\"(?:log|text)\": ?\"(?P<text>(?:[^\"\\]|\\.)+)")
_JSON_MESSAGE = re.compile(
    r"\"(?:msg|(?:text|json)Payload|(?:rendered)?message(?:template)?|event|log|text|body|@m|@mt|@message|exception|exc_info|stack_?trace|ts|time|timestamp|@timestamp|asctime)"
    r"\"\s*:|\"(?:m|err|error|short_?message)\"\s*:\s*\"[^\"]",
    re.IGNORECASE,
)
_JSON_TIME = re.compile(r"\"@?(?:ts|time|timestamp|asctime|datetime|date)\"\s*:", re.IGNORECASE)
_PAIR = re.compile(
    rf"(?:^|(?<![,(]) |\t|^\[)@?(?P<key>{_KEY})=\"?(?P<level>{_WORDS})\b\"?(?!\))", re.IGNORECASE
)
# Fields between tabs (LTSV), and those of a sentence that goes on with its message.
_FIELD = re.compile(
    rf"(?:^|\t){_KEY}:(?P<level>{_WORDS})(?=\t)"
    rf"|(?:^|[\s,;|])(?:level|severity) ?[:=] ?(?P<word>{_WORDS})\b(?=[^\"]*[\s,;|](?:msg|message) ?[:=])",
    re.IGNORECASE,
)
_FIELD_SIGNS = ("evel:", "evel =", "evel=", "everity:", "everity =", "everity=", "lvl:")
_ARGUMENTS = re.compile(
    r"\"(?:\w*(?:arg|kwarg|param|option|setting|flag)s?|\w*config\w*|cfg|env\w*|logging)\"\s*:\s*\{[^{}]*$"
)
# A Chinese word for a level in brackets; a warning also before a colon.
_CHINESE = re.compile(
    r"(?:^|[\s\]])(?:[\[【<](?:(?P<error>错误|严重|致命)|(?P<warning>警告|告警)|(?P<info>信息|调试))[\]】>]"
    r"|(?P<title>警告|告警)[:：](?! ?-?\d))"
)
_TITLE = re.compile(r"\W{0,3}[Ww]arning: ")
_PRIORITY = re.compile(r"^<(?P<number>\d{1,3})>(?=[\w\[])")

_GROUPS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\"[^\"]*\"")
_BARE_WORD = re.compile(r"(?<![\w./:=@-])[a-z][a-z']+(?![\w./:=@-])")
_CLOCK = re.compile(r"\d:[0-5]\d")
_SETTING = re.compile(
    r"(?:level|severity|verbosity|logging|_debug)[\s.:='\"-]*(?:(?:to|is|at|of) )?(?:\d+ ?\(?)?$",
    re.IGNORECASE,
)
_NONE_BEFORE = re.compile(r"(?:^|[\s:>\]])(?:[Nn]o|NO|0|[Ww]ithout|any|an|the|[Ss]ee|of|on|for|if|or|and) $")
_MEASURED_AFTER = re.compile(r"\s*[:=]?\s*-?\d+(?:\.\d+)?(?:e-?\d+)?%?\s*(?:$|[,;|])")
_DELIMITED = re.compile(r"[:\]|)>\t]|$| [ |\[(-]")
_LATEST = 160  # character at which a level may stand


def find_stated_level(text: str) -> Level | None:
    """Return the level that a line of plain text states itself, or None where it states none."""
    head = text[:EXAMINED]
    lead = skip_timed_lead(head)
    if lead and (found := _find_stated_level(head[lead:])):
        return found
    return _find_stated_level(head, head[lead:])


def _find_stated_level(head: str, bare: str = "") -> Level | None:
    stripped = head.lstrip()
    if stripped.startswith("{"):
        if (inner := _DOCKER.match(stripped)) and (
            found := _find_stated_level(inner["text"].replace('\\"', '"'))
        ):
            return found
        found = _find_json_level(head)
        if found is not None:
            return found
    is_likely = any(sign in head for sign in _FIELD_SIGNS)
    if is_likely and (field := _FIELD.search(head)) is not None:
        return _LEVELS[(field["level"] or field["word"]).lower()]
    pair = _PAIR.search(head) if "=" in head else None
    if (
        pair is not None
        and pair["key"] != "LOGLEVEL"
        and pair.group() != stripped
        and pair.group().strip() != bare
    ):
        return _LEVELS[pair["level"].lower()]
    if stripped.startswith("<") and (priority := _PRIORITY.match(stripped)):
        return _convert_syslog(int(priority["number"]))
    first = _find_first_level(head[:_LATEST])
    found = first or (_find_json_level(head) if _holds_record(head) else None)
    return found or _find_chinese_level(head[:_LATEST]) or ("warning" if _TITLE.match(head) else None)


def _find_chinese_level(head: str) -> Level | None:
    match = None if head.isascii() else _CHINESE.search(head)
    if match is None:
        return None
    return "error" if match["error"] else "info" if match["info"] else "warning"


def _holds_record(head: str) -> bool:
    """Return whether a record of JSON follows what a collector put before it."""
    return 0 < head.find('{"') <= _LATEST and split_prefix(head).body.startswith("{")


def _find_json_level(head: str) -> Level | None:
    if head.lstrip().startswith("{'"):  # the record is a dict of Python
        head = head.replace("'", '"')
    match = _JSON_LEVEL.search(head)
    if match is None and (brief := _JSON_BRIEF.search(head)):
        if brief["priority"]:
            return _convert_syslog(int(brief["priority"]))
        return _LEVELS[brief[brief.lastgroup or 0].lower()]
    if match is None or not _JSON_MESSAGE.search(head) or _ARGUMENTS.search(head, 0, match.start()):
        return None
    if match["key"].lower() == "log_level" and not _JSON_TIME.search(head):
        return None  # an argument
    if match["number"]:
        return _parse_number(match["key"].lower(), int(match["number"][:4]), head)
    return _LEVELS.get((match["level"] or match["named"]).lower())


def _parse_number(key: str, number: int, head: str) -> Level:
    """Return the level of a number on the scale of Python, OpenTelemetry, syslog (also in GELF) or Pino."""
    if key == "levelno":
        return "error" if number >= 40 else "warning" if number >= 30 else "info"
    if key.endswith("number"):
        return "error" if number >= 17 else "warning" if number >= 13 else "info"
    if number < 8 and (key == "severity" or "short_message" in head):
        return _convert_syslog(number)
    return "error" if number >= 50 else "warning" if number >= 40 else "info"


def _convert_syslog(number: int) -> Level:
    severity = number % 8
    return "error" if severity <= 3 else "warning" if severity == 4 else "info"


def _find_first_level(head: str) -> Level | None:
    """Return the level of the leftmost word or letter in the part before the message."""
    word = _find_stated_word(head)
    if word is not None:
        head = head[: word.end("level") + 2]
    bracketed = _BRACKETED.search(head)
    if bracketed is not None and (
        _is_message(head[: bracketed.start()], ":")
        or is_setting(head[: bracketed.start()])
        or (bracketed.group().startswith("|") and _MEASURED_AFTER.match(head, bracketed.end()))
    ):
        bracketed = None
    found = [
        match
        for match in (_find_letter(head), _LETTERS.search(head), bracketed, _COLUMN.match(head), word)
        if match
    ]
    if not found:
        return None
    first = min(found, key=lambda match: match.start(match.lastgroup or 0))
    return _LEVELS[first[first.lastgroup or 0].lower()]


def is_setting(before: str) -> bool:
    """Return whether the text before a level word names a setting whose value the word is."""
    return _SETTING.search(before) is not None


def _find_letter(head: str) -> re.Match[str] | None:
    """Return the first letter that stands beside a clock time."""
    for clock in _CLOCK_TIME.finditer(head):
        start, end = clock.span()
        before = _BEFORE_CLOCK.search(head, max(0, start - _LONGEST_BEFORE_CLOCK), start)
        if before is not None and (before["level"] or head[end : end + 1] in ("]", ".", ",", " ")):
            return before
        after = _AFTER_CLOCK.match(head, end)
        if after is not None:
            return after
    return None


def _find_stated_word(head: str) -> re.Match[str] | None:
    for match in _WORD.finditer(head):
        before, after = head[: match.start()], head[match.end() :]
        if is_setting(before) or _NONE_BEFORE.search(before):
            return None
        if _is_message(before, after):
            return None
        if _LEVELS[match["level"].lower()] == "error" and _MEASURED_AFTER.match(after):
            continue
        return match
    return None


def _is_message(before: str, after: str) -> bool:
    """Return whether the text before a level word is part of a sentence rather than of a header."""
    if len(before) < 3:
        return False
    words = len(_BARE_WORD.findall(_GROUPS.sub(" ", before)))
    if not words:
        return False
    return words > 2 or not (_DELIMITED.match(after) or _CLOCK.search(before))
