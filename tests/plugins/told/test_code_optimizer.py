"""Tests of the optimizer and its settings in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "adam": (
        "usual",
        """
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        """,
    ),
    "adamw": (
        "usual",
        """
        optimizer = AdamW(model.parameters(), lr=5e-5, weight_decay=0.01)
        """,
    ),
    "sgd": (
        "usual",
        """
        optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
        """,
    ),
    "by an option": (
        "usual",
        """
        parser.add_argument('--momentum', type=float, default=0.9)
        optimizer = optim.SGD(net.parameters(), lr=args.lr, momentum=args.momentum)
        """,
    ),
    "by a dictionary": (
        "usual",
        """
        config = {'wd': 0.05}
        optimizer = torch.optim.AdamW(model.parameters(), weight_decay=config['wd'])
        """,
    ),
    "two of the same": (
        "usual",
        """
        optimizer = Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
        optimizer = Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
        """,
    ),
}
SILENT = {
    "an unknown decay": """
        optimizer = torch.optim.Adam(model.parameters(), weight_decay=args.wd)
    """,
    "settings from elsewhere": """
        optimizer = torch.optim.Adam(model.parameters(), **settings)
    """,
    "groups with their own decay": """
        optimizer = torch.optim.AdamW([{'params': a, 'weight_decay': 0.5}, {'params': b}])
    """,
    "two that differ": """
        optimizer = Adam(a.parameters())
        optimizer = SGD(b.parameters(), lr=0.1, momentum=0.99)
    """,
    "no optimizer": """
        loss.backward()
    """,
}
FAULTY = {
    "adam with decay": (
        "adam_with_weight_decay",
        """
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
        """,
    ),
    "strong in sgd": (
        "strong_decay",
        """
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.1)
        """,
    ),
    "strong in adamw": (
        "strong_decay",
        """
        WD = 0.5
        optimizer = torch.optim.AdamW(model.parameters(), weight_decay=WD)
        """,
    ),
    "sgd on a transformer": (
        "sgd_on_transformer",
        """
        encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 6)
        optimizer = torch.optim.SGD(encoder.parameters(), lr=0.1)
        """,
    ),
    "momentum": (
        "high_momentum_or_beta",
        """
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.99)
        """,
    ),
    "second beta": (
        "high_momentum_or_beta",
        """
        optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.9999))
        """,
    ),
}


@pytest.mark.parametrize(("expected", "text"), HEALTHY.values(), ids=HEALTHY)
def test_healthy_code_has_the_normal_outcome(expected: str, text: str) -> None:
    """Usual settings, read through names, options and dictionaries."""
    found = outcome("optimizer_settings", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """A setting that cannot be read."""
    found = outcome("optimizer_settings", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """Each unusual setting."""
    found = outcome("optimizer_settings", text)

    assert found == expected
