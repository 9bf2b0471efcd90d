#!/usr/bin/env bash
# Works through the report's page in Debian's Chromium, with Playwright and axe in a virtual environment of their own, which it
# makes where they are missing.
#
#     scripts/report/check.sh .build/release/pulid-run [--only few|many|served]
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=()
command -v chromium >/dev/null || packages+=(chromium)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
if [ ${#packages[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "report: installing ${packages[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

environment=.build/report-check
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment.new"
    "$environment.new/bin/pip" install --quiet 'playwright==1.65.2' 'axe-playwright-python==0.1.8'
    mv "$environment.new" "$environment"
fi
"$environment/bin/python" scripts/report/check.py "$@" --chromium "$(command -v chromium)" --screenshots out/report-check
