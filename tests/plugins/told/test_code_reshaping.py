"""Tests of reshaping in forward in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "none": (
        "none_or_flatten",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

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
    ),
    "flatten": (
        "none_or_flatten",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(784, 10)

            def forward(self, x):
                x = torch.flatten(x, 1)
                return self.fc(x)

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
    ),
    "view to rows": (
        "none_or_flatten",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(400, 10)

            def forward(self, x):
                x = x.view(-1, 16 * 5 * 5)
                return self.fc(x)

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
    ),
    "rows by size": (
        "none_or_flatten",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(400, 10)

            def forward(self, x):
                return self.fc(x.view(x.size(0), -1))

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
    ),
    "permute": (
        "transpose_or_permute",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                x = x.permute(0, 2, 1)
                return self.fc(x)

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
    ),
    "heads": (
        "transpose_or_permute",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.q = nn.Linear(64, 64)

            def forward(self, x):
                B, T, C = x.shape
                q = self.q(x).view(B, T, 8, C // 8).transpose(1, 2)
                return q.transpose(1, 2).contiguous().view(B, T, C)

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
    ),
    "view after permute": (
        "transpose_or_permute",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                B, C, T = x.shape
                x = x.permute(0, 2, 1)
                x = x.reshape(B, T, C)
                return self.fc(x)

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
    ),
}
SILENT = {
    "the model is not in view": """
        model = build()
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
    "a generator's view": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 512)

            def forward(self, x):
                return self.fc(x).view(-1, 8, 8, 8)

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
    "no forward": """
        x = x.view(B, T, C)
        loss.backward()
    """,
    "sizes from elsewhere": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                return self.fc(x.view(self.b, self.t, -1))

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
}
FAULTY = {
    "axes swapped by view": (
        "view_across_axes",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                B, C, T = x.shape
                x = x.view(B, T, C)
                return self.fc(x)

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
    ),
    "by reshape and size()": (
        "view_across_axes",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                x = x.reshape(x.size(0), x.size(2), x.size(1))
                return self.fc(x)

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
    ),
    "in a helper": (
        "view_across_axes",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                n, c, h, w = x.size()
                x = torch.reshape(x, (n, h, w, c))
                return self.fc(x)
        """,
    ),
}


@pytest.mark.parametrize(("expected", "text"), HEALTHY.values(), ids=HEALTHY)
def test_healthy_code_has_the_normal_outcome(expected: str, text: str) -> None:
    """Flattening, splitting and reordering as it is meant."""
    found = outcome("reshaping_in_forward", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """A view whose axes cannot be followed."""
    found = outcome("reshaping_in_forward", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """All axes of a tensor, cut anew in another order."""
    found = outcome("reshaping_in_forward", text)

    assert found == expected
