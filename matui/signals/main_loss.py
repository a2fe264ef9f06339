"""The loss that stands for a training where no signal is named ``loss``."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The losses of GANs and of BasicSR have names without the word: D_A, G_GAN, l_pix.
_LOSS = re.compile(
    r"(?!(?:eval|evaluation|val|valid|validation|test|best)(?:[\W_]|\Z)|loss_?scal)"
    r"(?:.*loss\d?|(?:.*[/._])?loss[/_].+|l_\w+|[DG]_(?:A|B|GAN|L1|real|fake))",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"total|overall|(?:^|_)all(?:_|$)", re.IGNORECASE)


def find_main_loss(names: Iterable[str]) -> str | None:
    """Return ``loss``, else the first total among the losses of a training, else its first loss.

    Returns None where no name is that of a loss; the losses of validations are left out.
    """
    losses = [name for name in names if _LOSS.fullmatch(name)]
    if "loss" in losses:
        return "loss"
    return next(filter(_TOTAL.search, losses), losses[0] if losses else None)
