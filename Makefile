# Everything needs only git, make and Python >= 3.11; each target makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint check format docs bench clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	PYTHONWARNINGS="ignore:Editable installation" $(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

demo: $(READY) ## Make a repository of two hundred changes and report on it
	$(BIN)/ledger demo

test: $(READY) ## Run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

check: lint test ## Everything that must hold before a commit

lint: $(READY) ## Format, lint, types, import contracts, docs in step
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck hooks/ledger-hook hooks/ledger-push hooks/pre-commit-entry .ci/run .ci/newer-git
	$(BIN)/python .ci/check_workflows.py action.yml .github/workflows/*.yml templates/github/*.yml templates/ledger.yml
	$(BIN)/python docs/generate.py --check
	$(BIN)/python docs/charts.py

format: $(READY) ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## Write the generated parts of the documentation
	$(BIN)/python docs/generate.py

bench: $(READY) ## Measure, as ratios within one run
	$(BIN)/python bench/start.py
	$(BIN)/python bench/hooks.py
	$(BIN)/python bench/commits.py
	$(BIN)/python bench/db.py
	$(BIN)/python bench/usage.py
	$(BIN)/python bench/notes.py

clean: ## Remove what was made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
