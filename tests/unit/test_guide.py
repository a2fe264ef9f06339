"""The guide and the documents beside the code: complete, up to date, and without dead links."""

from __future__ import annotations

import re
import textwrap
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel

import tests.guide
from matui.base.text.cells import measure_width
from matui.base.text.near_names import find_nearest_names
from matui.cli.group import COMMANDS
from matui.cli.process import startup
from matui.config.loading import load_settings
from matui.config.section_settings import Capsules, Guard, JournalSettings, Logs, Triage
from matui.config.settings import Profile, Settings
from matui.guide import TOPICS, list_topics
from matui.guide.rendering import render_text
from matui.resources.filters import parse_filter
from matui.resources.registry import KIND_KEYS, KINDS
from tests.screenshots import REPLAY, SHOTS

ROOT = Path(__file__).parents[2]
MATUI = ROOT / "matui"
BESIDE_THE_CODE = (
    "README.md",
    "matui/README.md",
    ".github/CONTRIBUTING.md",
    "tests/README.md",
    "themes/README.md",
)
DOCUMENTS = [ROOT / name for name in BESIDE_THE_CODE] + sorted(tests.guide.GUIDE.glob("*.md"))


def _find_fenced(markdown: str, language: str) -> list[str]:
    """Return the code blocks of a language."""
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", markdown, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for _indent, block in blocks]


def test_every_file_of_the_guide_is_a_topic() -> None:
    assert {file.stem for file in tests.guide.GUIDE.glob("*.md")} == set(TOPICS)
    assert [topic.name for topic in list_topics() if not topic.summary.endswith((".", "。"))] == []
    assert [topic.name for topic in list_topics() if "`" in topic.summary] == []


@pytest.mark.parametrize("record_of", ["", "what"])
def test_a_topic_is_rendered_for_a_console_of_any_width(record_of: str) -> None:
    text = "# Keys\n\n| key | does |\n|---|---|\n| `x` | stop what runs |\n\n- one\n\nIt is a *word*.\n"
    for width in (-2, 0, 1, 2, 5):
        shown = render_text(text, width, record_of=record_of)
        assert "stop" in "".join(shown.split())


def test_a_heading_is_wrapped_where_it_does_not_fit() -> None:
    lines = render_text("# Hand-over 2025-10-09 08:53 to 2025-10-09 16:53 (CST)", 42).splitlines()
    assert lines == ["HAND-OVER 2025-10-09 08:53 TO 2025-10-09", "16:53 (CST)", "=" * 40]


@pytest.mark.parametrize("file", tests.guide.FILES, ids=lambda file: file.name)
def test_generated_parts_are_up_to_date(file: Path) -> None:
    text = file.read_text("utf-8")
    assert tests.guide.update_text(text) == text, "run: python -m tests.guide"


@pytest.mark.parametrize("model", [Settings, Logs, Capsules, JournalSettings, Profile, Guard, Triage])
def test_every_setting_is_described(model: type[BaseModel]) -> None:
    fields = {name: field.description for name, field in model.model_fields.items() if name != "name"}
    assert [name for name, description in fields.items() if not description] == []


def test_no_table_has_a_row_twice() -> None:
    twice = []
    for document in [*DOCUMENTS, ROOT / "CHANGELOG.md"]:
        for table in re.findall(r"(?:^\|.*\n)+", document.read_text("utf-8"), re.MULTILINE):
            rows = ["|".join(row.split("|")[1:3]).replace(" ", "") for row in table.splitlines()]
            twice += [(document.name, row) for row in {*rows} if rows.count(row) > 1]
    assert twice == []


def test_changes_are_whole_sentences_and_stand_once() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    bullets = [" ".join(text.split()) for text in re.findall(r"^- (.+(?:\n  .+)*)", changes, re.MULTILINE)]
    assert len(bullets) > 80
    assert [text for text in bullets if bullets.count(text) > 1] == []
    assert [text for text in bullets if not text.endswith((".", ":"))] == []
    assert re.findall(r"^.+\n(?:#+ |\*\*).+|^(?:#+ .+|\*\*.+\*\*)\n.+", changes, re.MULTILINE) == []


def test_the_number_that_a_command_ends_with_has_one_name() -> None:
    texts = [*tests.guide.GUIDE.glob("*.md"), *(ROOT / "matui/cli/prepared_help").glob("*.txt")]
    named = [path.name for path in texts if "exit status" in path.read_text("utf-8").casefold()]
    assert not named, "write: exit code"


