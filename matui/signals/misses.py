"""The forms of lines without signals that have a word of a shape: a log repeats few of them."""

from __future__ import annotations

MAX_MISSES = 256  # of one log; about 40 kB
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_OTHER_DIGITS = str.maketrans("0123456789", "1234567891")


def form_of(line: str) -> bytes:
    """Return a line with each run of digits as one 0."""
    form = line.encode("utf-8", "surrogatepass").translate(_DIGITS)
    return form.replace(b"0000", b"0").replace(b"00", b"0").replace(b"00", b"0")


def other_numbers(line: str) -> str:
    """Return a line with other numbers of the same width, none of which is zero."""
    return line.translate(_OTHER_DIGITS)
