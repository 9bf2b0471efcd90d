#!/bin/bash
# Renders a sweep on a Slurm cluster of two nodes on this machine (cluster.sh), undisturbed and then with one thing after
# another killed, and compares every byte with what one process makes. Takes two minutes or three; run it as root.
#
#     check.sh [PROGRAM]      the program; else .build/release/pulid-run
set -eu
here=$(dirname "$(readlink -f "$0")")
program=$(readlink -f "${1:-$here/../../.build/release/pulid-run}")
work=$(mktemp -d -p "${TMPDIR:-/tmp}" pulid-cluster-XXXXXX)
shards=4
failures=0
watcher=

finish() {
    # Jobs first: they are told, and end in time.
    scancel --user="$(id -un)" 2> /dev/null || true
    [ -z "$watcher" ] || kill "$watcher" 2> /dev/null || true
    "$here/cluster.sh" stop "$work/cluster"
    if [ "$failures" = 0 ]; then rm -rf "$work"; else echo "all of it is in $work" >&2; fi
}
trap finish EXIT

fail() { echo "FAIL $name: $*" >&2; failures=$((failures + 1)); }

# Waits until a command succeeds, for a minute or two.
await() {
    for _ in $(seq 1200); do "$@" > /dev/null 2>&1 && return 0; sleep 0.1; done
    fail "waited in vain for: $*"
    return 1
}

events() { cat "$work/$name"/logs/*.json 2> /dev/null | grep -c "\"event\": \"$1\"" || true; }
has_events() { [ "$(events "$1")" -ge "$2" ]; }
# Of one of the runs on the nodes, by the cache that only they have.
worker() { pgrep -f -- "--shard [1-9].*--cache $work/$name.cache" | head -n 1; }

# Refused where Slurm has taken the node back already.
resume() { scontrol update nodename=n2 state=resume 2> /dev/null || true; }

sweep() {
    "$program" slurm "$work/recipe/sweep.yaml" --shards $shards --poll 1 --folder "$work/$name" --cache "$work/$name.cache" \
        --out "$work/$name.out" >> "$work/$name.txt" 2>&1
}

# Starts the sweep, and comes back when some nodes have run.
begin() {
    name=$1
    sweep &
    watcher=$!
    await has_events finished 8
}

# Waits for the end; compares with what one process made.
#   $1: how many nodes may have run twice: those that were under way.
compare() {
    local status=0
    wait "$watcher" || status=$?
    watcher=
    [ "$status" = 0 ] || fail "exit status $status: $(tail -n 3 "$work/$name.txt")"
    diff -r "$work/alone.out" "$work/$name.out" > "$work/$name.diff" || fail "other bytes: $(head -n 3 "$work/$name.diff")"
    local ran
    ran=$(events finished)
    [ "$ran" -ge "$nodes" ] && [ "$ran" -le $((nodes + $1)) ] || fail "$ran nodes ran, of $nodes"
    echo "$name: $ran of $nodes nodes ran, $(cat "$work/$name"/status/[1-9]* | cut -d' ' -f2 | sort | uniq -c | xargs)"
}

"$here/cluster.sh" start "$work/cluster" > "$work/cluster.txt"
export SLURM_CONF=$work/cluster/slurm.conf
mkdir "$work/recipe"
sed "s#\.\./models#$here/../../models#; s#faces/#$here/../../recipes/faces/#; s#to: 3#to: 6#" \
    "$here/../../recipes/style-sweep.yaml" > "$work/recipe/sweep.yaml"

name=alone
"$program" run "$work/recipe/sweep.yaml" --cache "$work/alone.cache" --out "$work/alone.out" --format json > "$work/alone.json"
nodes=$(grep -c '"event": "finished"' "$work/alone.json")

begin undisturbed
compare 0
[ "$(cat "$work/$name"/status/[1-9]* | cut -d' ' -f2 | sort -u | wc -l)" = 2 ] || fail "not both nodes were used"

begin worker-killed
kill -KILL "$(worker)" || fail "there was nothing to kill"
compare 1

begin node-drained
scontrol update nodename=n2 state=drain reason=check
compare 0
resume

begin node-lost
scontrol update nodename=n2 state=down reason=check
sleep 1
resume
compare 1

begin controller-killed
kill -KILL "$(cat "$work/cluster/slurmctld.pid")"
sleep 2
slurmctld
compare 0

begin coordinator-killed
kill -KILL "$(pgrep -P "$watcher" -f "$program" || echo "$watcher")"
wait "$watcher" 2> /dev/null || true
sweep &
watcher=$!
compare 0
grep -q attached "$work/$name.txt" || fail "the second coordinator did not find the jobs of the first"

[ "$failures" = 0 ] && echo "cluster: all bytes are those of one machine"
exit "$failures"
