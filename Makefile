# Every command of the project. "make help" lists them.
#
#   ARGS="…"       further arguments of a command, for example: make logs ARGS=web
#   NO_INSTALL=1   make up only reports what this machine lacks

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help packages up down destroy-data repair-access synth keys seal deploy host destroy-host restrict-key release rollback releases manage shell maintenance \
	pipeline-files rehearse logs job status bench docs check test test-long faults

# Where tools/lib/node has installed a newer Node than the machine's own.
export PATH := $(CURDIR)/.deployment/node/bin:$(PATH)
CLI := node tools/bundle.mjs cli/main.ts

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## install what is missing, deploy, and end with the URL of the application
	@tools/setup
	@[ "$(NO_INSTALL)" = 1 ] || $(CLI) up $(ARGS)

down: packages ## stop and remove the containers; all data stays
	@$(CLI) down $(ARGS)

destroy-data: packages ## delete the database and all files, after asking for the name
	@$(CLI) destroy-data $(ARGS)

repair-access: packages ## give access to the database again when its passwords are lost; ARGS=--host on AWS
	@$(CLI) repair-access $(ARGS)

synth: packages ## write cdktf.out from deployment.ts
	@$(CLI) synth $(ARGS)

keys: packages ## make the ssh keys of the machine on AWS
	@$(CLI) keys $(ARGS)

host: packages ## make the machine on AWS; ARGS=--plan only says what would be done
	@tools/providers aws
	@$(CLI) host $(ARGS)

seal: packages ## seal the secrets for GitHub; needs GITHUB_TOKEN
	@$(CLI) seal

deploy: packages ## the whole pipeline: keys, sealed secrets, the machine on AWS, the repository on GitHub
	@tools/providers aws github
	@$(CLI) deploy $(ARGS)

destroy-host: packages ## terminate the machine on AWS; its data, address and backups stay
	@tools/providers aws
	@$(CLI) destroy-host $(ARGS)

restrict-key: packages ## let the deploy key do verbs only, on a machine that was made before
	@$(CLI) restrict-key $(ARGS)

release: packages ## release the project to the machine on AWS, without GitHub; ARGS=--refresh: new base images and packages
	@$(CLI) release $(ARGS)

rollback: packages ## make the release before serve again; ARGS=NAME for another one
	@$(CLI) rollback $(ARGS)

releases: packages ## what was released to the machine on AWS
	@$(CLI) releases $(ARGS)

manage: packages ## the project's manage.py, for example ARGS=createsuperuser; on the machine on AWS, where there is one
	@$(CLI) manage $(ARGS)

shell: packages ## a shell beside the release on the machine on AWS
	@$(CLI) shell

maintenance: packages ## ARGS=on: every visitor is answered "back in a moment"; ARGS=off
	@$(CLI) maintenance $(ARGS)

pipeline-files: packages ## write the workflow and deploy/ into the project's repository; ARGS=--check only compares
	@$(CLI) pipeline-files $(ARGS)

rehearse: packages ## the whole pipeline on this machine, before it touches an account; FAULT=reboot injects a fault
	@tools/setup >&2
	@tools/providers docker aws >&2
	@tools/ssh-programs >&2
	@$(CLI) rehearse $(if $(FAULT),--fault $(FAULT)) $(ARGS)

logs: packages ## follow the logs of web and nginx; ARGS=database for another one, ARGS=--host on AWS
	@$(CLI) logs $(ARGS)

job: packages ## run a job of deployment.ts now: NAME=clearsessions; ARGS=--host on AWS
	@$(CLI) job $(NAME) $(ARGS)

status: packages ## what runs, which release serves, where the data is; ARGS=--host on AWS
	@$(CLI) status $(ARGS)

bench: packages ## the measurements that the README cites
	@bench/run $(ARGS)

docs: packages ## make docs/reference.md and the drawings of docs/architecture.md anew
	@node tools/bundle.mjs docs/generate.ts

check: ## the cheap checks, in less than two minutes: types, lint, formatting, unit tests; also npm test
	@tools/test --check $(ARGS)

test: ## every check, with a few repetitions of the long ones
	@tools/test $(ARGS)

test-long: ## the same with full counts
	@tools/test --long $(ARGS)

faults: ## injects faults into deployments of its own, and writes docs/faults.md; ARGS=--before tries the code of before
	@tools/faults $(ARGS)

packages:
	@tools/packages
