"""Find errors in a training job's log, by level, then by signatures; group the lines of a traceback."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import partial
from itertools import accumulate, takewhile
from typing import Literal, NamedTuple

from matui.base.log_lines.levels import EXAMINED, find_stated_level, is_setting
from matui.base.log_lines.records import split_line
from matui.base.log_lines.signatures import (
    CODE_SIGN,
    MEASURED,
    NUMBER_SIGNS,
    SIGNS,
    WIDE_SIGNS,
    WORD,
    has_sign_of_any_level,
    has_signature,
)
from matui.base.log_lines.writers import Leads, skip_timed_lead
from matui.base.text.regex import compile_user_regex

_WARNING = re.compile(
    r"(?<!=)\b(?:WARN(?:ING)?|Warning)\b(?!['\"])|\bwarn(?:ing)?(?: #[\w-]+)?: "
    r"|\b[A-Z]\w*Warning\b"
)
_PYTHON_WARNING = re.compile(r"(?:\S+:\d+: )?(?:[\w.]+\.)?[A-Z]\w*Warning: ")
_WARNING_SIGNS = ("warn", "arning", "W", "PRIORITY", "evel", "警告", "告警")
_LATEST_PRIORITY = 120  # character at which a syslog priority may stand, after what a launcher puts before
_ZEROS = str.maketrans("123456789", "0" * 9)
_MOST_SHAPES = 20_000
_clean_shapes: set[str] = set()  # a cache of shapes of lines without a sign
_ECHO = re.compile(
    r"\s*\++ (?!Exception Group)|(?:[^\n]{0,60}\b)?Namespace\(|\s*export \w+="
    r"|\s*(?:from [\w.]+ import [\w., *()]+|import [\w., ]+)$"
    r"|\s*(?:#{1,2} (?! ?(?:A fatal error|SIG|There is insufficient|java\.lang))|//+ |/\*|;;+ |\"{3})"
    r"(?!.*(?:#{2,}|\*{3}|={3})$)"  # a comment, and no banner; Java writes its last words behind a #
    r"|\W{0,2}(?:(?:[Pp]rompt|[Rr]esponse|[Ii]nput|[Oo]utput|[Qq]uestion|[Aa]nswer|[Pp]rediction"
    r"|[Ss]ample|[Ee]xample|[Tt]ext)s?|[Gg]enerated)(?:\[\d+\]| \d+)?\"? ?[:=] ?\[?[\"']"
)  # a command, arguments, a line of a program or a text of the data repeated
LOOK_BACK = 100  # lines before an error in which it may have begun
_TRACEBACK = "raceback (most recent call last)"
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?::|$)")  # the final line of a traceback
LOOK_AHEAD = 400  # lines between two lines of one traceback, with those of other processes
_GOES_ON = re.compile(
    r"(?!\s*(?:(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?)\b|\[?\d{4}-\d\d-\d\d"
    r"|iteration +\d|\d+/\d+\s|\d+%))"
    r"(?:\s|$|[│╭╰❱]|During handling of the above|The above exception was|frame #\d|#\d+ "
    r"|\[rank\d+\]: *(?:File|\s|$)"
    r"|> File \"|Original Traceback|Detected at node |the job to be terminated|={4} backtrace "
    r"|\.\.\. *\d|-{5,}|={5,}|Root Cause|\^+|Failures:|<NO_OTHER_FAILURES>|\[\d+\]:$|\[\d+\]:\s*$"
    r"|\\[nt]|- (?:Ascend|C\+\+|The )|\(Please |(?:main|runtime)\.\w|github\.com/|created by |exit status 2$"
    r"|\S+\(\S*\+0x|[0-9a-f]{6,16}-[0-9a-f]{6,16} "
    r"|\d+ +[\w:~<]+::|Error Message Summary|No stack trace in |srun: |[\w./-]+\.(?:cc|cpp|cu|h):\d+ \w"
    r"|\*\*\*|(?:PC: )?@ +0x|0x[0-9a-f]{6,}|\[0x[0-9a-f]+\]|/\S+\(\S*\+0x|C\+\+ |Thread 0x|Current thread"
    r"|Extension modules|Exception raised from|at |Caused by:|goroutine |stack backtrace:|note: run with"
    r"|\d+: |\d+# |\[PID: \d+\]|TraceBack|Traceback|Solution:|Possible Cause|Compile-time"
    r"|E[0-9A-Z]\d{4}\s|Device-side assertion tracking|For debugging"
    r"|Stack(?:trace| trace)|Fatal Python error|terminate called|Aborted|Segmentation fault"
    r"|CPU: \d+ |Hardware name: |Call Trace:|Mem-Info:|Tasks state|\[ *(?:pid|\d+) *\] )"  # of the kernel
)

# TensorFlow writes it as an error at each start with a GPU.
_HARMLESS = re.compile(r"\bUnable to register cu\w+ factory: .*\balready been registered\b")
_BACKTRACE = re.compile(r"={4} backtrace ")
_STREAM = re.compile(r"\b(?:stdout|stderr)\b")
_OTHER_STREAM = {"stdout": "stderr", "stderr": "stdout"}
_LOGGED = re.compile(r"\[?\d{4}[-/]\d\d[-/]\d\d[T -]\d\d:\d\d:\d\d[\d.,]*\]? ?\[?(?:INFO|DEBUG|info|debug)\b")


class ErrorRules(NamedTuple):
    """The user's own patterns: ``errors`` are errors whatever their level, ``not_errors`` never are."""

    errors: tuple[re.Pattern[str], ...] = ()
    not_errors: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def compile(cls, errors: Sequence[str], not_errors: Sequence[str]) -> ErrorRules:
        """Return the rules of two lists of regular expressions. Raises ValueError for an invalid one."""
        return cls(tuple(map(compile_user_regex, errors)), tuple(map(compile_user_regex, not_errors)))

    def is_error(self, text: str) -> bool:
        """Return whether a line of plain text reports an error."""
        head = text[:EXAMINED]
        if any(pattern.search(head) for pattern in self.not_errors):
            return False
        if any(pattern.search(head) for pattern in self.errors):
            return True
        return _has_sign(head) and _is_error_head(head)

    def find_level(self, text: str) -> Literal["error", "warning", ""]:
        """Return the level of a line of plain text, ``""`` for neither an error nor a warning."""
        if self.is_error(text):
            return "error"
        head = text[:EXAMINED]
        if "<" not in head[:_LATEST_PRIORITY] and not any(sign in head for sign in _WARNING_SIGNS):
            return ""
        if _is_echo(head):
            return ""
        stated = find_stated_level(head)
        if stated is None:
            found = _WARNING.search(head)
            return "warning" if found and not is_setting(head[: found.start()]) else ""
        return "warning" if stated == "warning" else ""

    def find_error_heads(self, texts: Sequence[str], skip: int = 0) -> list[int]:
        """Return the indices at which errors begin, from ``skip`` on; the lines before are context only.

        A traceback with its final line is one error, and so are error lines without anything between them.
        """
        return group_errors(texts, self._find_error_lines(texts), skip)

    def find_traceback(self, texts: Sequence[str], at: int) -> list[int]:
        """Return the indices of the lines of the error that holds line ``at``, none without a traceback.

        Lines that other writers print between them are left out.
        """
        error_lines = self._find_error_lines(texts)
        heads = group_errors(texts, error_lines)
        for head in reversed(heads[: bisect_right(heads, at)]):
            found = _list_lines_of_error(texts, head, set(error_lines), set(heads))
            if at in found:
                return found if any(_TRACEBACK in texts[number] for number in found) else []
        return []

    def _find_error_lines(self, texts: Sequence[str]) -> list[int]:
        """Return the indices of error lines; searching all lines for the signs at once is faster."""
        heads = [text if len(text) <= EXAMINED else text[:EXAMINED] for text in texts]
        if self.errors or self.not_errors:
            return [number for number, head in enumerate(heads) if self.is_error(head)]
        return [line for line in sorted(_find_suspects(heads)) if _is_error_head(heads[line])]


