# Two commands on a fresh machine with Python 3.11 or later: `make demo` and `make test`. Both may be run again at no cost.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint clean figures accuracy performance pictures
.DELETE_ON_ERROR:

$(VENV)/.package: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.test: $(VENV)/.package
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

# Install, write the example workbook of a 200-customer team, refresh it, say where it is.
demo: $(VENV)/.package
	$(BIN)/crmsheet demo demo

# Everything that is tested. Tests that need LibreOffice or fonts are skipped with the reason where they are missing.
test: $(VENV)/.test
	$(BIN)/python -m pytest -q -n auto

# Style and types, as CI checks them.
lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# The tables of docs/accuracy.md, measured anew.
accuracy: $(VENV)/.dev
	$(BIN)/python benchmarks/accuracy.py
	$(BIN)/python -m benchmarks.findings

# The tables of docs/performance.md, measured anew; takes some minutes.
performance: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[peers]"
	$(BIN)/python benchmarks/performance.py
	$(BIN)/python benchmarks/sheets.py --write

# Every table of measured figures in docs/; takes about an hour.
figures: accuracy performance
	$(BIN)/python benchmarks/steps.py --write
	$(BIN)/python -m benchmarks.excel --write docs/excel.md
	$(BIN)/python benchmarks/batch.py --write docs/scale.md
	$(BIN)/python benchmarks/clv_sample.py --write docs/scale.md

# The pictures of the README, taken anew from the example team; needs LibreOffice and poppler.
pictures: $(VENV)/.dev
	$(BIN)/python -m tools.pictures

clean:
	rm -rf $(VENV) demo build dist *.egg-info
