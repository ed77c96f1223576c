# Two commands do all the set-up: `make dossiers` runs the main job, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CASES := $(sort $(wildcard examples/cases/*.yaml))

.PHONY: dossiers test check docs bench lock clean

# A virtual environment from the hashed lock, with the project itself in it.
$(VENV)/.installed: requirements.lock.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "netlm needs Python 3.11 or later")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# What the tests need beside it, from a lock of its own.
$(VENV)/.tests: $(VENV)/.installed requirements.test.lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.test.lock.txt
	touch $@

# The main job: a dossier for every example case, in every format, and all of them as one booklet.
dossiers: $(VENV)/.installed
	@for format in text json html pdf; do $(BIN)/netlm board $(CASES) --output out/ --format $$format || exit; done
	@$(BIN)/netlm board $(CASES) --output out/booklet.pdf --format pdf
	@echo "Dossiers are in out/: $$(ls out/*.json | wc -l) cases as text, JSON, HTML and PDF, and all in booklet.pdf."

# Style, types and every test.
test: check
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.tests
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy

docs: $(VENV)/.tests
	$(BIN)/python docs/build_reference.py

bench: $(VENV)/.tests
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/registry_store.py
	$(BIN)/python benchmarks/studies.py
	$(BIN)/python benchmarks/survival_peers.py
	$(BIN)/python benchmarks/imaging_peers.py

# Renew both locks after a change of dependencies; they agree, since one environment holds both.
COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate
lock: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --upgrade --extra all --group test --group peers --output-file requirements.test.lock.txt pyproject.toml requirements.build.in
	$(COMPILE) --constraint requirements.test.lock.txt --output-file requirements.lock.txt pyproject.toml requirements.build.in

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
