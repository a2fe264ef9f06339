"""Two consoles of one user: the token cache they share is whole at every moment."""

from __future__ import annotations

import subprocess
import sys

from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.modelarts.auth.token import Token, TokenCache

WRITER = """
import sys
from pathlib import Path
from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.modelarts.auth.token import Token
from matui.clouds.modelarts.auth.token import TokenCache
cache = TokenCache.of(Path(sys.argv[1]), "https://iam.example.com", "li", "acme", "p-1")
for number in range(200):
    cache.save(CachedValue(Token(sys.argv[2] * (1 + number * 40), "p-1"), 1.0, 2.0))
"""


def test_two_processes_that_renew_at_once_never_leave_half_a_token(tmp_path):
    cache = TokenCache.of(tmp_path, "https://iam.example.com", "li", "acme", "p-1")
    cache.save(CachedValue(Token("a", "p-1"), 1.0, 2.0))
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, letter]) for letter in "ab"]
    read = set()
    while any(writer.poll() is None for writer in writers):
        lease = cache.load()
        assert lease is not None
        assert len(set(lease.value.text)) == 1
        read.add(lease.value.text)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(read) > 3
    assert [file.name for file in (tmp_path / "tokens").iterdir()] == [cache.name]
