"""The loader reads a sound base, and names every error with place and next step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.errors import KnowledgeError
from wizard.knowledge.load import load
from wizard.vocabulary import Text

Edit = Callable[[str, str, str], None]

CAUSE = "causes/lr_schedule/lr_too_high.yaml"
CHECK = "checks/log/loss_becomes_nonfinite.yaml"
ASK = "checks/ask/lower_rate_helps.yaml"
DATA = "causes/data/nan_in_data.yaml"
REMEDY = "remedies/lower_lr.yaml"
VIGNETTE = "vignettes/lr_schedule/lr_too_high.yaml"

# what is wrong: (file, what stands there, what is planted instead, the one line that must come out)
PLANTED = {
    "duplicate key": (
        CAUSE, "prior: common", "prior: common\nprior: rare",
        f"{CAUSE}:4:1 'prior' is here twice, first in line 3. Delete one.",
    ),
    "alias": (
        DATA, "{drop_nan_rows: always}", "*chance",
        f"{DATA}:8:11 the alias '*chance'. Write the value out.",
    ),
    "1e-3": (
        CHECK, "later: .01", "later: 1e-3",
        f"{CHECK}:9:30 '1e-3' is read as text. Write 0.001, or put it in quotes if text is meant.",
    ),
    "yes": (
        REMEDY, "risk: low", "risk: yes",
        f"{REMEDY}:6:7 'yes' is read as true or false. Put it in quotes, or write true or false.",
    ),
    "3:30": (
        REMEDY, "minutes: 2", "minutes: 3:30",
        f"{REMEDY}:5:10 '3:30' is read as a number to base 60. Put it in quotes.",
    ),
    "unknown key": (
        CAUSE, "remedies:", "remedys:",
        f"{CAUSE}:8:1 the key 'remedys' is unknown. Did you mean 'remedies'?",
    ),
    "unknown key inside": (
        ASK, "  minutes: 5", "  minuts: 5\n  minutes: 5",
        f"{ASK}:14:3 the key 'minuts' is unknown. Did you mean 'minutes'?",
    ),
    "unknown check": (
        CAUSE, "  lower_rate_helps:", "  lower_rate_help:",
        f"{CAUSE}:7:3 the check 'lower_rate_help' does not exist. Did you mean 'lower_rate_helps'?",
    ),
    "unknown outcome": (
        CAUSE, "{later: sometimes}", "{latr: sometimes}",
        f"{CAUSE}:5:28 there is no outcome 'latr'. Did you mean 'later'?",
    ),
    "unknown outcome in a vignette": (
        VIGNETTE, "falls_now", "fallsnow",
        f"{VIGNETTE}:4:43 'lower_rate_helps' has no outcome 'fallsnow'. Did you mean 'falls_now'?",
    ),
    "unknown cause": (
        DATA, "leads_to: {}", "leads_to: {lr_to_high: often}",
        f"{DATA}:7:12 the cause 'lr_to_high' does not exist. Did you mean 'lr_too_high'?",
    ),
    "unknown remedy": (
        DATA, "{drop_nan_rows:", "{drop_rows:",
        f"{DATA}:8:12 the remedy 'drop_rows' does not exist. Did you mean 'drop_nan_rows'?",
    ),
    "unknown source": (
        ASK, "[goodfellow_2016]", "[goodfelow_2016]",
        f"{ASK}:16:11 the source 'goodfelow_2016' is not in sources.yaml. Did you mean 'goodfellow_2016'?",
    ),
    "seed claim 153": (
        DATA, "[seed:S099]", "[seed:S153]",
        f"{DATA}:9:11 'seed:S153' is no seed claim. Write one of seed:S001 to seed:S152.",
    ),
    "unknown word": (
        CAUSE, "{present: often}", "{present: oftn}",
        f"{CAUSE}:6:17 the word 'oftn' is unknown. Did you mean 'often'?",
    ),
    "unknown prior": (
        CAUSE, "prior: common", "prior: comon",
        f"{CAUSE}:3:1 the word 'comon' is unknown. Did you mean 'common'?",
    ),
    "a chance of one": (
        CAUSE, "{lower_lr: usually}", "{lower_lr: 1}",
        f"{CAUSE}:8:12 1 is not between 0 and 1. Write a probability or a word of scales.yaml.",
    ),
    "a word where a number belongs": (
        REMEDY, "minutes: 2", 'minutes: "2"',
        f"{REMEDY}:5:1 'minutes' is not a number. Write a number.",
    ),
    "partial row over .995": (
        CAUSE, "{later: sometimes}", "{later: .996}",
        f"{CAUSE}:5:3 the row sums to 0.996 and leaves too little for never. "
        "Lower it to 0.995 at most, or name every outcome.",
    ),
    "empty row": (
        CAUSE, "{later: sometimes}", "{}",
        f"{CAUSE}:5:3 the row names no outcome. Name one, or delete the row.",
    ),
    "full row over 1.15": (
        CHECK, "later: .01}", "later: .3}",
        f"{CHECK}:9:1 the row names every outcome and sums to 1.29. Bring the sum within 0.85 to 1.15.",
    ),
    "missing language": (
        REMEDY, "undo: {en: Restore it., zh: 恢复原值。}", "undo: {en: Restore it.}",
        f"{REMEDY}:4:1 'zh' is missing. Add it.",
    ),
    "empty language": (
        REMEDY, "zh: 恢复原值。", 'zh: " "',
        f"{REMEDY}:4:25 'zh' is empty. Write it.",
    ),
    "no source": (
        REMEDY, "[seed:S020]", "[]",
        f"{REMEDY}:7:1 'sources' is empty. Cite at least one source.",
    ),
    "error of a half": (
        ASK, "error: .05", "error: .5",
        f"{ASK}:15:3 'error' is 0.5. Write a number from 0 to below 0.5.",
    ),
    "no minutes": (
        ASK, "minutes: 5", "minutes: 0",
        f"{ASK}:14:3 'minutes' is 0. Write a number above 0.",
    ),
    "a risk of its own": (
        REMEDY, "risk: low", "risk: tiny",
        f"{REMEDY}:6:1 'risk' is not 'low', 'medium' or 'high'. Write 'low', 'medium' or 'high'.",
    ),
    "an id in the file": (
        REMEDY, "risk: low", "risk: low\nid: lower_lr",
        f"{REMEDY}:7:1 'id' is given by the file's place. Delete this line.",
    ),
    "a complaint that is no symptom": (
        VIGNETTE, "[loss_is_nan]", "[lower_rate_helps]",
        f"{VIGNETTE}:3:13 the symptom 'lower_rate_helps' does not exist. Choose one of: loss_is_nan.",
    ),
    "an unknown outcome required by a check": (
        ASK, "sources: [goodfellow_2016]", "requires: {loss_becomes_nonfinite: [nevr]}\nsources: [goodfellow_2016]",
        f"{ASK}:16:37 'loss_becomes_nonfinite' has no outcome 'nevr'. Did you mean 'never'?",
    ),
    "an unknown outcome required": (
        DATA, "leads_to: {}", "requires: {lower_rate_helps: [falls_nw]}",
        f"{DATA}:7:31 'lower_rate_helps' has no outcome 'falls_nw'. Did you mean 'falls_now'?",
    ),
}  # fmt: skip


def lines_of(folder: Path) -> list[str]:
    """What loading the folder complains of."""
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return caught.value.lines


def test_a_sound_base_is_read(small_base: Path) -> None:
    """Ids come from file names, family and artifact from folders."""
    base = load(small_base)

    assert sorted(base.causes) == ["lr_too_high", "nan_in_data"]
    assert base.causes["lr_too_high"].family == "lr_schedule"
    assert base.checks["loss_is_nan"].artifact == "told"
    assert base.checks["loss_becomes_nonfinite"].artifact == "log"
    assert base.checks["lower_rate_helps"].title == Text("A lower rate helps", "降低学习率有帮助")
    assert list(base.checks["loss_becomes_nonfinite"].outcomes) == ["never", "later"]
    assert list(base.vignettes) == ["lr_too_high", "nan_in_data", "steady_run"]


def test_vignettes_can_be_left_out(small_base: Path) -> None:
    """What only tests need is not even parsed, so its errors stop nobody else."""
    (small_base / VIGNETTE).write_text("broken: [", encoding="utf-8")

    assert load(small_base, vignettes=False).vignettes == {}


def test_a_new_cause_is_one_new_file(small_base: Path) -> None:
    """Nothing else is edited for it to be there."""
    shutil.copy(small_base / CAUSE, small_base / "causes/lr_schedule/warmup_too_short.yaml")

    assert "warmup_too_short" in load(small_base).causes


def test_the_hash_follows_the_content(small_base: Path) -> None:
    """Same files, same hash, wherever they lie; another byte or another name, another hash."""
    before = load(small_base).hash
    moved = small_base.rename(small_base.parent / "moved")
    same = load(moved).hash
    (moved / REMEDY).rename(moved / "remedies/other_name.yaml")
    (moved / CAUSE).write_text(
        (moved / CAUSE).read_text(encoding="utf-8").replace("lower_lr", "other_name"), encoding="utf-8"
    )

    assert same == before
    assert load(moved).hash != before


@pytest.mark.parametrize(("file", "old", "new", "line"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_error_is_named(small_base: Path, edit: Edit, file: str, old: str, new: str, line: str) -> None:
    """One error gives one line: file, line, column, what is wrong, what to do."""
    edit(file, old, new)

    assert lines_of(small_base) == [line]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (CAUSE, "{later: sometimes}", "{later: .995}"),
        (CHECK, "later: .01}", "later: .16}"),
        (CHECK, "{never: .99, later: .01}", "{never: .84, later: .01}"),
        (REMEDY, "minutes: 2", "minutes: .5"),
        (ASK, "error: .05", "error: 0"),
        (DATA, "[seed:S099]", "[seed:S152]"),
        (DATA, "leads_to: {}", "leads_to: {lr_too_high: often}"),
    ],
)
def test_what_is_just_allowed_is_read(small_base: Path, edit: Edit, file: str, old: str, new: str) -> None:
    """The limits themselves are inside."""
    edit(file, old, new)

    assert load(small_base).causes


def test_a_circle_of_effects_is_named(small_base: Path, edit: Edit) -> None:
    """Two causes cannot bring about each other."""
    edit(DATA, "leads_to: {}", "leads_to: {lr_too_high: often}")
    edit(CAUSE, "prior: common", "prior: common\nleads_to: {nan_in_data: rarely}")

    circle = "lr_too_high > nan_in_data > lr_too_high"
    assert lines_of(small_base) == [f"{CAUSE}:4:12 leads_to goes in a circle: {circle}. Delete one of these links."]


def test_a_cause_that_leads_to_itself_is_named(small_base: Path, edit: Edit) -> None:
    """The shortest circle is one."""
    edit(DATA, "leads_to: {}", "leads_to: {nan_in_data: often}")

    assert lines_of(small_base) == [
        f"{DATA}:7:12 leads_to goes in a circle: nan_in_data > nan_in_data. Delete one of these links."
    ]


def test_the_errors_of_all_files_come_together(small_base: Path, edit: Edit) -> None:
    """One run shows all, by file and line; what refers to a broken file is not accused as well."""
    edit(CHECK, "healthy:", "healhty:")
    edit(REMEDY, "minutes: 2", "minutes: 3:30")
    edit(CAUSE, "{present: often}", "{presnt: often}")
    edit(CAUSE, "prior: common", "prior: comon")

    assert [line.split(" ")[0] for line in lines_of(small_base)] == [
        f"{CAUSE}:3:1",
        f"{CAUSE}:6:17",
        f"{CHECK}:1:1",
        f"{CHECK}:9:1",
        f"{REMEDY}:5:10",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("remedies/x.YML", "the name of an entry ends in '.yaml'. Rename the file."),
        ("remedies/Lower-LR.yaml", "the file name 'Lower-LR' is not snake_case. Rename it."),
        ("causes/data/healthy.yaml", "'healthy' is reserved. Rename the file."),
        ("checks/log/lower_rate_helps.yaml", f"'lower_rate_helps' is also the id of {ASK}. Rename one of the two."),
        ("remedies/lr_too_high.yaml", f"'lr_too_high' is also the id of {CAUSE}. Rename one of the two."),
        (
            "notes.txt",
            "entries do not lie here. Move this file to checks/<artifact or ask>/, causes/<family>/, "
            "remedies/, checklists/ or vignettes/<family>/, or delete it.",
        ),
    ],
)
def test_a_file_out_of_place_is_named(small_base: Path, name: str, message: str) -> None:
    """A file that would be overlooked, or would hide another, is an error."""
    (small_base / name).write_text("a: 1\n", encoding="utf-8")

    assert lines_of(small_base) == [f"{name}:1:1 {message}"]


def test_a_hidden_file_is_let_be(small_base: Path) -> None:
    """Editors and file managers leave such files behind."""
    (small_base / "causes/.DS_Store").write_bytes(b"\0")

    assert load(small_base).causes


def test_an_unknown_family_is_named(small_base: Path) -> None:
    """A folder of causes must be a family."""
    (small_base / "causes/data").rename(small_base / "causes/dat")

    assert lines_of(small_base) == [
        "causes/dat/nan_in_data.yaml:1:1 the folder 'dat' is no family of families.yaml. Did you mean 'data'?"
    ]


def test_a_missing_table_is_named(small_base: Path) -> None:
    """Without its sources a base cannot be checked, and the references to it are not accused."""
    (small_base / "sources.yaml").unlink()

    assert lines_of(small_base) == ["sources.yaml:1:1 this file is missing. Write it."]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """A mistyped --kb is told as such."""
    assert lines_of(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'} is not a folder. Name one that holds a knowledge base."
    ]


FRAGMENTS = [
    "title", "because", "prior", "evidence", "remedies", "sources", "leads_to", "requires", "looks_like", "benign",
    "en", "zh", "lr_too_high", "loss_is_nan", "present", "always", "lower_lr", "seed:S001", ": ", ":\n  ", "\n", "\n- ",
    "{", "}", "[", "]", ", ", "0.5", "-1", "true", "null", "中", "'", '"', "&a", "*a", "!!set",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join) | st.text(max_size=60))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_loaded_or_refused(small_base: Path, text: str) -> None:
    """Whatever a cause file says, its errors are lines of that file, never a traceback."""
    (small_base / CAUSE).write_bytes(text.encode(errors="replace"))
    lines = []
    try:
        load(small_base)
    except KnowledgeError as error:
        lines = error.lines

    assert all(line.startswith(f"{CAUSE}:") for line in lines)
