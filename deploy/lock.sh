#!/bin/sh
# Writes requirements.lock anew from pyproject.toml: for whoever changes a dependency. Needs `uv` (pip install uv).
#
# One file, three sections; deploy/install.py takes the ones it needs:
#   runtime   what Houqin needs to run, and to install itself
#   tests     what only the tests need
#   node      Node.js from PyPI, for machines that have none
# Hashes of every platform's files are listed, and no host is named: any mirror may serve them.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'hatchling\neditables\n' >"$work/build.in"

# The present lock holds versions where they are; `sh deploy/lock.sh --upgrade` moves them all.
compile() {
    out=$work/$1
    shift
    cp requirements.lock "$out" 2>/dev/null || :
    uv pip compile --universal --python-version 3.11 --generate-hashes --no-config --no-emit-index-url \
        --no-annotate --no-header --quiet --output-file "$out" "$@"
}

compile runtime pyproject.toml "$work/build.in" "$@"
compile tests pyproject.toml "$work/build.in" --extra test --constraint "$work/runtime" "$@"
compile node pyproject.toml "$work/build.in" --extra node --constraint "$work/runtime" "$@"

# Entries of the second file that the first lacks. An entry: a line that starts with a name, and the lines under it.
only_in() {
    awk '/^[A-Za-z0-9]/ { name = $1 } NR == FNR { seen[name] = 1; next } !(name in seen)' "$work/runtime" "$work/$1"
}

{
    echo "# Made by deploy/lock.sh; do not edit."
    echo "# --- runtime"
    cat "$work/runtime"
    echo "# --- tests"
    only_in tests
    echo "# --- node"
    only_in node
} >requirements.lock
