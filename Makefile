# Every command of the project. "make help" lists them.
#
#   ARGS="…"       further arguments of a command, for example: make logs ARGS=web
#   NO_INSTALL=1   make up only reports what this machine lacks

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up down destroy-data synth logs status bench test test-long

CLI := node tools/bundle.mjs cli/main.ts

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## install what is missing, deploy, and end with the URL of the application
	@tools/setup
	@$(CLI) up $(ARGS)

down: node_modules ## stop and remove the containers; all data stays
	@$(CLI) down $(ARGS)

destroy-data: node_modules ## delete the database and all files, after asking for the name
	@$(CLI) destroy-data $(ARGS)

synth: node_modules ## write cdktf.out from deployment.ts
	@$(CLI) synth $(ARGS)

logs: node_modules ## follow the logs of web and nginx; ARGS=database for another one
	@$(CLI) logs $(ARGS)

status: node_modules ## what runs, which release serves, where the data is
	@$(CLI) status $(ARGS)

bench: node_modules ## the measurements that the README cites
	@bench/run $(ARGS)

test: ## every check, with a few repetitions of the long ones
	@tools/test $(ARGS)

test-long: ## the same with full counts
	@tools/test --long $(ARGS)

node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules
