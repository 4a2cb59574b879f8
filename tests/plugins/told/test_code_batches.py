"""Tests of how batches are drawn in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "shuffled": (
        "new_each_step",
        """
        train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
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
    "through a function": (
        "new_each_step",
        """
        def train(loader, model):
            for i, (x, y) in enumerate(tqdm(loader)):
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()

        train_dl = DataLoader(data, 32, shuffle=True)
        val_dl = DataLoader(val, 32)
        for epoch in range(3):
            train(train_dl, model)
        """,
    ),
    "a first batch that is shuffled": (
        "new_each_step",
        """
        train_set = TensorDataset(X, y)
        train_loader = DataLoader(train_set, batch_size=8, shuffle=True)
        for step in range(100):
            x, y = next(iter(train_loader))
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        """,
    ),
    "weighted": (
        "new_each_step",
        """
        train_loader = DataLoader(train_set, batch_size=8, sampler=WeightedRandomSampler(w, 100))
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
    "distributed and told the epoch": (
        "new_each_step",
        """
        sampler = DistributedSampler(train_set)
        train_loader = DataLoader(train_set, batch_size=8, sampler=sampler)
        model = DDP(model)

        for epoch in range(10):
            sampler.set_epoch(epoch)
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "accelerate": (
        "new_each_step",
        """
        train_loader = DataLoader(train_set, batch_size=8, shuffle=True)
        model, optimizer, train_loader = accelerator.prepare(model, optimizer, train_loader)

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
    "the loader is not in view": """
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
    "an unknown data set may shuffle": """
        train_loader = DataLoader(make_data(), batch_size=8)
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
    "an iterable data set": """
        class Stream(IterableDataset):
            def __iter__(self):
                yield 1

        train_loader = DataLoader(Stream(), batch_size=8)
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
    "a first batch of a loader that is not in view": """
        for step in range(100):
            x, y = next(iter(loader))
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "one epoch": """
        train_set = TensorDataset(X, y)
        train_loader = DataLoader(train_set, batch_size=8)
        for x, y in train_loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "one batch on purpose": """
        train_set = TensorDataset(X, y)
        overfit_loader = DataLoader(train_set, batch_size=8)
        for step in range(100):
            x, y = next(iter(overfit_loader))
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
    """,
}
FAULTY = {
    "the first batch, again and again": (
        "same_every_step",
        """
        train_set = TensorDataset(X, y)
        loader = DataLoader(train_set, batch_size=8)
        for step in range(100):
            x, y = next(iter(loader))
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        """,
    ),
    "not shuffled": (
        "same_order_each_epoch",
        """
        train_set = TensorDataset(X, y)
        train_loader = DataLoader(train_set, batch_size=8)
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
    "shuffle=False": (
        "same_order_each_epoch",
        """
        train_set = TensorDataset(X, y)
        train_loader = DataLoader(train_set, batch_size=8, shuffle=False)
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
    "never told the epoch": (
        "same_order_each_epoch",
        """
        train_loader = DataLoader(train_set, batch_size=8, sampler=DistributedSampler(train_set))
        model = DDP(model)

        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "equal on all devices": (
        "equal_on_every_device",
        """
        train_set = TensorDataset(X, y)
        dist.init_process_group('nccl')
        train_loader = DataLoader(train_set, batch_size=8)
        model = DistributedDataParallel(Net())

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
    """Shuffled or sampled anew."""
    found = outcome("batches_over_time", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """Data that may shuffle by itself, and one batch on purpose."""
    found = outcome("batches_over_time", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """A batch or an order that never changes."""
    found = outcome("batches_over_time", text)

    assert found == expected
