#!/usr/bin/env bash
# Installs the system packages that the build needs and that are missing. Does nothing when all are there.
set -euo pipefail

packages=(libssl-dev libyaml-dev libpng-dev libturbojpeg0-dev libwebp-dev libsqlite3-dev libcurl4 pkg-config)

if ! command -v swift >/dev/null; then
    echo "setup: Swift 6.1 or newer is needed: https://www.swift.org/install/linux/" >&2
    exit 1
fi
if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not Debian or Ubuntu; install what gives libyaml, libpng, libturbojpeg, libwebp and" >&2
    echo "       SQLite with their headers, and libcurl, then run make again" >&2
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "setup: installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
