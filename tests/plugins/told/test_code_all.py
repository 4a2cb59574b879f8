"""Tests that whole scripts that are all right are accused of nothing, by any inspector of pasted code."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pasted_code import code_inspectors, judged

from wizard.evidence import Finding, Unanswered
from wizard.knowledge.cache import load_knowledge
from wizard.vocabulary import Check

SCRIPTS = sorted((Path(__file__).parent.parent.parent / "support" / "healthy_scripts").glob("*.txt"))
# what is right or says nothing against a run; any other outcome would be an accusation
HARMLESS = {
    "training_step": {"in_order"},
    "mode_switches": {"both_called", "no_such_layers"},
    "last_layer_before_loss": {"raw_scores"},
    "what_is_trained": {"everything", "part_on_purpose"},
    "optimizer_settings": {"usual"},
    "schedule_in_use": {"constant_or_as_planned"},
    "gradient_clipping": set(),
    "precision_in_use": {"full", "bf16_autocast", "fp16_with_scaler"},
    "regularisation_in_use": {"usual", "little_or_none"},
    "normalisation_and_batch": {"batch_norm_large_batch", "layer_or_group_norm", "none_shallow"},
    "reshaping_in_forward": {"none_or_flatten", "transpose_or_permute"},
    "batches_over_time": {"new_each_step"},
    "weights_loaded_how": {"all_keys_matched"},
    "depth_of_network": {"shallow", "deep_with_skips_and_norm"},
}
WORDS = [
    "import torch",
    "for x, y in loader:",
    "    loss.backward()",
    "optimizer.step()",
    "class Net(nn.Module):",
    "```python",
    ">>> ",
    "In [3]:",
    "    def forward(self, x):",
    "        return",
    "x = x.view(",
    "(",
    "...",
    "%matplotlib inline",
    "model.eval()",
    "\t",
    "'''",
    "with torch.no_grad():",
    "next(iter(loader))",
    "Traceback (most recent call last):",
    "lambda",
    "loss = loss.clamp(max=1)",
    "0" * 400,
    "x = x",
    "self.x = [nn.Linear(1, 1)]",
    "DataLoader(d, *a, **k)",
    "StepLR(o, 3)",
    "\x00",
    "\ud800",
    "\u00a0",
    "9**9**9**9",
]


@pytest.fixture(scope="module")
def checks() -> dict[str, Check]:
    return load_knowledge().base.checks


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_healthy_script_is_accused_of_nothing(path: Path) -> None:
    """Every finding in a script that trains well is a normal one."""
    found = {
        check: result.outcome
        for check, result in judged(path.read_text("utf-8")).items()
        if isinstance(result, Finding)
    }

    assert found
    assert {check: outcome for check, outcome in found.items() if outcome not in HARMLESS[check]} == {}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_no_inspector_fails_on_a_whole_script(path: Path) -> None:
    """None of them crashes."""
    results = judged(path.read_text("utf-8")).values()

    assert not [one for one in results if isinstance(one, Unanswered) and one.reason == "crashed"]


def test_there_are_fifteen_scripts() -> None:
    """The folder is found."""
    assert len(SCRIPTS) >= 15


def test_every_check_of_the_opening_has_an_inspector(checks: dict[str, Check]) -> None:
    """What is promised for pasted code is looked at, and by outcomes that the check knows."""
    opens = load_knowledge().base.opened_by("code")

    assert {one.check for one in code_inspectors()} >= set(opens)
    assert all(HARMLESS[check] <= set(checks[check].outcomes) for check in opens)


@settings(max_examples=150, deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=30).map("\n".join))
def test_no_text_raises(text: str) -> None:
    """Whatever is pasted, there is an answer for each check or none at all."""
    results = judged(text).values()

    assert not [one for one in results if isinstance(one, Unanswered) and one.reason == "crashed"]
