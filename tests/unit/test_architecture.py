"""The shape of the package: no import circles, and private parts of Textual and rich in one package alone.

Sizes and names are printed, and not judged.
"""

import ast
import importlib
import inspect
import re
import statistics
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.syntax_trees import ROOT, parse_modules

TESTS = Path(__file__).parents[1]
MANY_METHODS = 40
FENCE = "matui.console.terminal"
FENCED = ("textual", "rich")
# Public names of the standard library that begin with an underscore.
PUBLIC = {"os._exit", "_replace", "_asdict", "_fields"}


def name_module(path: Path) -> str:
    """Return the dotted name of a module."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_module(path): path for path in sorted(ROOT.rglob("*.py"))}


@cache
def list_trees() -> dict[str, ast.Module]:
    """Return the syntax trees of all modules, by the dotted name."""
    return {name_module(path): tree for path, tree in parse_modules().items()}


def iterate_imports(module: str) -> Iterator[str]:
    """Yield our own modules that a module imports, those for types and within functions too."""
    package = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(list_trees()[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}"
                if name in MODULES:
                    yield name
                elif base in MODULES:
                    yield base


def find_circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one node, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            component, stack[at:] = sorted(stack[at:]), []
            if len(component) > 1:
                found.append(component)

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_circles_are_found() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": [], "e": ["d", "f"], "f": ["e"]}
    assert find_circles(graph) == [["a", "b", "c"], ["e", "f"]]


def test_no_import_circles() -> None:
    graph = {module: sorted({*iterate_imports(module)} - {module}) for module in MODULES}
    assert sum(map(len, graph.values())) > 1000
    assert find_circles(graph) == []


def find_late_imports(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of imports of a module that stand after its first class or function."""
    is_late = False
    for node in tree.body:
        is_late = is_late or isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        inner = node.body if isinstance(node, ast.If) else [node]
        if is_late and any(isinstance(one, ast.Import | ast.ImportFrom) for one in inner):
            yield node.lineno


def test_imports_are_at_the_top() -> None:
    found = [f"{module}:{line}" for module, tree in list_trees().items() for line in find_late_imports(tree)]
    assert found == []


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__")


def is_fenced(module: str | None) -> bool:
    """Whether a module belongs to Textual or rich."""
    return (module or "").split(".")[0] in FENCED


def find_private_imports(tree: ast.Module) -> Iterator[str]:
    """Yield imports of private modules and names of Textual and rich."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and is_fenced(node.module):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if is_fenced(alias.name)]
        else:
            continue
        if any(is_private(part) for name in names for part in name.split(".")):
            yield ast.unparse(node)


def find_private_accesses(tree: ast.Module) -> Iterator[str]:
    """Yield accesses to private attributes of other objects."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not is_private(node.attr):
            continue
        owner = ast.unparse(node.value)
        if owner not in ("self", "cls", "super()") and not {node.attr, f"{owner}.{node.attr}"} & PUBLIC:
            yield ast.unparse(node)


@cache
def list_private_names(cls: type) -> frozenset[str]:
    """Return the private names of a class: those of its body, and those set on ``self``."""
    attributes = (
        node
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(cls))))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    on_self = {node.attr for node in attributes if ast.unparse(node.value) == "self"}
    return frozenset(filter(is_private, {*vars(cls), *on_self}))


def find_inherited_private(module: str, tree: ast.Module) -> Iterator[str]:
    """Yield private names of a base class of Textual that a class overrides, or uses on ``self``."""
    loaded = importlib.import_module(module)
    for node in ast.walk(tree):
        cls = getattr(loaded, node.name, None) if isinstance(node, ast.ClassDef) else None
        if not isinstance(node, ast.ClassDef) or not isinstance(cls, type):
            continue
        private = [list_private_names(base) for base in cls.__mro__ if is_fenced(base.__module__)]
        used = {part.name for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)}
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and ast.unparse(part.value) in ("self", "cls", "super()"):
                used.add(part.attr)
        for name in sorted(used & frozenset[str]().union(*private)):
            yield f"{node.name}.{name}"


