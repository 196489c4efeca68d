# Everything people and CI do here. Fresh machine: needs python3.11, make and git; the rest is installed when it is missing.
.DEFAULT_GOAL := help
.PHONY: help demo up down status logs test lint types setup pictures bench chaos drills helm-check image-check secrets audit sbom

BOOTSTRAP := sh bezkart/local/bootstrap.sh
BIN := .venv/bin

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## Start everything with a simulated shop and print addresses and logins
	@$(BOOTSTRAP) servers
	@$(BIN)/bezkart demo

up: ## Start everything
	@$(BOOTSTRAP) servers
	@$(BIN)/bezkart up

down: ## Stop everything
	@$(BOOTSTRAP)
	@$(BIN)/bezkart down

status: ## Show processes, ports, health and memory
	@$(BOOTSTRAP)
	@$(BIN)/bezkart status

logs: ## Show logs; NAME=identity for one, FOLLOW=1 to go on
	@$(BOOTSTRAP)
	@$(BIN)/bezkart logs $(NAME) $(if $(FOLLOW),--follow)

test: ## Run all tests on real servers; ARGS="tests/unit -k undo" for some
	@$(BOOTSTRAP) servers browser
	@$(BIN)/python -m pytest $(ARGS)

chaos: ## Kill, cut and starve everything under load, and count what was lost; some ten minutes
	@$(BOOTSTRAP) servers
	@$(BIN)/python -m pytest tests/chaos $(ARGS)

drills: ## Watch, trace, rotate keys, back up and restore a stack of its own; some five minutes
	@$(BOOTSTRAP) servers watch
	@$(BIN)/python -m pytest tests/drills $(ARGS)

lint: ## Check style, types and import rules
	@$(BOOTSTRAP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

helm-check: ## Check the chart, the Dockerfile, compose, alerts and dashboards
	@$(BOOTSTRAP) deploy
	PYTHONPATH=.tools $(BIN)/python -m pytest tests/deploy/files tests/deploy/rendered $(ARGS)

image-check: ## Carry out the Dockerfile's steps in an empty folder and start every process from it; some five minutes
	@$(BOOTSTRAP)
	@$(BIN)/python -m pytest tests/deploy/image $(ARGS)

audit: ## Ask what is known against the locked packages; says so where nobody can be asked
	@$(BOOTSTRAP) supply
	@PYTHONPATH=.supply $(BIN)/python -m bezkart.local.supply audit

sbom: ## Write what we are made of (CycloneDX) and under which licences into .supply/made
	@$(BOOTSTRAP) supply
	@PYTHONPATH=.supply $(BIN)/python -m bezkart.local.supply sbom
	@$(BIN)/python -m bezkart.local.supply licences

secrets: ## Write new secrets for Docker or Kubernetes into ./secrets; DEMO=1 with the logins of the stand-ins
	@$(BOOTSTRAP)
	@$(BIN)/bezkart secrets secrets $(if $(DEMO),--demo)

types: ## Check types only
	@$(BOOTSTRAP)
	$(BIN)/mypy

setup: ## Install what is missing, start nothing
	@$(BOOTSTRAP) servers browser

bench: ## Measure against floors taken in the same run; ARGS="latency" for some sections
	@$(BOOTSTRAP) servers load
	@$(BIN)/python -m bench $(ARGS)

pictures: ## Make the README pictures anew from the running demo
	@$(BOOTSTRAP) browser
	@$(BIN)/python -m tests.e2e.pictures
