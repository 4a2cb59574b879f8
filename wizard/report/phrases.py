"""The fixed words of reports: message ids by what they stand for."""

from __future__ import annotations

from wizard.vocabulary import Artifact


def mark(msgid: str) -> str:
    """MSGID itself: tells the catalogue's test that it is translated where it is shown."""
    return msgid


# Sherman Kent, Words of Estimative Probability (1964), with his two lower words made milder for a reader at a loss.
BANDS = (
    (0.87, mark("almost certain")),
    (0.6, mark("likely")),
    (0.4, mark("about even")),
    (0.1, mark("possible")),
    (0.0, mark("unlikely")),
)
# Jeffreys, Theory of Probability (1961), appendix B, in decibans.
STRENGTHS = ((20.0, mark("decisive")), (10.0, mark("strong")), (5.0, mark("substantial")), (0.0, mark("weak")))

ARTIFACTS: dict[Artifact, str] = {
    "log": mark("training log"),
    "checkpoint": mark("checkpoint"),
    "config": mark("configuration"),
    "environment": mark("environment"),
    "source": mark("source code"),
    "recipe": mark("recipe"),
    "told": mark("your answers"),
}
HAND_OVER: dict[Artifact, str] = {
    "log": mark("the training log (--log FILE)"),
    "checkpoint": mark("checkpoints, best an early and a late one (--checkpoint FILE, once for each)"),
    "recipe": mark("a recipe with make_model(), make_loaders(), make_loss(), make_optimizer() (--recipe FILE.py)"),
    "told": mark("what only you can look up (--answer CHECK=OUTCOME, or loss-wizard ask)"),
}
OPTIONS: dict[Artifact, str] = {
    "log": "--log FILE",
    "checkpoint": "--checkpoint FILE",
    "recipe": "--recipe FILE.py",
    "told": "--answer CHECK=OUTCOME",
}
OPENING_OPTIONS: dict[str, str] = {
    "log": "--log FILE",
    "checkpoint": "--checkpoint FILE",
    "recipe": "--recipe FILE.py",
    "probe": "loss-wizard probe",
}
PASTED_WORDS = {
    "pasted log": mark("pasted log"),
    "pasted probe": mark("pasted block of the probe"),
    "pasted code": mark("pasted code"),
}
RISKS = {"low": mark("low"), "medium": mark("medium"), "high": mark("high")}
REASONS = {
    "absent": mark("nothing was handed over that tells"),
    "inapplicable": mark("does not apply here"),
    "skipped": mark("left out"),
    "crashed": mark("the inspector failed"),
    "unknown": mark("you do not know"),
}
