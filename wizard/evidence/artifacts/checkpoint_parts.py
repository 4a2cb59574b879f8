"""Several files that are one checkpoint: shards of its weights, an optimizer and a schedule of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.checkpoint_order import is_best, moment_named
from wizard.evidence.artifacts.checkpoint_record import Checkpoint
from wizard.evidence.artifacts.refusal import COPY_AGAIN

SHARD = re.compile(r"-(\d{5})-of-(\d{5})$")


def join_shards(parts: Sequence[Checkpoint], errors: list[UnreadableError]) -> list[Checkpoint]:
    """Shards of one checkpoint as one; an incomplete set goes to ERRORS."""
    done: list[Checkpoint] = []
    sets: dict[tuple[Path, str, str], list[Checkpoint]] = {}
    for part in parts:
        match = SHARD.search(part.path.stem)
        if match is None:
            done.append(part)
        else:
            sets.setdefault((part.path.parent, part.path.stem[: match.start()], match[2]), []).append(part)
    for (folder, stem, total), shards in sets.items():
        if len(shards) != int(total):
            errors.append(
                UnreadableError(
                    "Only {n} of its {total} shards can be read.",
                    str(folder / stem),
                    COPY_AGAIN,
                    n=len(shards),
                    total=int(total),
                )
            )
            continue
        weights = {name: tensor for shard in shards for name, tensor in shard.weights.items()}
        imports = tuple(sorted({name for shard in shards for name in shard.imports}))
        done.append(Checkpoint(shards[0].path, weights, imports=imports, files=tuple(shard.path for shard in shards)))
    return done


def join_optimizers(parts: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Optimizer and scheduler files go to the weights of their folder (checkpoint-500/optimizer.pt)."""
    done = [part for part in parts if part.weights or not (part.optimizer or part.schedule)]
    for extra in parts:
        if extra in done:
            continue
        near = [
            index
            for index, part in enumerate(done)
            if part.path.parent == extra.path.parent
            and part.weights
            and not (part.optimizer and extra.optimizer)
            and not is_best(part)
        ]
        same = [index for index in near if moment_named(done[index].path) == moment_named(extra.path)]
        if len(same or near) == 1:
            part = done[(same or near)[0]]
            done[(same or near)[0]] = replace(
                part,
                optimizer=part.optimizer or extra.optimizer,
                schedule=part.schedule or extra.schedule,
                step=part.step if part.step is not None else extra.step,
                epoch=part.epoch if part.epoch is not None else extra.epoch,
                files=(*part.files, *extra.files),
            )
        else:
            done.append(extra)
    return done
