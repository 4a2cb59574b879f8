"""Tests of the depth of a network in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "two layers": (
        "shallow",
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
    "a resnet": (
        "deep_with_skips_and_norm",
        """
        model = torchvision.models.resnet34()
        model = model.cuda()
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
    "a sequential": (
        "shallow",
        """
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        model = model.cuda()
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
    "blocks": (
        "deep_with_skips_and_norm",
        """
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(8, 8)
                self.b = nn.Linear(8, 8)
                self.norm = nn.LayerNorm(8)

            def forward(self, x):
                return x + self.b(F.relu(self.a(self.norm(x))))

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.Sequential(*[Block() for _ in range(12)])

            def forward(self, x):
                return self.blocks(x)

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
    "blocks through a parameter, an unknown number": """
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(8, 8)

            def forward(self, x):
                return x + self.a(x)

        class Net(nn.Module):
            def __init__(self, block, n):
                super().__init__()
                self.layers = nn.Sequential(*[block() for _ in range(n)])
            def forward(self, x):
                return self.layers(x)

        model = Net(Block, depth)
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
    "an unknown number": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(*[nn.Linear(8, 8) for _ in range(n)])

            def forward(self, x):
                return self.net(x)

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
    "deep with a norm only": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8)) for _ in range(16)])

            def forward(self, x):
                return self.net(x)

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
    "vgg": """
        model = models.vgg16()
        model = model.cuda()
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
    "twenty in a row": (
        "deep_plain",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(*[nn.Linear(8, 8) for _ in range(20)])

            def forward(self, x):
                return self.net(x)

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


@pytest.mark.parametrize(("expected", "text"), HEALTHY.values(), ids=HEALTHY)
def test_healthy_code_has_the_normal_outcome(expected: str, text: str) -> None:
    """Shallow, or deep with skips and norms."""
    found = outcome("depth_of_network", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """An unknown number of layers, or only one of skips and norms."""
    found = outcome("depth_of_network", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """Many layers in a row with neither."""
    found = outcome("depth_of_network", text)

    assert found == expected
