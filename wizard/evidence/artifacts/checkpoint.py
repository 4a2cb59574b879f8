"""Checkpoints of a run: weights, optimizer and schedule by their content, in the order of training. Never torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.checkpoint_files import read_file, recognises
from wizard.evidence.artifacts.checkpoint_order import OrderedBy, is_best, place_of, what_orders
from wizard.evidence.artifacts.checkpoint_parts import join_optimizers, join_shards
from wizard.evidence.artifacts.checkpoint_record import Checkpoint, same_weights
from wizard.evidence.artifacts.no_checkpoint import without_weights
from wizard.evidence.artifacts.optimizer_state import OptimizerState, ParameterId, ParamGroup
from wizard.evidence.artifacts.weight_names import is_named_as_parameter
from wizard.vocabulary import Fact, Place

__all__ = [
    "Checkpoint",
    "Checkpoints",
    "OptimizerState",
    "Pair",
    "ParamGroup",
    "ParameterId",
    "is_named_as_parameter",
    "read",
    "recognises",
    "same_weights",
]

COMPANIONS = ("numpy.", "torch.", "transformers.", "accelerate.")  # their objects lie beside weights, in own files
CHECK = "Check the path and the permissions, then try again."


@dataclass(frozen=True, slots=True)
class Pair:
    """Two checkpoints of one model. `is_certain` if they are of different moments: `last.pt` may be a copy."""

    first: Checkpoint
    last: Checkpoint
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The checkpoints of a run in the order of training; `best` ones stand aside, unless there are no others."""

    ordered: tuple[Checkpoint, ...]
    best: tuple[Checkpoint, ...]
    ordered_by: OrderedBy
    files: tuple[Path, ...]
    unreadable: tuple[UnreadableError, ...] = ()

    @property
    def first(self) -> Checkpoint:
        """The earliest."""
        return self.ordered[0]

    @property
    def last(self) -> Checkpoint:
        """The latest."""
        return self.ordered[-1]

    def pair(self) -> Pair | None:
        """The earliest and the last one of the same model; None if there are no two of different moments."""
        for earlier in self.ordered[:-1]:
            shared = same_weights(earlier, self.last)
            begun, ended = place_of(earlier, self.ordered_by), place_of(self.last, self.ordered_by)
            if 2 * len(shared) > len(self.last.trainable) and begun != ended:
                is_certain = self.ordered_by != "time" and not -math.inf < begun < ended == math.inf
                return Pair(earlier, self.last, is_certain)
        return None

    def as_a_whole(self) -> Place:
        """The last one: the place of what is said about them all."""
        return Place(str(self.last.path), step=self.last.step)

    def facts(self) -> tuple[Fact, ...]:
        """What the last checkpoint says of the run."""
        last, known = self.last, dict[str, int | float | str]()
        parameters = sum(tensor.count for tensor in last.trainable.values())
        if parameters:
            known["num_parameters"] = parameters
        if last.optimizer is not None:
            if last.optimizer.rate is not None:
                known["learning_rate"] = last.optimizer.rate
            if (name := last.optimizer.name) is not None:
                known["optimizer"] = name
        for fact, spellings in {
            "batch_size": ("batch_size", "train_batch_size"),
            "num_classes": ("num_classes", "n_classes", "num_labels"),
        }.items():
            told = [last.settings[name] for name in spellings if type(last.settings.get(name)) is int]
            if told and told[0] > 0:
                known[fact] = told[0]
        return tuple(Fact(name, value, "checkpoint") for name, value in known.items())


def read(paths: tuple[Path, ...]) -> Checkpoints:
    """Open PATHS as the checkpoints of one run. Raises UnreadableError if none can be read."""
    parts: list[Checkpoint] = []
    errors: list[UnreadableError] = []
    for path in paths:
        try:
            parts.append(read_file(path))
        except UnreadableError as error:
            errors.append(error)
        except OSError as error:
            reason = error.strerror or str(error)
            errors.append(UnreadableError("It cannot be opened: {reason}.", str(path), CHECK, reason=reason))
    joined = join_optimizers(join_shards(parts, errors))
    full = [part for part in joined if part.weights] or [part for part in joined if part.optimizer or part.schedule]
    folders = {part.path.parent for part in full}
    for part in joined:
        is_companion = part.path.parent in folders and all(name.startswith(COMPANIONS) for name in part.imports)
        if not (part.weights or part.optimizer or part.schedule or is_companion):
            errors.append(without_weights(part.path, part.imports))
    if not full:
        raise errors[0] if errors else UnreadableError("No checkpoint was named.", next="Name a checkpoint file.")
    best = [part for part in full if is_best(part)]
    timed = [part for part in full if part not in best] or best
    by = what_orders(timed)
    ordered = sorted(timed, key=lambda part: (place_of(part, by), str(part.path)))
    return Checkpoints(
        ordered=tuple(ordered),
        best=tuple(best),
        ordered_by=by,
        files=tuple(dict.fromkeys(file for part in joined for file in part.files)),
        unreadable=tuple(errors),
    )
