"""Pages on the disk: private, bounded, without a name, and the same text when they come back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from matui.live.logs.line_store import UNREADABLE, LogStore
from matui.live.logs.page_store import DiskSpill, PageRef


def fill_store(store: LogStore, pages: int) -> LogStore:
    for number in range(pages):
        lines = tuple(f"line {number * 500 + at} {'x' * 80}" for at in range(500))
        store.append(lines, PageRef(f"c{number}"))
    return store


def test_every_line_stays_within_reach_while_memory_holds_a_few_pages(tmp_path: Path) -> None:
    spill = DiskSpill(tmp_path / "logs")
    store = fill_store(LogStore(max_lines=1000, max_bytes=200_000, spill=spill), 200)
    store.prepend(("older a", "older b"), PageRef("c", older=True))
    assert (store.first, store.end) == (-2, 100_000)
    assert not store.full
    assert spill.size > 8_000_000
    assert store.get_line(-1).text == "older b"
    for number in (0, 499, 500, 77_777, 99_999):
        assert store.get_line(number).text.split()[1] == str(number)
    texts = store.list_texts(499, 1501)
    assert [int(text.split()[1]) for text in texts] == list(range(499, 1501))


def test_odd_text_comes_back_from_the_disk_as_it_was(tmp_path: Path) -> None:
    odd = ("", "\t\x1b[31m\r", "\u6b65 \U0001f642", "\ud800", "x" * 1_000_000, "")
    store = LogStore(max_bytes=10, spill=DiskSpill(tmp_path))
    for number in range(5):
        store.append(odd, PageRef(f"c{number}", older=True))
    assert tuple(store.list_texts(0, 6)) == odd
    assert store.list_texts(0, 30) == list(odd) * 5


def test_nothing_has_a_name_and_the_folder_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "logs"
    spill = DiskSpill(folder)
    fill_store(LogStore(max_bytes=100_000, spill=spill), 20)
    assert spill.size > 0
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700
    descriptors = Path("/proc/self/fd")
    if descriptors.exists():
        held = [fd.stat() for fd in descriptors.iterdir() if str(folder) in _read_target(fd)]
        assert held
        assert all(status.st_mode & 0o777 == 0o600 and status.st_nlink == 0 for status in held)
    spill.close()
    assert spill.size == 0


def _read_target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def test_nothing_stays_after_a_kill(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from matui.live.logs.page_store import DiskSpill\n"
        "s = DiskSpill(Path(sys.argv[1])); s.put(b'secret' * 100); print('put', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"put\n"
        run.send_signal(signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []


def test_beyond_the_cap_old_pages_are_dropped_to_be_fetched_again(tmp_path: Path) -> None:
    spill = DiskSpill(tmp_path, 1_000_000, segment_bytes=250_000)
    store = LogStore(max_bytes=100_000, spill=spill)
    for number in range(60):
        store.append(
            tuple(f"line {number * 500 + at} {'x' * 80}" for at in range(500)), PageRef(f"c{number}")
        )
        store.evict_above(store.end)
    assert spill.size <= 1_000_000
    assert store.above
    assert sum(page.count for page in store.above) == store.first
    assert store.get_line(store.first).text.startswith(f"line {store.first} ")
    assert store.get_line(29_999).text.startswith("line 29999 ")
    assert len(store) > 8000


def test_a_disk_that_takes_nothing_leaves_the_old_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = LogStore(max_bytes=20_000, spill=DiskSpill(tmp_path / "file" / "below"))
    for number in range(20):
        store.append(tuple(f"line {number * 500 + at}" for at in range(500)), PageRef(f"c{number}"))
        store.evict_above(store.end)
    assert store.capped
    assert store.above
    assert store.get_line(9_999).text == "line 9999"


def test_a_page_that_the_disk_lost_is_said_to_be(tmp_path: Path) -> None:
    spill = DiskSpill(tmp_path)
    store = fill_store(LogStore(max_bytes=100_000, spill=spill), 20)
    os.ftruncate(spill._segments[0].file.fileno(), 10)
    assert store.get_line(0).text == UNREADABLE
    assert store.get_line(9_999).text.startswith("line 9999 ")
