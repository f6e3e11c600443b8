PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-all check docs bench clean

# Each set of extras is installed once, and again when the metadata change.
.venv/installed-%: pyproject.toml
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	touch $@

demo: .venv/installed-plot  ## Run the main job on handwritten digits: a table, and a picture.
	$(BIN)/skvae demo

test: .venv/installed-test  ## Run the tests, without those marked slow; they must cover 95 % of lines and branches.
	$(BIN)/python -m pytest -n 2 --cov

test-all: .venv/installed-test  ## Run all tests.
	$(BIN)/python -m pytest -n 2 -m "slow or not slow"

check: .venv/installed-dev  ## Format, lint, types, import contract, docstrings, tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate --quiet skvae
	$(MAKE) test

docs: .venv/installed-docs  ## Build the documentation into docs/_build/html, and check all its links.
	$(BIN)/python -m sphinx -W --keep-going -q docs docs/_build/html
	$(BIN)/python docs/_ext/check_links.py docs/_build/html

bench: .venv/installed-bench  ## Measure speed beside Keras, PyTorch and scikit-learn.
	$(BIN)/python benchmarks/speed.py

clean:
	rm -rf .venv build *.egg-info docs/_build docs/api docs/auto_examples
