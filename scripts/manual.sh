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
for command in $("$program" --help | sed -n '/^SUBCOMMANDS:/,/^$/p' | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    printf '.SS %s\n.nf\n' "$command"
    "$program" help "$command" | verbatim
    printf '.fi\n'
done
