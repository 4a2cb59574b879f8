"""Tests of clipping in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

SILENT = {
    "no clipping": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
    "clipping": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    """,
    "a hinge": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss = loss.clamp(min=0)
                loss.backward()
                optimizer.step()
    """,
    "a clamped ratio": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                ratio = torch.clamp(ratio, 0.8, 1.2)
                loss.backward()
                optimizer.step()
    """,
}
FAULTY = {
    "torch.clamp": (
        "clips_the_loss",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss = torch.clamp(loss, max=10.0)
                loss.backward()
                optimizer.step()
        """,
    ),
    "both limits": (
        "clips_the_loss",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss = torch.clamp(loss, 0, 5)
                loss.backward()
                optimizer.step()
        """,
    ),
    "a method": (
        "clips_the_loss",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss = loss.clamp(max=1)
                loss.backward()
                optimizer.step()
        """,
    ),
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """How often a limit is reached is not in the code, and a lower limit is a hinge."""
    found = outcome("gradient_clipping", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """The loss itself is clamped."""
    found = outcome("gradient_clipping", text)

    assert found == expected