def test_measures_of_the_start_are_named() -> None:
    named = re.search(
        r"`MATUI_STARTUP_OFF` \| `([a-z,]+)`", (tests.guide.GUIDE / "configuration.md").read_text("utf-8")
    )
    assert named is not None
    assert named[1].split(",") == re.findall(r"^([a-z]+) .*\d \(", startup.__doc__ or "", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_that_are_named_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    named = re.findall(r"`((?:matui|tests|themes|screenshots)/[\w/.-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_paths_that_the_architecture_names_exist() -> None:
    named = re.findall(r"`([a-z_]+/[\w/.-]+)`", (ROOT / "matui" / "README.md").read_text("utf-8"))
    assert len(named) > 80
    assert [name for name in named if not any((folder / name).exists() for folder in (ROOT, MATUI))] == []


def test_what_the_architecture_points_to_is_defined_there() -> None:
    architecture = (ROOT / "matui" / "README.md").read_text("utf-8")
    section = architecture.partition("## Where is …?")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!what |---)(.+?) \| (.+?) \| (.*?) ?\|$", section, re.MULTILINE)
    assert len(rows) > 20
    named = [(what, files, re.findall(r"`([^`]+)`", names)) for what, files, names in rows]
    assert [what for what, _, names in named if not names] == []
    assert [
        name
        for _, files, names in named
        for name in names
        if not any(map(partial(is_defined, name), find_named_files(files)))
    ] == []


def test_the_packages_of_the_architecture_exist() -> None:
    architecture = (ROOT / "matui" / "README.md").read_text("utf-8")
    section = architecture.partition("### Inside `live` and `console`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \| .+? \| (`.+?) \| .+? \|$", section, re.MULTILINE)[1:]
    folders = [
        ROOT / "matui" / area / name
        for row in rows
        for area, cell in zip(("live", "console"), row, strict=True)
        for name in re.findall(r"`(\w+)`", cell)
    ]
    assert len(folders) > 20
    assert [folder for folder in folders if not folder.is_dir()] == []


def find_named_files(cell: str) -> list[Path]:
    """Return the files that a cell of the table names, without packages."""
    names = re.findall(r"`([^`]+)`", cell)
    return [file for name in names for folder in (ROOT, MATUI) if (file := folder / name).is_file()]


def is_defined(name: str, file: Path) -> bool:
    """Return whether a Python file defines the name, whether another one has it as a line."""
    begin = r"^ *(?:(?:async )?def |class )?" if file.suffix == ".py" else "^"
    return (
        re.search(rf"{begin}{re.escape(name)}(?=[\s(:=]|$)", file.read_text("utf-8"), re.MULTILINE)
        is not None
    )


def test_the_readme_is_short_and_has_the_commands_of_ci() -> None:
    readme = (ROOT / "README.md").read_bytes()
    assert len(readme) <= 7000
    assert [readme.count(f"<!-- {name} command -->".encode()) for name in ("demo", "test")] == [1, 1]


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_topic_fits_the_width(topic: str, width: int) -> None:
    text = render_text((tests.guide.GUIDE / f"{topic}.md").read_text("utf-8"), width)
    in_text = [line for line in text.splitlines() if not line.startswith("    ")]
    wide = [line for line in in_text if measure_width(line) > width]
    assert wide == [] or width == 40  # four columns of a table are not narrowed below eight cells each
    assert "<!--" not in text
    assert "---|" not in text


def test_markdown_becomes_plain_text() -> None:
    markdown = (
        "# Title\n\nSee [the topic](x.md) and **this** `code`,\nwrapped.\n\n<!-- note -->\n\n"
        "1. first item of the list\n2. second\n\n| key | does |\n|---|---|\n| `\\|` | pipes |\n\n"
        "```sh\nls  -l\n```\n"
    )
    assert render_text(markdown, 24).splitlines() == [
        "TITLE",
        "=====",
        "",
        "See the topic and this",
        "`code`, wrapped.",
        "",
        "1. first item of the",
        "   list",
        "2. second",
        "",
        "key  does",
        "---  -----",
        "|    pipes",
        "",
        "    ls  -l",
    ]


def test_a_picture_is_left_out() -> None:
    markdown = "1. See it.\n\n   ![triage with a failed job](../../screenshots/triage.svg)\n\n2. Act.\n"
    assert render_text(markdown, 40).splitlines() == ["1. See it.", "", "2. Act."]


def test_the_pictures_of_the_guide_are_made_by_the_command() -> None:
    guide = "".join(file.read_text("utf-8") for file in (ROOT / "README.md", *tests.guide.GUIDE.glob("*.md")))
    named = set(re.findall(r"screenshots/(\w+)\.svg", guide))
    assert named - {*SHOTS, REPLAY} == set()
    assert {file.stem for file in (ROOT / "screenshots").glob("*.svg")} == {*SHOTS, REPLAY}
    assert len(re.findall(r"!\[", (tests.guide.GUIDE / "incident.md").read_text("utf-8"))) >= 4


def test_a_wide_table_wraps_its_widest_column() -> None:
    table = "| a | b |\n|---|---|\n| 日本 | one two three four |\n"
    assert render_text(table, 20).splitlines() == [
        "a     b",
        "----  --------------",
        "日本  one two three",
        "      four",
    ]


def test_the_nearest_names_come_first() -> None:
    assert find_nearest_names("conf", TOPICS)[0] == "configuration"
    assert find_nearest_names("lgos", TOPICS)[0] == "logs"
    assert find_nearest_names("qqqqqq", TOPICS) == []


SAMPLES = [
    (f"{file.stem} {number}", sample)
    for file in tests.guide.FILES[1:]
    for number, sample in enumerate(_find_fenced(file.read_text("utf-8"), "toml"))
]


@pytest.mark.parametrize(("name", "sample"), SAMPLES, ids=[name for name, _ in SAMPLES])
def test_a_sample_of_the_configuration_is_valid(name: str, sample: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(sample)
    config.chmod(0o600)
    load_settings(config, {}, KIND_KEYS)


def test_commands_that_are_named_exist() -> None:
    text = "".join(file.read_text("utf-8") for file in (ROOT / "README.md", *tests.guide.FILES[1:]))
    code = [*_find_fenced(text, "sh"), *re.findall("`([^`\n]+)`", text)]
    named = {
        name
        for sample in code
        for name in re.findall(r"(?:^|&& )matui ([a-z]+(?:-[a-z]+)?)", sample, re.MULTILINE)
    }
    assert named >= {"get", "logs", "help"}
    assert named <= set(COMMANDS)


def test_terms_of_a_filter_are_valid() -> None:
    text = (tests.guide.GUIDE / "filters.md").read_text("utf-8")
    table = text.partition("| term |")[2].partition("\n\n")[0]
    terms = re.findall("`([^`]+)`", table)
    assert len(terms) > 8
    assert [term for term in terms if parse_filter(term, ()).errors] == []


def test_every_environment_variable_is_described() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "matui").rglob("*.py"))
    named = set(re.findall(r'"((?:MATUI|HUAWEICLOUD|QIANFAN|ALIBABA)_[A-Z_]+[A-Z])"', code))
    guide = "".join(file.read_text("utf-8") for file in tests.guide.GUIDE.glob("*.md"))
    assert len(named) > 20
    assert {name for name in named if name not in guide} == set()