DEFAULT_RULES = ErrorRules()
is_error = DEFAULT_RULES.is_error
level = DEFAULT_RULES.find_level
error_heads = DEFAULT_RULES.find_error_heads


def _is_echo(head: str) -> bool:
    """Return whether a line repeats a command, a line of a program or a text of the data."""
    if _ECHO.match(head) is not None:
        return True
    lead = skip_timed_lead(head)
    return lead > 0 and _ECHO.match(head, lead) is not None


def _is_error_head(head: str) -> bool:
    """Return whether a line that holds a sign is an error."""
    lead = skip_timed_lead(head)
    bare = head[lead:]
    if _is_echo(head) or _HARMLESS.search(head) is not None:
        return False
    stated = find_stated_level(head)
    if stated is not None:
        return stated == "error" or has_sign_of_any_level(head, stated)
    if _PYTHON_WARNING.match(bare):
        return False
    if has_signature(head) or (lead and has_signature(bare)):
        return True
    body = split_line(head).body
    if body != head and has_signature(body):
        return True
    return any(not MEASURED.search(head[: match.start()]) for match in WORD.finditer(head))


def _has_sign(head: str) -> bool:
    return bool(_find_suspects((head,)))


def _find_suspects(heads: Sequence[str]) -> set[int]:
    """Return the indices of the lines that hold a sign of an error.

    Most lines of a log differ in digits only: a line whose shape (its digits replaced by 0) is known to hold
    no sign is not searched again.
    """
    shapes = "\n".join(heads).translate(_ZEROS).split("\n")
    if len(shapes) != len(heads):
        shapes = [head.translate(_ZEROS) for head in heads]
    new = list(set(shapes) - _clean_shapes)
    if not new:
        return set()
    suspects = {new[number] for number in _search_signs(new)}
    if len(_clean_shapes) > _MOST_SHAPES:
        _clean_shapes.clear()
    _clean_shapes.update(shape for shape in new if shape not in suspects)
    return {number for number, shape in enumerate(shapes) if shape in suspects}


