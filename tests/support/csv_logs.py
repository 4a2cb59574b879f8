"""Delimited logs written to disk and read back."""

from __future__ import annotations

from pathlib import Path

from wizard.evidence.artifacts.log import Log, read
from wizard.evidence.artifacts.log_columns import Role

# Rows of Lightning: those of training, epochs, validation and learning rate alternate.
RAGGED = """\
epoch,lr-AdamW,step,train_loss_epoch,train_loss_step,val_loss
,0.001,0,,,
0,,4,,2.1,
0,,9,,1.9,
0,,9,,,2.2
0,,9,2.0,,
,0.0005,10,,,
1,,14,,1.7,
1,,19,,1.5,
1,,19,,,1.8
1,,19,1.6,,
"""


def log_of(folder: Path, text: str | bytes, name: str = "metrics.csv") -> Log:
    """The log that a file of this content in FOLDER is read as."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read((path,))


def curve(log: Log, role: Role) -> list[tuple[float, float]]:
    """(step, value) of every row of ROLE, empty if no column holds it."""
    series = log.series(role)
    return [] if series is None else list(zip(series.step.tolist(), series.first.tolist(), strict=True))
