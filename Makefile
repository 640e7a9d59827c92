# Every command of the README. Tools are installed at pinned versions into .tools, which git ignores;
# a machine needs Rust, a C compiler, make and Python 3.

.DEFAULT_GOAL := help
.PHONY: help run show test lint clean

PYTHON ?= python3
CARGO_LAMBDA_VERSION := 1.9.2
AWSCLI_VERSION := 1.46.2

# Where DynamoDB listens in `make run`. The function is at port 9000, cargo-lambda's default for watch and invoke.
LOCAL_DYNAMODB_ADDRESS ?= 127.0.0.1:8000

TOOLS := $(CURDIR)/.tools
CARGO_LAMBDA := $(TOOLS)/cargo-lambda/$(CARGO_LAMBDA_VERSION)
AWSCLI := $(TOOLS)/awscli/$(AWSCLI_VERSION)

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(CARGO_LAMBDA) ## serve the function locally, with a DynamoDB inside
	cargo build --locked --example local
	@printf '\nThe function answers at http://localhost:9000, DynamoDB at http://$(LOCAL_DYNAMODB_ADDRESS).\n'
	@printf 'In a second terminal:\n\n'
	@printf '  export PATH="$(TOOLS)/cargo-lambda/bin:$$PATH"\n'
	@printf '  cargo lambda invoke --data-file events/group-created.json\n'
	@printf '  make show\n\n'
	PATH="$(TOOLS)/cargo-lambda/bin:$$PATH" LOCAL_DYNAMODB_ADDRESS=$(LOCAL_DYNAMODB_ADDRESS) \
	    cargo lambda watch --quiet --example local

show: $(AWSCLI) ## show what `make run` has stored
	AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 \
	    $(TOOLS)/awscli/bin/aws dynamodb scan --endpoint-url http://$(LOCAL_DYNAMODB_ADDRESS) \
	    --table-name tencent-chat-events --output json

test: ## run the tests
	cargo test --locked

lint: ## check format, lints and docs
	cargo fmt --check
	cargo clippy --locked --all-targets -- --deny warnings
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps

clean: ## remove everything that was built, installed or stored
	rm -rf target .tools .local .aws-sam

# A Python package in a virtual environment of its own; the file beside it says which version is in it.
$(CARGO_LAMBDA): PACKAGE := cargo-lambda==$(CARGO_LAMBDA_VERSION)
$(AWSCLI): PACKAGE := awscli==$(AWSCLI_VERSION)
$(CARGO_LAMBDA) $(AWSCLI):
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check $(PACKAGE)
	touch $@
