#!/bin/sh
# The whole suite on a fresh machine: sets up what is missing (Chromium and PostgreSQL included, as root), then looks at the
# style, the types and every test, real NocoDB, SMTP, PostgreSQL and browser. Options go to pytest.
set -eu
cd "$(dirname "$0")/.."
. deploy/python.sh

"$python" deploy/install.py tests
PATH=$PWD/.venv/bin:$PATH
export PATH
HOUQIN_TEST_ALL=1 # everything is installed: a real-host test that skips itself has failed
export HOUQIN_TEST_ALL

ruff format --check .
ruff check .
mypy
exec pytest -n auto --dist loadgroup "$@" # a NocoDB, a PostgreSQL and a browser for each core
