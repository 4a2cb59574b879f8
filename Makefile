# Set-up is a file target: it runs again only when what it installs has changed.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check lint bench test-live locale format

demo: .venv/.installed
	$(BIN)/loss-wizard demo

test: .venv/.installed
	$(BIN)/python -m pytest -n 2

check: lint test

lint: .venv/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests benchmarks
	$(BIN)/lint-imports
	$(BIN)/loss-wizard kb lint

bench: .venv/.installed
	$(BIN)/python benchmarks/policy.py
	$(BIN)/python benchmarks/talking.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/plain_runs.py

test-live: .venv/.installed-live
	$(BIN)/python -m pytest -m live tests/live

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

locale: .venv/.installed
	$(BIN)/pybabel compile --domain wizard --directory assets/locale

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[recipe,dev]'
	touch $@

.venv/.installed-live: .venv/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt '.[live]'
	touch $@
