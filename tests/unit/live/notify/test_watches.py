"""Watches are kept from run to run, and a damaged file is none."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matui.live.journal.change import Account
from matui.live.notify.watches import Watches

ACCOUNT = Account("modelarts", "https://e", "p", "r")


def test_watches_survive_a_restart_and_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "watches.json"
    Watches(file).toggle(ACCOUNT, "jobs", "1")
    assert Watches(file).has(ACCOUNT, "jobs", "1")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text('[["a"], 7, null]')
    assert Watches(file).list_all() == frozenset()
    file.write_text("{broken")
    assert Watches(file).list_all() == frozenset()


def test_two_processes_see_each_others_watches(tmp_path: Path) -> None:
    first, second = Watches(tmp_path / "watches.json"), Watches(tmp_path / "watches.json")
    assert first.toggle(ACCOUNT, "jobs", "1")
    assert second.has(ACCOUNT, "jobs", "1")
    assert not second.toggle(ACCOUNT, "jobs", "1")
    assert not first.has(ACCOUNT, "jobs", "1")
    first.discard(ACCOUNT, "jobs", "1")
    assert first.list_all() == frozenset()


def test_watches_without_a_time_are_read(tmp_path: Path) -> None:
    file = tmp_path / "watches.json"
    file.write_text('[["modelarts", "https://e", "p", "r", "jobs", "1"]]')
    watches = Watches(file)
    assert watches.toggle(ACCOUNT, "jobs", "2", 1234)
    assert Watches(file).map_times(ACCOUNT) == {("jobs", "1"): 0, ("jobs", "2"): 1234}


def test_a_watch_that_cannot_be_written_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    watches = Watches(tmp_path / "watches.json")
    watches.toggle(ACCOUNT, "jobs", "1")
    monkeypatch.setattr(json, "dump", full)
    with pytest.raises(OSError, match="No space"):
        watches.toggle(ACCOUNT, "jobs", "2")
    assert (watches.has(ACCOUNT, "jobs", "1"), watches.has(ACCOUNT, "jobs", "2")) == (True, False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".watches.lock", "watches.json"]


def test_watches_of_many_consoles_at_once_are_all_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matui.live.notify.watches._LOCK_WAIT_S", 600.0)
    file = tmp_path / "watches.json"

    def watch(number: int) -> None:
        Watches(file).toggle(ACCOUNT, "jobs", str(number))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(watch, range(20)))
    assert len(Watches(file).list_all()) == 20


def test_a_watch_too_many_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matui.live.notify.watches._MOST", 1)
    watches = Watches(tmp_path / "watches.json")
    watches.toggle(ACCOUNT, "jobs", "1")
    with pytest.raises(OSError, match="1 resources are watched already"):
        watches.toggle(ACCOUNT, "jobs", "2")
    assert not watches.toggle(ACCOUNT, "jobs", "1")
