"""The names of functions: each begins with a verb in the imperative, and says what the function does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.syntax_trees import parse_modules

MATUI = Path(__file__).parents[2] / "matui"
TESTS = Path(__file__).parents[1]
Function = ast.FunctionDef | ast.AsyncFunctionDef

_VERBS = """
    abandon accept acknowledge acquire act adapt add adopt advance agree annotate announce answer append
    apply arm arrange ask assign attach authorize await backfill begin boost break brief build call
    cancel capitalize capture catch change check choose claim classify clean clear clip close collect
    commit compare compile complete compress compute confirm connect continue convert copy correct count
    cover create cut date decide decode decompress delay delete deploy dequeue derive describe detach detect
    disarm discard dispatch display do drain draw drip drive drop dump edit encode end enqueue enrich
    ensure enter erase escape estimate evaluate evict examine exchange exclude expand expect expire
    explain export extend fail feed fetch fill filter find finish fit flash flatten flush focus fold
    follow forget format free gather get give go grant group grow guess handle hang hash hide highlight
    hold identify ignore import inflate inject insert intend interpolate interrupt invalidate invoke
    issue iterate join judge jump keep kill label launch lay learn leave let lift limit list listen load
    locate lock look lose lower make map mark mask match measure merge mix mount move name narrow
    normalize note notify observe offer open order override pack pad paint pan parse pass paste pause
    pay permute pick pipe place plan play pluralize poll pop post postpone prefer prefetch prepare
    prepend press price print probe process protect prove prune publish pull push put queue quit quote
    raise rank rate reach read rebase reboot recall receive reconfigure record recover redact redraw
    reduce reevaluate refill refilter refresh refuse register reject rejoin relayout release remember
    remove rename render renew renumber reopen repaint replace replan replay report request requeue
    require reread rerun reserve reset resize resolve respond restart restore resume retrieve retry
    return reveal reverse revoke ring rollback rotate round route run salvage save say scale scan
    schedule score scroll search seed select selection send serialize serve set settle share shift
    shorten show shrink sign skip sleep slice slow smooth sort speed spell spend spill split squeeze
    stack start state step stop straighten strip submit subtract suggest sum summarize supervise switch
    sync take terminate test thin tick toggle tolerate track train translate trigger trim truncate try
    turn undo unpack unquote unwrap unzoom update use validate verify wait wake walk warn watch widen
    withdraw wrap write yield zoom
"""
VERBS = frozenset(_VERBS.split())
"""First words of functions. A new one belongs here if it is a verb that no other one means already."""

QUESTIONS = frozenset(
    {"are", "can", "does", "exists", "has", "have", "is", "lacks", "may", "must", "should", "was"}
)
"""First words of predicates; a verb in the third person is one too, as in ``matches`` and ``covers``."""

CONVERSIONS = frozenset({"as", "from", "of", "to"})

_GIVEN = """
    _compositor_refresh _fatal_error _key_escape _sigcont_application _sigtstp_application aclose
    async_auth_flow auth_flow fileno matches panic process_message selection_updated shell_complete
    text_select_all
"""
GIVEN = frozenset(_GIVEN.split())
"""Names that Textual, httpx, Starlette, click or the standard library call, beside ``GIVEN_PREFIXES``."""
GIVEN_PREFIXES = ("action_", "compose", "on_", "_on_", "render_", "validate_", "watch_", "__")

_TEST_VERBS = """
    bring click deflate execute exhaust fire fuzz loosen plant rebuild rest see shake spoil stamp swap tail
    tell type vary