def _search_signs(heads: Sequence[str]) -> set[int]:
    together = "\n".join(heads)
    ends = list(accumulate(len(head) + 1 for head in heads))
    suspects = {bisect_right(ends, match.start()) for match in CODE_SIGN.finditer(together)}
    for sign in SIGNS if together.isascii() else (*SIGNS, *WIDE_SIGNS):
        at = together.find(sign)
        while at >= 0:
            line = bisect_right(ends, at)
            suspects.add(line)
            at = together.find(sign, ends[line])
    for sign in NUMBER_SIGNS:
        at = together.find(sign)
        while at >= 0:
            at += len(sign)
            if not together[at : at + 1].isalpha():
                suspects.add(bisect_right(ends, at - 1))
            at = together.find(sign, at)
    return suspects


def group_errors(texts: Sequence[str], error_lines: Sequence[int], skip: int = 0) -> list[int]:
    """Return the indices at which errors begin, from ``skip`` on.

    ``error_lines`` are the indices of lines that report errors. Lines of one prefix belong together, whatever
    processes of other prefixes print between them. A traceback in a message of a logger has the prefix of the
    logger in its first line only.
    """
    heads: list[int] = []
    last: dict[str, int] = {}
    leads = Leads()
    latest = -1
    for at in error_lines:
        prefix = split_line(texts[at]).prefix
        before = last.get(prefix)
        if not prefix and latest != before and _is_followed_without_prefix(texts, latest):
            before = latest
        continues = before is not None and _goes_on(texts, before, at, prefix)
        behind_lead = None if prefix else leads.add(texts, at, _GOES_ON)
        if behind_lead is not None:
            continues = behind_lead
        if at == latest + 1 and _BACKTRACE.match(texts[at]):
            continues = True
        if at >= skip and not continues:
            heads.append(at)
        last[prefix] = latest = at
    return heads


def _goes_on(texts: Sequence[str], before: int, at: int, prefix: str) -> bool:
    """Return whether every line of the prefix between two error lines continues the first.

    A line of its other stream, or of a logger where the prefix is empty, ends an error without frames.
    """
    if at - before > LOOK_AHEAD:
        return False
    is_open = _TRACEBACK in texts[before]
    other_stream = _STREAM.sub(lambda match: _OTHER_STREAM[match.group()], prefix)
    for number in range(before + 1, at):
        line = split_line(texts[number])
        if line.prefix == prefix or not line.prefix:
            if not _GOES_ON.match(line.body):
                return False
            is_open = is_open or bool(line.body.strip())
        elif is_open:
            continue
        elif (not prefix and _LOGGED.match(texts[number])) or (prefix and line.prefix == other_stream):
            return False
    return True


def _is_followed_without_prefix(texts: Sequence[str], at: int) -> bool:
    """Return whether a traceback begins in a message of a logger, so that its frames lack the prefix."""
    if _TRACEBACK not in texts[at]:
        return False
    return split_line(texts[at + 1]).prefix != split_line(texts[at]).prefix


def _list_lines_of_error(
    texts: Sequence[str], head: int, error_lines: Collection[int], heads: Collection[int]
) -> list[int]:
    """Return the indices of the lines of the error that begins at ``head``, without blank lines at its end.

    A traceback ends with the line that names the exception, also one that no signature knows.
    """
    found = [head]
    continued: list[int] = []
    is_unnamed = _TRACEBACK in texts[head]
    read_body = partial(_read_body, *_split_lead(texts[head]))
    for number in range(head + 1, min(len(texts), head + LOOK_AHEAD)):
        body = read_body(texts[number])
        if body is None:
            continue
        if number in heads:
            break
        is_name = is_unnamed and _EXCEPTION.match(body) is not None
        if number in error_lines or (is_name and not _GOES_ON.match(body)):
            found += [*continued, number]
            continued = []
            is_unnamed = _TRACEBACK in texts[number]
        elif _GOES_ON.match(body):
            continued.append(number)
        else:
            break
    return found + list(takewhile(lambda number: (read_body(texts[number]) or "").strip(), continued))


def _split_lead(text: str) -> tuple[str, str]:
    """Return the prefix of the first line of an error, else what an unknown launcher put before it."""
    prefix = split_line(text).prefix
    return prefix, "" if prefix else text[: max(0, text.find("Traceback"))]


def _read_body(prefix: str, lead: str, text: str) -> str | None:
    """Return a line without its prefix or lead, None for a line of another writer."""
    line = split_line(text)
    if lead and text.startswith(lead):
        return text[len(lead) :]
    return line.body if line.prefix in ("", prefix) else None
