"""Judge the strength of weight decay. Does not judge which weights it is applied to."""

from __future__ import annotations

from wizard.evidence import Finding, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoints, ParamGroup

# AdamW is used with up to 0.3 (ViT); decay inside the gradient (SGD, Adam) with 1e-5 to 5e-3, a tenth of this limit.
HIGHEST_DECOUPLED, HIGHEST_COUPLED = 0.5, 0.05
# Shrinking by a thousandth each step halves the weights in 700 steps: nothing that is learnt slower survives.
HIGHEST_PER_STEP = 1e-3
HIGHEST_RATE = {"adam_like": 1e-2}  # of the usual rates; what a rate above that does is not the fault of the decay


def is_very_high(group: ParamGroup, kind: str) -> bool:
    """Whether a group's decay is out of proportion; unless the file says otherwise, Adam's is decoupled."""
    decay, rate = group.number("weight_decay") or 0.0, min(group.rate or 0.0, HIGHEST_RATE.get(kind, 1.0))
    decoupled = kind == "adam_like" and group.settings.get("decoupled_weight_decay") is not False
    return decay > (HIGHEST_DECOUPLED if decoupled else HIGHEST_COUPLED) or decay * rate > HIGHEST_PER_STEP


@inspector(version=2)
def stored_weight_decay(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether some group of the last checkpoint's optimizer decays its weights too strongly."""
    last = checkpoints.last
    groups = last.optimizer.groups if last.optimizer else ()
    decays = [(decay, group) for group in groups if (decay := group.number("weight_decay")) is not None]
    if last.optimizer is None or not decays:
        return Unanswered("absent", "The checkpoint holds no optimizer with a weight decay.")
    strong = [(decay, group) for decay, group in decays if is_very_high(group, last.optimizer.kind)]
    decay, group = max(strong or decays, key=lambda pair: pair[0])
    measured = {"decay": decay, "per_step": decay * (group.rate or 0.0)}
    return Finding("very_high" if strong else "usual", measured, Place(str(last.path), step=last.step))
