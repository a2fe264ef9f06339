"""Edit, create and rerun by key, with an editor that the test plays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from matui.cli.options import Options
from matui.config.paths import make_state_dir
from matui.console.commands import forms as form_commands
from matui.console.panes.tables import VersionsPane
from matui.console.screens.confirm import ConfirmChangesScreen
from matui.live.forms.service import FormService
from matui.live.forms.workflow import edit_text
from tests.pilot.conftest import select

Rewrite = Callable[[str], str]


class Editor:
    """Plays the editor: each opening takes the next rewrite; what it was shown is kept."""

    def __init__(self) -> None:
        self.rewrites: list[Rewrite] = []
        self.shown: list[str] = []

    def open(self, _app: Any, text: str) -> str:
        def run(command: Any) -> int:
            from pathlib import Path

            file = Path(command[-1])
            self.shown.append(file.read_text(encoding="utf-8"))
            file.write_text(self.rewrites.pop(0)(self.shown[-1]), encoding="utf-8")
            return 0

        return edit_text(text, ("ed",), name="matui", run=run)


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    played = Editor()
    monkeypatch.setattr(form_commands, "edit_suspended", played.open)
    monkeypatch.setenv("EDITOR", "true")
    return played


def swap(*pairs: tuple[str, str]) -> Rewrite:
    def rewrite(text: str) -> str:
        for old, new in pairs:
            assert old in text, text
            text = text.replace(old, new, 1)
        return text

    return rewrite


def read_audit_lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (make_state_dir() / "demo" / "audit.jsonl").read_text().splitlines()]


async def test_an_edit_is_shown_confirmed_sent_and_recorded(console, editor):
    editor.rewrites = [swap(('\ndescription = ""', '\ndescription = "night shift"'))]
    made = []
    async with console(prepare=lambda world: made.append(world.add_notebook("mine"))) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i")
        assert isinstance(c.app.screen, ConfirmChangesScreen)
        assert '+ "night shift"' in c.read_text()
        assert c.list_acted() == []
        await c.press("y")
        await c.advance(1)
        assert [method for method, _ in c.list_acted()] == ["PUT"]
        assert made[0].description == "night shift"
    intent, result = read_audit_lines()
    assert (intent["action"], intent["parameters"]) == ("edit", {"description": "night shift"})
    assert result["outcome"] == "done"


async def test_what_was_not_changed_is_not_sent(console, editor):
    editor.rewrites = [swap()]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i")
        assert "Nothing was changed" in c.read_text()
        assert c.list_acted() == []


async def test_a_wrong_value_comes_back_with_the_reason_above_its_line(console, editor):
    editor.rewrites = [
        swap(('\ndescription = ""', '\ndescription = "a<b"  # mine')),
        swap(("a<b", "a-b")),
    ]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i")
        lines = editor.shown[1].splitlines()
        at = lines.index('description = "a<b"  # mine')
        assert lines[at - 1] == "# ✗ none of & < > \" ' /"
        await c.press("y")
        await c.advance(1)
        assert [method for method, _ in c.list_acted()] == ["PUT"]


async def test_what_a_form_waits_for_is_shown_with_what_esc_does(console, editor):
    """Only `live` was on the screen, as long as the cloud took."""
    editor.rewrites = [swap(('\ndescription = ""', '\ndescription = "night shift"'))]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i")
        sent, read = asyncio.Event(), asyncio.Event()
        cloud = c.app.browse.session.cloud
        edit_form, send_form = cloud.edit_form, cloud.send_form

        async def edit_late(subject):
            await read.wait()
            return await edit_form(subject)

        async def send_late(form, values):
            made = await send_form(form, values)
            await sent.wait()
            return made

        cloud.edit_form, cloud.send_form = edit_late, send_late
        await c.press("y")
        await asyncio.sleep(3.1)  # of the event loop: virtual
        await c.advance(0)
        assert "waiting for the current state · esc cancels" in " ".join(c.read_text().split())
        read.set()
        await asyncio.sleep(3.1)
        await c.advance(0)
        words = " ".join(c.read_text().split())
        assert "waiting for the cloud's answer · esc esc leaves: it was sent" in words
        sent.set()
        await c.advance(1)
        assert c.app.screen is c.app.browse


async def test_keys_typed_before_the_editor_opens_run_no_commands(console, editor, monkeypatch):
    open_form = FormService.open
    editor.rewrites = [swap(('\ndescription = ""', '\ndescription = "night shift"'))]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:

        async def open_late(self, *words, **options):
            await c.clock.sleep(3)
            return await open_form(self, *words, **options)

        monkeypatch.setattr(FormService, "open", open_late)
        await c.press("1")
        await select(c, "mine")
        await c.press("i", "ctrl+d", "q", "2")
        assert c.app.screen is c.app.browse
        assert c.app.browse.tables.table.kind.id == "notebooks"
        await c.advance(4)
        assert isinstance(c.app.screen, ConfirmChangesScreen)


async def test_what_the_cloud_refuses_comes_back_with_nothing_lost(console, editor):
    def take_name(world: Any) -> None:
        world.add_job("taken")

    editor.rewrites = [
        swap(
            ('job_name = ""', 'job_name = "taken"'),
            ("# spec_id = 1", "spec_id = 1"),
            ("# engine_id = 1", "engine_id = 1"),
            ('app_url = ""', 'app_url = "/b/c/"'),
            ('boot_file_url = ""', 'boot_file_url = "/b/c/t.py"'),
            ('data_url = ""', 'data_url = "/b/d/"'),
        ),
        swap(('job_name = "taken"', 'job_name = "free"')),
    ]
    async with console(prepare=take_name) as c:
        await c.press("a")
        await c.press("y")
        await c.advance(1)
        assert "ModelArts.0103" in editor.shown[1]
        assert 'app_url = "/b/c/"' in editor.shown[1]
        await c.press("y")
        await c.advance(6)
        assert [path.rpartition("/")[2] for _, path in c.list_acted()] == ["training-jobs"] * 2
        assert c.app.browse.tables.table.cursor.resource.name == "free"


@pytest.mark.parametrize("left", ["", "# only a comment\n\n"])
async def test_a_form_that_is_saved_empty_sends_nothing_and_is_not_opened_again(console, editor, left):
    editor.rewrites = [lambda _text: left]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i")
        assert "The form was saved empty, so nothing was sent." in [
            notice.message for notice in c.app._notifications
        ]
        assert len(editor.shown) == 1
        assert c.list_acted() == []


async def test_giving_up_after_a_refusal_sends_nothing_more(console, editor):
    editor.rewrites = [swap(('\ndescription = ""', '\ndescription = "<"')), swap()]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i")
        assert "Given up" in c.read_text()
        assert c.list_acted() == []


async def test_a_rerun_makes_a_version_and_the_cursor_follows_it(console, editor):
    made = []
    editor.rewrites = [swap(('"90" },', '"7" },'))]
    async with console(prepare=lambda world: made.append(world.add_job("mine", versions=2))) as c:
        [job] = made
        before = job.versions[-1].id
        await select(c, "mine")
        await c.press("A")
        await c.settle()
        assert "config.parameter.max_epochs" in c.read_text(), c.read_text()
        await c.press("y")
        await c.advance(6)
        assert job.versions[-1].previous == before
        assert {"label": "max_epochs", "value": "7"} in job.versions[-1].config["parameter"]
        pane = c.app.browse.host.pane
        assert isinstance(pane, VersionsPane)
        assert pane.table.cursor.id == f"{job.id}/{job.versions[-1].id}"


async def test_a_rerun_of_an_older_version_starts_from_that_one(console, editor):
    made = []
    editor.rewrites = [swap()]
    async with console(prepare=lambda world: made.append(world.add_job("mine", versions=3))) as c:
        [job] = made
        await select(c, "mine")
        await c.press("v")
        await c.advance(6)
        assert c.app.browse.host.pane.table.cursor.move_to(
            ("demo", "versions", f"{job.id}/{job.versions[0].id}")
        )
        await c.press("A")
        await c.settle()
        assert "nothing was changed" in c.read_text()
        first = job.versions[0].id
        await c.press("y")
        await c.advance(1)
        assert job.versions[-1].previous == first


async def test_a_change_by_another_user_is_reported_and_not_overwritten(console, editor):
    made = []

    def meanwhile(text: str) -> str:
        made[0].description = "theirs"
        return swap(('\ndescription = ""', '\ndescription = "ours"'))(text)

    editor.rewrites = [meanwhile, swap()]
    async with console(prepare=lambda world: made.append(world.add_notebook("mine"))) as c:
        await c.press("1")
        await select(c, "mine")
        await c.press("i", "y")
        await c.advance(1)
        assert c.list_acted() == []
        assert 'it was changed meanwhile, from "" to "theirs"' in editor.shown[1]
        assert 'description = "ours"' in editor.shown[1]
        assert made[0].description == "theirs"


async def test_keys_typed_ahead_answer_nothing_and_e_goes_back(console, editor):
    change = swap(('\ndescription = ""', '\ndescription = "x"'))
    editor.rewrites = [change, swap()]
    async with console(prepare=lambda world: world.add_notebook("mine")) as c:
        await c.press("1")
        await select(c, "mine")
        early = [events.Key("y", "y"), events.Key("e", "e")]
        await c.press("i")
        for key in early:
            c.app.screen.on_key(key)
        await c.settle()
        assert isinstance(c.app.screen, ConfirmChangesScreen)
        await c.press("e")
        assert isinstance(c.app.screen, ConfirmChangesScreen)
        assert len(editor.shown) == 2
        await c.press("n")
        assert c.list_acted() == []


async def test_a_read_only_profile_opens_no_editor(console, editor):
    async with console(options=Options(demo=True, read_only=True)) as c:
        await c.press("i")
        assert "read-only" in c.read_text()
        assert editor.shown == []


@pytest.mark.slow
async def test_without_an_editor_one_sentence_says_so(console, monkeypatch):
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    async with console() as c:
        await c.press("i")
        assert "There is no editor" in c.read_text()


async def test_a_long_difference_leaves_room_for_the_answers_on_a_small_screen(console, editor):
    def rewrite(text: str) -> str:
        lines = [f'  {{ label = "p{n}", value = "{n}" }},' for n in range(20)]
        return text.replace("\nparameter = [\n", "\nparameter = [\n" + "\n".join(lines) + "\n", 1)

    editor.rewrites = [rewrite]
    async with console(size=(80, 24), prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("A")
        await c.settle()
        assert "20 changes; ↓ shows the rest" in c.read_text()
        assert "y confirm   n cancel   e edit again" in c.read_text()
        assert "config.parameter.p19" not in c.read_text()
        await c.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        assert "config.parameter.p19" in c.read_text()


async def test_changes_that_fit_are_counted_without_a_key_for_the_rest(console, editor):
    lines = "".join(f'  {{ label = "p{n}", value = "{n}" }},\n' for n in range(4))
    editor.rewrites = [swap(("\nparameter = [\n", f"\nparameter = [\n{lines}"))]
    async with console(size=(120, 40), prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("A")
        await c.settle()
        assert "4 changes" in c.read_text()
        assert "config.parameter.p3" in c.read_text()
        assert "shows the rest" not in c.read_text()
