#!/usr/bin/env bash
# Writes the man page of pulid-run, made of its own help: scripts/manual.sh PROGRAM > pulid-run.1
set -euo pipefail
program=$1

# As it stands, but for what troff would take for its own.
verbatim() { sed -e 's/\\/\\e/g' -e "s/^[.']/\\\\\&&/" -e 's/-/\\-/g'; }

version=$("$program" --version)
printf '.TH PULID\\-RUN 1 "" "pulid\\-run %s" "User Commands"\n' "$version"
printf '.SH NAME\npulid\\-run \\- render a person in any style with PuLID on SDXL, from a recipe\n'
printf '.SH DESCRIPTION\n.nf\n'
"$program" --help | verbatim
printf '.fi\n.SH COMMANDS\n'
# The names under SUBCOMMANDS of a help text.
names() { sed -n '/^SUBCOMMANDS:/,/^$/p' | sed -n 's/^  \([a-z]*\) .*/\1/p'; }
section() {
    printf '.SS %s\n.nf\n' "$*"
    "$program" help "$@" | verbatim
    printf '.fi\n'
    for below in $("$program" help "$@" | names); do section "$@" "$below"; done
}
for command in $("$program" --help | names); do section "$command"; done
