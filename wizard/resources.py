"""Where the data of the package lies, and its words in another language."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wizard.vocabulary import Language

PACKAGE = Path(__file__).parent
KNOWLEDGE_BASE = PACKAGE / "knowledge_base"
ASSETS = PACKAGE / "assets"


def state_folder() -> Path:
    """Where journals of consultations are kept; LOSS_WIZARD_STATE overrides it."""
    return _own_folder("LOSS_WIZARD_STATE", "user_state_dir")


def cache_folder() -> Path:
    """Where the compiled knowledge base is kept; LOSS_WIZARD_CACHE overrides it."""
    return _own_folder("LOSS_WIZARD_CACHE", "user_cache_dir")


def _own_folder(variable: str, kind: str) -> Path:
    import platformdirs  # not needed for `--help`

    return Path(os.environ.get(variable) or getattr(platformdirs, kind)("loss-wizard"))


def probe_snippet() -> str:
    """The lines to run where the model is; what they print is pasted back."""
    return (ASSETS / "probe.py").read_text(encoding="utf-8")


@cache
def translation(language: Language) -> gettext.NullTranslations:
    """The catalogue of LANGUAGE; English sentences are the message ids."""
    return gettext.translation("wizard", localedir=str(ASSETS / "locale"), languages=[language], fallback=True)


def fill(message: str, values: Mapping[str, object], language: Language) -> str:
    """MESSAGE in LANGUAGE with its {slots} filled; without values it is taken as it stands."""
    text = translation(language).gettext(message) if message else ""
    return text.format_map(values) if values else text
