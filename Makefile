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

# The main job: a dossier, as text and as JSON, for every example case.
dossiers: $(VENV)/.installed
	@$(BIN)/netlm board $(CASES) --output out/
	@$(BIN)/netlm board $(CASES) --output out/ --format json
	@echo "Dossiers are in out/: $$(ls out/*.txt | wc -l) as text, $$(ls out/*.json | wc -l) as JSON."

# Style, types and every test.
test: check
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.installed
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy

docs: $(VENV)/.installed
	$(BIN)/python docs/build_reference.py

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/survival_peers.py

# Renew the lock after a change of dependencies.
lock: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --upgrade \
		--extra all --group test --group peers --output-file requirements.lock.txt pyproject.toml requirements.build.in

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
