# The words of the project. Each makes the virtual environment itself when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check fmt exim suite bench fuzz index site clean

# The main job on real input: checks each sample configuration and expands its strings.
demo: $(READY)
	$(BIN)/python samples/demo.py

# All tests that need nothing but this tree.
test: $(READY)
	$(BIN)/pytest -q -n auto -m "not exim"

# Format, lint and types, nothing changed.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m grammar.table_tool --check
	$(BIN)/python -m expander.index_tool --check
	$(BIN)/python -m expander.docgen --check docs

fmt: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Live tests: the same inputs to eximulate and to the real Exim on this machine.
exim: $(READY)
	$(BIN)/pytest -q -n auto -m exim

# Exim's own test suite, where it lies beside the project; see tests/suite_helpers/README.md.
SUITE ?= ../shared/suite
suite: $(READY)
	$(BIN)/python tests/suite.py $(SUITE)

bench: $(READY)
	$(BIN)/python benchmarks/expand.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/lookups.py
	$(BIN)/python benchmarks/route.py
	$(BIN)/python benchmarks/session.py
	$(BIN)/python benchmarks/scenarios.py

# Optional: random inputs for as long as FUZZ says, kept in .fuzz; each line FINDING is a fault.
FUZZ ?= -max_total_time=300
fuzz: $(READY)
	$(BIN)/pip install --quiet --editable '.[fuzz]'
	for profile in debian-12 4.99; do \
	    for target in expansion configuration message; do \
	        $(BIN)/python tests/fuzz/run.py $$target $$profile -max_len=300 -mutate_depth=2 $(FUZZ) \
	            .fuzz/$$target-$$profile 2>&1 | grep -v -e INFO: -e NEW -e REDUCE; \
	    done; \
	done

# Writes what is made of others again, after a grammar, a unit or a rule was changed: the tables of the grammars, the
# index of units, the reference and the rules' pages.
index: $(READY)
	$(BIN)/python -m grammar.table_tool
	$(BIN)/python -m expander.index_tool
	$(BIN)/python -m expander.docgen docs

# The pages of docs as a site, in .site. Once its program is there, nothing comes from the network.
site: $(READY)
	test -x $(BIN)/mkdocs || $(BIN)/pip install --quiet --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf .site $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .fuzz

# Some systems ship Python without ensurepip; there pip fetches virtualenv, which needs none.
$(READY): pyproject.toml
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    $(PYTHON) -m pip install --quiet --target $(VENV)/bootstrap virtualenv && \
	    PYTHONPATH=$(VENV)/bootstrap $(PYTHON) -m virtualenv --quiet $(VENV); }
	$(BIN)/pip install --quiet --editable '.[test]'
	$(BIN)/python -m compileall -q grammar drivers expander  # an editable install leaves that to the first run
	touch $@
