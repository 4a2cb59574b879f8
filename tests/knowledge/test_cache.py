"""The compiled base is kept, read back without the loader, and never trusted when anything has changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wizard.errors import KnowledgeError
from wizard.knowledge.cache import cache_file, load_cached, load_knowledge
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.resources import PACKAGE

Edit = Callable[[str, str, str], None]

READ_AND_LIST_IMPORTS = """
import pathlib, sys
from wizard.knowledge.cache import load_cached
base, model = load_cached(pathlib.Path(sys.argv[1]))
print(len(base.causes), *(name for name in ("yaml", "pydantic", "networkx") if name in sys.modules))
"""


def test_what_is_read_back_is_what_was_compiled(small_base: Path) -> None:
    """Entries are equal, arrays have the same bits and shapes."""
    fresh = compile_model(load(small_base))
    load_cached(small_base)
    base, model = load_cached(small_base)

    assert base == load(small_base, vignettes=False)
    assert model.hypotheses == fresh.hypotheses
    assert all(np.array_equal(model.rows[check], fresh.rows[check]) for check in fresh.checks)
    assert np.array_equal(model.works, fresh.works)
    assert np.array_equal(model.priors[True], fresh.priors[True])
    assert model.symptoms == {"loss_is_nan"}


def test_the_second_load_needs_neither_yaml_nor_pydantic_nor_networkx(small_base: Path) -> None:
    """The first frame of the app waits for numpy and msgspec only."""
    load_cached(small_base)
    child = subprocess.run(
        [sys.executable, "-c", READ_AND_LIST_IMPORTS, str(small_base)],
        cwd=PACKAGE.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert child.stdout == "2\n"


def test_a_changed_file_is_seen(small_base: Path, edit: Edit) -> None:
    """The next load after an edit compiles anew."""
    load_cached(small_base)
    edit("remedies/lower_lr.yaml", "minutes: 2", "minutes: 3")

    assert load_cached(small_base)[0].remedies["lower_lr"].minutes == 3


def test_a_base_broken_after_it_was_kept_is_refused(small_base: Path, edit: Edit) -> None:
    """The cache does not hide an error."""
    load_cached(small_base)
    edit("remedies/lower_lr.yaml", "minutes: 2", "minutes: no")

    with pytest.raises(KnowledgeError, match="remedies/lower_lr"):
        load_cached(small_base)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
        lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
    ],
    ids=["empty", "cut", "last byte", "first byte"],
)
def test_a_spoilt_cache_is_made_anew(small_base: Path, spoil: Callable[[bytes], bytes]) -> None:
    """One wrong byte anywhere, and the file is replaced by a sound one."""
    load_cached(small_base)
    file = cache_file(small_base)
    sound = file.read_bytes()
    file.write_bytes(spoil(sound))

    base, _ = load_cached(small_base)

    assert base.causes.keys() == {"lr_too_high", "nan_in_data"}
    assert file.read_bytes() == sound


def test_a_cache_that_cannot_be_kept_is_no_error(small_base: Path) -> None:
    """Where the cache folder should be there is a file."""
    folder = cache_file(small_base).parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way", encoding="utf-8")

    assert load_cached(small_base)[0].causes
    assert folder.read_text(encoding="utf-8") == "in the way"


def test_writing_leaves_no_draft_behind(small_base: Path) -> None:
    """One file a knowledge base, whatever happened before."""
    load_cached(small_base)

    assert list(cache_file(small_base).parent.iterdir()) == [cache_file(small_base)]


def test_knowledge_is_base_and_model(small_base: Path) -> None:
    """The door that the rest of the house uses."""
    knowledge = load_knowledge(small_base)

    assert knowledge.model.checks == tuple(sorted(knowledge.base.checks))
