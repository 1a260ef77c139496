#!/bin/sh
# One command opens the office: sets up what is missing, then starts the demonstration. See README.md.
# Options go to `houqin up`; --check plays a claim through unattended and ends 0 or 1.
set -eu
cd "$(dirname "$0")/.."
. deploy/python.sh

"$python" deploy/install.py run
exec .venv/bin/houqin up "$@"
