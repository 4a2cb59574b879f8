"""What inspecting the files of a run could have given, on the small base."""

from __future__ import annotations

from wizard.consultation.consultation import Looked
from wizard.vocabulary import ArtifactFile, Finding, Inspected, Place, Unanswered

LOG = ArtifactFile("log", "runs/a/metrics.csv", 12_345, "0" * 64)
FINITE = Finding("never", {"n": 400}, Place("runs/a/metrics.csv", 401, 3990), "loss_becomes_nonfinite", "log")
LATER = Finding("later", {"step": 340}, Place("runs/a/metrics.csv", 12, 340), "loss_becomes_nonfinite", "log")
CLEAN = Finding("finite", {}, None, "data_finite", "recipe")
DIRTY = Finding("nonfinite", {}, Place("train.py", 7), "data_finite", "recipe")


def look(*results: Finding | Unanswered, **more: object) -> Looked:
    """A look at the log with these results; MORE goes to the record."""
    findings = tuple(result for result in results if isinstance(result, Finding))
    unanswered = tuple(result for result in results if isinstance(result, Unanswered))
    return Looked(Inspected(artifacts=(LOG,), findings=findings, unanswered=unanswered, **more))  # type: ignore[arg-type]
