"""Which normalisation the model has. Judges nothing: it is context for causes that need BatchNorm."""

from __future__ import annotations

from wizard.evidence import Finding, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoints
from wizard.plugins.checkpoint.batch_norm import layers


@inspector(version=1)
def normalisation_layers(checkpoints: Checkpoints) -> Finding:
    """BatchNorm is known by its running statistics."""
    found = layers(checkpoints.last)
    return Finding("batch_norm" if found else "other_or_none", {"layers": len(found)})