def test_only_the_terminal_package_touches_private_parts() -> None:
    found = [
        f"{module}: {use}"
        for module, tree in list_trees().items()
        if not module.startswith(FENCE)
        for use in (
            *find_private_imports(tree),
            *(find_private_accesses(tree) if module.startswith("matui.console") else ()),
            *(find_inherited_private(module, tree) if module.startswith("matui.console") else ()),
        )
    ]
    assert found == [], "\n".join(found)


def iterate_type_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names of the classes and of the type aliases that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
            name = ast.unparse(node.targets[0])
            if re.fullmatch(r"_?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", name):
                yield name


def find_homonyms() -> dict[str, list[str]]:
    """Return the names of types that more than one module defines, with these modules."""
    homes = defaultdict(list)
    for module, tree in list_trees().items():
        for name in iterate_type_names(tree):
            homes[name].append(module)
    return {name: modules for name, modules in sorted(homes.items()) if len(modules) > 1}


def test_a_type_name_has_one_meaning() -> None:
    assert find_homonyms() == {}


# What a function with such a first verb never returns.
WRONG_RETURNS = {
    "list": {"bool", "int", "str"},
    "find": {"bool"},
    "iterate": {"bool", "None"},
    "count": {"bool", "str"},
}
QUESTIONS = {"is", "has", "have"}


def find_misnamed_functions(tree: ast.AST) -> Iterator[str]:
    """Yield the functions that do not return what their first word promises; setters return nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            verb, returns = node.name.strip("_").split("_")[0], ast.unparse(node.returns)
            is_setter = any(ast.unparse(one).endswith(".setter") for one in node.decorator_list)
            is_wrong_answer = verb in QUESTIONS and not re.match(r"bool|Type(Guard|Is)\b", returns)
            if returns in WRONG_RETURNS.get(verb, ()) or (is_wrong_answer and not is_setter):
                yield f"{node.name} -> {returns}"


def test_misnamed_functions_are_found() -> None:
    tree = ast.parse(
        "def list_in_view() -> bool: ...\ndef _is_somewhere() -> Place: ...\ndef is_in() -> bool: ..."
    )
    assert list(find_misnamed_functions(tree)) == ["list_in_view -> bool", "_is_somewhere -> Place"]


def test_functions_return_what_their_verbs_promise() -> None:
    found = [(name, wrong) for name, tree in list_trees().items() for wrong in find_misnamed_functions(tree)]
    assert found == []


def test_the_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    code = [count for name, count in lines.items() if MODULES[name].name != "__init__.py"]
    folders = Counter(
        str(path.parent.relative_to(ROOT)) for path in MODULES.values() if path.name != "__init__.py"
    )
    folder, most = folders.most_common(1)[0]
    classes = {
        (name, node.name): sum(isinstance(e, ast.FunctionDef | ast.AsyncFunctionDef) for e in node.body)
        for name, tree in list_trees().items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    large = sorted(f"{name} ({count})" for (_, name), count in classes.items() if count > MANY_METHODS)
    test_files = {path.stem.removeprefix("test_") for path in TESTS.rglob("test_*.py")}
    tested = sum(name.rpartition(".")[2] in test_files for name in MODULES)
    figures = {
        "files": len(MODULES),
        "lines": sum(lines.values()),
        "files per 1,000 lines": round(1000 * len(MODULES) / sum(lines.values()), 1),
        "median lines": statistics.median(code),
        "largest folder": f"{folder} ({most} modules)",
        f"classes of more than {MANY_METHODS} methods": ", ".join(large) or "none",
        "type names of several types": ", ".join(find_homonyms()) or "none",
        "modules with a test file of their name": f"{tested} ({100 * tested // len(MODULES)} %)",
    }
    with capsys.disabled():
        print()
        for label, value in figures.items():
            print(f"{label}: {value}")
