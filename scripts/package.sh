#!/usr/bin/env bash
# Puts the program with its manual, completions, recipes and embedded models into a folder, from where it runs without Swift on
# the machine: Swift's libraries are part of it. The system's libraries that it needs are named in PACKAGES.
#
#     scripts/package.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
to=$1

scratch=.build/static
swift build -c release --static-swift-stdlib --scratch-path "$scratch" --product pulid-run
program=$scratch/release/pulid-run

install -d "$to/bin" "$to/share/man/man1" "$to/share/pulid-run" \
    "$to/share/bash-completion/completions" "$to/share/zsh/site-functions" "$to/share/fish/vendor_completions.d"
install -m 755 -s "$program" "$to/bin/pulid-run"
"$program" --generate-completion-script bash > "$to/share/bash-completion/completions/pulid-run"
"$program" --generate-completion-script zsh > "$to/share/zsh/site-functions/_pulid-run"
"$program" --generate-completion-script fish > "$to/share/fish/vendor_completions.d/pulid-run.fish"
scripts/manual.sh "$program" > "$to/share/man/man1/pulid-run.1"
cp -r recipes models examples LICENSE README.md docs "$to/share/pulid-run/"
echo "libyaml-0-2 libpng16-16 libturbojpeg0 libwebp7 libsqlite3-0 libssl3 libcurl4 libstdc++6" > "$to/share/pulid-run/PACKAGES"
