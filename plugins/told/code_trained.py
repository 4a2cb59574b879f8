"""Which layers the pasted code trains: frozen ones, lost ones, and what the optimizer was given."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_freezing import (
    adapters,
    frozen,
    given_in_part,
    head_after,
    optimizer_too_early,
    plain_list,
    unfrozen_in_vain,
)  # fmt: skip
from wizard.evidence.artifacts.source_layers import OPTIMIZERS, is_library_model
from wizard.evidence.artifacts.source_models import trained_names
from wizard.evidence.artifacts.source_network import network

READY = ("from_pretrained", "create_model")  # of transformers and timm

Judged = tuple[str, ast.AST] | None


@inspector(version=1)
def what_is_trained(code: Code) -> Finding | Unanswered:
    """Lost layers first, then what was frozen, and all of them only if nothing speaks against it."""
    found = _fault(code) or _part(code) or _all(code)
    if found is None:
        return Unanswered("absent", "The code does not show plainly which layers the optimizer trains.")
    return Finding(found[0], {}, code.place(found[1]))


def _fault(code: Code) -> Judged:
    for outcome, look in (
        ("layers_in_plain_list", plain_list),
        ("optimizer_built_too_early", optimizer_too_early),
        ("part_by_accident", unfrozen_in_vain),
    ):
        node = look(code)
        if node is not None:
            return outcome, node
    return None


def _part(code: Code) -> Judged:
    made = adapters(code) or given_in_part(code)
    if made is not None:
        return "part_on_purpose", made
    ice = frozen(code)
    return ("part_on_purpose", ice) if ice is not None and head_after(code, ice) else None


def _all(code: Code) -> Judged:
    optimizers = code.called(*OPTIMIZERS)
    if not optimizers or frozen(code) is not None or not trained_names(code) or code.gaps:
        return None
    if any("freez" in word.lower() or "requires_grad" in word for word in code.words):
        return None
    found = network(code)
    in_view = found is not None and (found.complete or is_library_model(found.library) or found.library in READY)
    return ("everything", optimizers[0]) if in_view else None
