"""Finding optimizers and learning-rate schedules in what a file holds, by their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wizard.evidence.artifacts.optimizer_state import OptimizerState, ParameterId, ParamGroup, Schedule
from wizard.evidence.artifacts.saved_tree import mappings
from wizard.evidence.artifacts.scalars import first_whole_number, scalar, scalars, whole_number


def find_optimizer(tree: object) -> OptimizerState | None:
    """The optimizer, or several as one."""
    found = list(_optimizers(tree))
    return _merged(found) if found else None


def find_schedule(held: Iterable[Mapping[Any, Any]]) -> Schedule | None:
    """The first of the mappings that is a scheduler's state."""
    for mapping in held:
        is_plateau = {"num_bad_epochs", "factor"} <= set(mapping)
        if "last_epoch" in mapping and (is_plateau or "base_lrs" in mapping or "_last_lr" in mapping):
            return Schedule(
                scalars(mapping.get("base_lrs")),
                scalars(mapping.get("_last_lr")),
                whole_number(mapping.get("last_epoch")),
                first_whole_number([mapping], ("T_max", "total_steps", "total_iters")),
                is_plateau,
            )
    return None


def _optimizers(tree: object) -> Iterator[OptimizerState]:
    """By content: `opt` is settings in one project and an optimizer in the next."""
    for mapping in mappings(tree):
        groups, state = mapping.get("param_groups"), mapping.get("state")
        if isinstance(groups, list) and isinstance(state, dict):
            yield OptimizerState(
                tuple(_group(group) for group in groups if isinstance(group, dict)),
                {key: entry for key, entry in state.items() if isinstance(key, int | str) and isinstance(entry, dict)},
            )


def _group(group: Mapping[Any, Any]) -> ParamGroup:
    settings: dict[str, Any] = {}
    for key, value in group.items():
        if not isinstance(key, str) or key in ("params", "param_names"):
            continue
        number = value if isinstance(value, bool | str | None) else scalar(value)
        settings[key] = tuple(map(scalar, value)) if isinstance(value, tuple | list) and len(value) < 10 else number
    params, names = group.get("params"), group.get("param_names")
    return ParamGroup(
        settings,
        tuple(number for number in params if isinstance(number, int | str)) if isinstance(params, list) else (),
        tuple(map(str, names)) if isinstance(names, list) else (),
    )


def _merged(optimizers: Sequence[OptimizerState]) -> OptimizerState:
    """Several optimizers of one run as one, their ids told apart."""
    if len(optimizers) == 1:
        return optimizers[0]
    groups: list[ParamGroup] = []
    state: dict[ParameterId, Mapping[str, Any]] = {}
    for index, optimizer in enumerate(optimizers):
        groups += [
            replace(group, params=tuple(f"{index}:{number}" for number in group.params)) for group in optimizer.groups
        ]
        state |= {f"{index}:{number}": entry for number, entry in optimizer.state.items()}
    return OptimizerState(tuple(groups), state)