_OF_A_KIND = ["delete", "describe", "diff", "edit", "get", "restart", "start", "stop", "wait", "why"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_command_that_takes_a_kind_is_written_with_one(path: Path) -> None:
    words = {
        "KIND",
        "all",
        "triage",
        *(w for kind in KINDS.values() for w in (kind.id, kind.singular, *kind.short)),
    }
    written = re.findall(
        rf"\bmatui ({'|'.join(_OF_A_KIND)}) ([\w/|\\\\-]+)", path.read_text(encoding="utf-8")
    )
    wrong = [f"{verb} {word}" for verb, word in written if not {word.partition("/")[0]} <= words]
    assert wrong == []


def test_a_row_that_is_too_wide_becomes_a_record() -> None:
    table = "| what | since | why | note |\n|---|---|---|---|\n"
    table += f"| job a | 13:55 | {'out of memory ' * 5}| acknowledged by li: looks at it now |\n"
    table += "| service b-2 | 13:46 | – | |\n"
    assert render_text(table, 44, record_of="what").splitlines() == [
        "what         since",
        "-----------  -----",
        "job a        13:55",
        "  out of memory out of memory out of memory",
        "  out of memory out of memory",
        "  note: acknowledged by li: looks at it now",
        "service b-2  13:46",
    ]
    narrow = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert render_text(narrow, 44, record_of="what") == render_text(narrow, 44)


def test_a_record_begins_with_what_it_is_of() -> None:
    table = f"| seen | what | why |\n|---|---|---|\n| 13:55 | job {'long-name-' * 3} | {'no memory ' * 5}|\n"
    assert render_text(table, 44, record_of="what").splitlines() == [
        "what                                seen",
        "----------------------------------  -----",
        "job long-name-long-name-long-name-  13:55",
        "  no memory no memory no memory no memory no",
        "  memory",
    ]
