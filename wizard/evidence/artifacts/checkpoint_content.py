"""What the content of a file means: weights, optimizer, schedule, how far the run was, its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wizard.evidence.artifacts.checkpoint_record import Checkpoint
from wizard.evidence.artifacts.saved_optimizer import find_optimizer, find_schedule
from wizard.evidence.artifacts.saved_tree import fields, is_state_dict, mappings, untensored
from wizard.evidence.artifacts.saved_weights import find_weights
from wizard.evidence.artifacts.scalars import first_whole_number
from wizard.evidence.artifacts.stubs import Stub
from wizard.evidence.artifacts.torch_zip import Saved

STEP_KEYS = ("global_step", "step", "iteration", "iter", "iter_num", "total_it", "niter", "updates")
SETTING_KEYS = ("hyper_parameters", "args", "config", "cfg", "hparams", "train_args", "opt")


def understand(path: Path, saved: Saved) -> Checkpoint:
    """The checkpoint in a file of torch.save; without weights, optimizer and schedule if it holds none."""
    tree = saved.tree
    optimizer = find_optimizer(tree)
    progress = [untensored(mapping) if is_state_dict(mapping) else mapping for mapping in mappings(tree)]
    step = first_whole_number(progress, STEP_KEYS)
    return Checkpoint(
        path=path,
        weights=find_weights(tree),
        optimizer=optimizer,
        schedule=find_schedule(progress),
        step=step if step is not None or optimizer is None else optimizer.steps,
        epoch=first_whole_number(progress, ("epoch",)),
        settings=_find_settings(tree),
        imports=saved.imports,
        files=(path,),
    )


def _find_settings(tree: object) -> dict[str, Any]:
    top = fields(tree)
    for key in SETTING_KEYS:
        if isinstance(top.get(key), dict | Stub) and "param_groups" not in (found := fields(top[key])):
            return {name: value for name, value in found.items() if isinstance(name, str)}
    return {}
