"""Our policy against the dynamic-programming optimum and simpler policies, on random small bases: ratios of minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/support"))
from policies import by_net_value, expected_minutes, in_fixed_order, most_informative, no_questions
from random_bases import Troubleshooting, random_model

BASES = 60


def main() -> None:
    """Print mean and worst ratio to the optimum of each policy."""
    problems = [Troubleshooting(random_model(seed, causes=6, checks=4, remedies=5)) for seed in range(BASES)]
    optima = [problem.optimum(*problem.start()) for problem in problems]
    print(f"expected minutes over the optimum's, {BASES} random bases")
    for choose in (by_net_value, most_informative, in_fixed_order, no_questions):
        ratios = [expected_minutes(problem, choose) / best for problem, best in zip(problems, optima, strict=True)]
        print(f"{choose.__name__:20} mean {np.mean(ratios):.3f}  worst {max(ratios):.3f}")


if __name__ == "__main__":
    main()
