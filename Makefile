# Every target works on a fresh clone. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
DJADE := find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade
VAR := $(or $(KEPT_VAR),var)
STATIC := $(VAR)/static/staticfiles.json

.PHONY: help setup demo test drills check fmt lock bench screens clean

help:
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

setup: .venv/synced $(STATIC) ## the virtual environment and the static files, nothing else

.venv/synced: requirements.lock .ci/venv.sh
	@.ci/venv.sh
	@touch $@

# Folders count, too: their dates tell of a file that went.
$(STATIC): $(shell find static) .venv/synced crm/settings.py
	@DEBUG= $(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@

demo: setup ## Kept with an invented book on http://127.0.0.1:8000 (or PORT=)
	@exec $(MANAGE) serve --demo --port $(PORT)

test: setup ## every test, on SQLite with a browser and on PostgreSQL
	@.ci/test.sh

drills: setup ## faults on purpose, with real processes (DRILLS="F3 F7/P" ROUNDS=1 SEED=7)
	@.ci/drills.sh $(DRILLS) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(SETUPS),--setups $(SETUPS)) $(if $(SELLERS),--sellers $(SELLERS))

check: setup ## lint, types, layers, templates, migrations, deployment, lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(DJADE) --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python .ci/lock.py check
	$(MANAGE) makemigrations --check --dry-run
	DEBUG= SECRET_KEY=$$(head -c 64 /dev/urandom | base64 -w 0) BASE_URL=https://kept.example \
		EMAIL_URL=smtp+tls://mail.kept.example $(MANAGE) check --deploy --fail-level WARNING

fmt: setup ## format the code and the templates
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(DJADE)

lock: setup ## requirements.lock from pyproject.toml (UPGRADE=1: to the newest versions)
	$(BIN)/python .ci/lock.py write $(if $(UPGRADE),--upgrade)

bench: setup ## the table of performance
	$(BIN)/python -m tests.bench

screens: setup ## pictures of the main pages in var/screens/
	$(BIN)/python -m tests.screens

clean: ## remove what setup and the checks made; the book, photos and mail stay
	rm -rf .venv $(VAR)/static $(VAR)/screens .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