"""
TEST_VERBS = frozenset(_TEST_VERBS.split())
"""First words of functions in tests, beside those of matui."""

TEST_GIVEN = ("test_", "pytest_", "log_message", "setup", "time", "uniform")
"""Names that pytest, http.server, the event loop or a source of chance call."""

IDIOMS = {
    "dumps": "as json.dumps",
    "main": "the entry point of a program",
    "monotonic": "as time.monotonic",
    "now": "as datetime.now",
    "output_option": "a decorator, as click.option",
}


def is_predicate(name: str, returns: str) -> bool:
    """Return whether a function asks something: its first word does, or is a verb in the third person."""
    first = name.strip("_").split("_")[0]
    return first in QUESTIONS or (first.endswith("s") and re.search(r"\bbool\b", returns) is not None)


def is_constructor(function: Function, cls: str, returns: str) -> bool:
    """Return whether a function is a class method that makes an object of its class."""
    decorators = {ast.unparse(one) for one in function.decorator_list}
    return "classmethod" in decorators and (cls in returns or "Self" in returns)


def is_named_by_decorator(function: Function) -> bool:
    """Return whether a function is a property, a command of the command line or a fixture: they are nouns."""
    decorators = [ast.unparse(one) for one in function.decorator_list]
    return any(
        "property" in one or re.search(r"\.(setter|command|group)\b|\b(fixture|composite)\b", one)
        for one in decorators
    )


def iterate_nouns(body: list[ast.stmt], cls: str = "") -> Iterator[str]:
    """Yield the functions and methods whose first word is no verb, without those inside of functions."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from iterate_nouns(node.body, node.name)
        elif isinstance(node, ast.If):
            yield from iterate_nouns([*node.body, *node.orelse], cls)
        elif isinstance(node, Function):
            name, returns = node.name, ast.unparse(node.returns) if node.returns else ""
            first = name.strip("_").split("_")[0]
            is_known = first in VERBS or first in CONVERSIONS or name in GIVEN or name in IDIOMS
            is_given = name.startswith(GIVEN_PREFIXES) or is_named_by_decorator(node)
            is_other = is_predicate(name, returns) or is_constructor(node, cls, returns)
            if not (is_known or is_given or is_other):
                yield f"{cls}.{name}" if cls else name


@pytest.mark.parametrize(
    ("source", "nouns"),
    [
        ("def summary(row: Row) -> str: ...", ["summary"]),
        ("class Table:\n def _total(self) -> int: ...", ["Table._total"]),
        ("def holds(row: Row) -> str: ...", ["holds"]),
        ("def holds(row: Row) -> bool: ...\ndef is_open() -> bool: ...\ndef build_row() -> Row: ...", []),
        ("class Table:\n @property\n def total(self) -> int: ...\n async def on_key(self) -> None: ...", []),
        ("class Goal:\n @classmethod\n def reached(cls) -> Goal: ...\n def to_text(self) -> str: ...", []),
        ("@click.command('get')\ndef command() -> None: ...\ndef build() -> F:\n def row() -> str: ...", []),
    ],
)
def test_nouns_are_found(source: str, nouns: list[str]) -> None:
    assert list(iterate_nouns(ast.parse(source).body)) == nouns


def test_functions_begin_with_a_verb() -> None:
    found = [
        f"{path.relative_to(MATUI)}: {name}"
        for path, tree in parse_modules().items()
        for name in iterate_nouns(tree.body)
    ]
    assert found == [], "\n".join(found)


FOREIGN = frozenset(
    {
        "O_CLOEXEC",
        "O_NOFOLLOW",
        "O_NONBLOCK",
        "__click_params__",
        "__code__",
        "__path__",
        "__self__",
        "__wrapped__",
        "_close_messages_no_wait",
        "_driver",
        "_exception",
        "ctx",
        "key",
        "kind",
        "lineno",
        "message",
        "method",
        "reason",
        "reconfigure",
        "strerror",
        "transport",
        "verify_message",
    }
)
"""Attributes of other libraries, and of subclasses, that are read by their name."""


class Names(NamedTuple):
    """What a module defines, and the attributes that it looks up by a name in quotes."""

    defined: set[str]
    looked_up: list[str]


def read_names(tree: ast.AST) -> Names:
    names = Names(set(), [])
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.defined.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.defined.add(name)
            case ast.Call(func=ast.Name("getattr" | "hasattr"), args=[_, ast.Constant(str(name)), *_]):
                names.looked_up.append(name)
    return names


def test_attributes_that_are_looked_up_by_name_exist() -> None:
    """A rename and a removal left two such names behind: nothing else noticed."""
    found = {path: read_names(tree) for path, tree in parse_modules().items()}
    known = FOREIGN.union(*(names.defined for names in found.values()))
    lost = [
        f"{path.relative_to(MATUI)}: {name}"
        for path, names in found.items()
        for name in names.looked_up
        if name not in known
    ]
    assert lost == []


def test_helpers_of_tests_begin_with_a_verb() -> None:
    found = [
        f"{path.relative_to(TESTS)}: {name}"
        for path in sorted(TESTS.rglob("*.py"))
        for name in iterate_nouns(ast.parse(path.read_text("utf-8")).body)
        if not (last := name.rpartition(".")[2]).startswith(TEST_GIVEN)
        and last.strip("_").split("_")[0] not in TEST_VERBS
    ]
    assert found == [], "\n".join(found)
