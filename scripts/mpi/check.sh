#!/usr/bin/env bash
# Trains by OpenMPI in one, two and three processes, stops one and goes on, loses one of three, and compares every byte with what
# one process alone makes:
#
#     scripts/mpi/check.sh [PROGRAM]
#
# Needs OpenMPI (Debian: openmpi-bin libopenmpi3), and nothing outside this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-.build/release/pulid-run}")
command -v mpirun >/dev/null || { echo "check: OpenMPI is not installed (Debian: openmpi-bin libopenmpi3)" >&2; exit 1; }

work=$(mktemp -d)
together=
finish() {
    [ -z "$together" ] || kill "$together" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
fail() { cat "$work/said" >&2; echo "check: $1" >&2; exit 1; }

ln -s "$PWD/models" "$work/models"
cat > "$work/trained.yaml" <<'RECIPE'
recipe: trained
params: {steps: 4}
nodes:
  model:      {uses: load_sdxl, base: models/tiny/sdxl}
  pictures:   {uses: make_dataset, seed: 1, size: 32}
  vae:        {uses: train_vae, model: $model, pictures: $pictures, seed: 2, steps: "${steps}", batch: 20}
  more:       {uses: train_vae, model: $model, pictures: $pictures, from: $vae, seed: 3, steps: 2, batch: 10}
  recognizer: {uses: train_recognizer, seed: 4, steps: 2}
outputs: {vae.safetensors: $more, recognizer.safetensors: $recognizer}
RECIPE
cd "$work"

# Whoever runs this may be root in a container, with fewer processors than processes.
mpi=(mpirun --allow-run-as-root --oversubscribe)
run() { # PROCESSES NAME ARGUMENTS...
    local count=$1 name=$2; shift 2
    "${mpi[@]}" -n "$count" "$program" run trained.yaml --mpi --threads 1 --cache "cache-$name" --out "$name" "$@" >"$work/said" 2>&1
}
same() { diff -r "${2:-alone}" "$1" >/dev/null || fail "$1: other bytes"; }

"$program" run trained.yaml --threads 2 --cache cache-alone --out alone >"$work/said" 2>&1 || fail "alone"
for count in 1 2 3; do
    echo "check: $count of them"
    run "$count" "of-$count" || fail "$count processes failed"
    same "of-$count"
    [ "$(grep -c '^\[.*: .* s$' said || true)" -le 4 ] || fail "$count: nodes ran more than once"
done

echo "check: what is stopped goes on, alone and with others"
"$program" run trained.yaml --set steps=120 --threads 2 --cache cache-long --out long >"$work/said" 2>&1 || fail "long"
begin() { # NAME: three processes, until they have taken some steps
    # The shell's child is the one to be told.
    "${mpi[@]}" -n 3 "$program" run trained.yaml --mpi --threads 1 --cache "cache-$1" --out "$1" --set steps=120 \
        --format json >"$work/events" 2>"$work/said" &
    together=$!
    for _ in $(seq 600); do
        grep -qE '"done": ([3-9]|[1-9][0-9]),.*"event": "progress"' "$work/events" 2>/dev/null && return 0
        kill -0 "$together" 2>/dev/null || fail "$1 ended too soon"
        sleep 0.1
    done
    fail "$1 takes no steps"
}
begin stopped
kill -INT "$together"
wait "$together" && fail "what was stopped says that it is done"
together=
[ ! -e stopped/vae.safetensors ] || fail "what was stopped has written"
run 2 stopped --set steps=120 || fail "what was stopped does not go on"
same stopped long

echo "check: where one is lost all end, and the next run goes on"
begin lost
kill -KILL "$(pgrep -P "$together" | tail -n 1)" || fail "there was nothing to kill"
wait "$together" && fail "one was lost and nobody says so"
together=
"$program" run trained.yaml --set steps=120 --threads 2 --cache cache-lost --out lost >"$work/said" 2>&1 || fail "lost"
same lost long

echo "check: without mpirun it is one process"
"$program" run trained.yaml --mpi --threads 1 --cache cache-single --out single >"$work/said" 2>&1 || fail "single"
same single
echo "check: all well"
