#!/bin/bash
# Renders a sweep on a Slurm cluster of two nodes on this machine (cluster.sh), undisturbed and then with one thing after
# another killed, and compares every byte with what one process makes. Takes some five minutes; run it as root.
#
#     check.sh [PROGRAM]      the program; else .build/release/pulid-run
set -eu
here=$(dirname "$(readlink -f "$0")")
program=$(readlink -f "${1:-$here/../../.build/release/pulid-run}")
work=$(mktemp -d -p "${TMPDIR:-/tmp}" pulid-cluster-XXXXXX)
shards=4
failures=0
watcher=
server=
port=$((20000 + RANDOM % 20000))

finish() {
    # Jobs first: they are told, and end in time.
    scancel --user="$(id -un)" 2> /dev/null || true
    # The program is the child of a shell.
    [ -z "$watcher" ] || pkill -P "$watcher" 2> /dev/null || kill "$watcher" 2> /dev/null || true
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
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
# Nodes that had only just finished at a moment: what a killed process may lose is what is younger than a second.
moment=
young() {
    cat "$work/$name"/logs/*.json | sed -n 's/.*"event": "finished".*"time": "\([^"]*\)".*/\1/p' | date -f - +%s.%N |
        awk -v now="$moment" '$1 > now - 1.5 && $1 <= now + 0.1 { count++ } END { print count + 0 }'
}
# Of one of the runs on the nodes, by the cache that only they have.
worker() { pgrep -f -- "--shard [1-9].*--cache $work/$name.cache" | head -n 1 | grep .; }

# Refused where Slurm has taken the node back already.
resume() { scontrol update nodename=n2 state=resume 2> /dev/null || true; }

sweep() {
    "$program" slurm "$work/recipe/sweep.yaml" --shards $shards --poll 1 --folder "$work/$name" --cache "$work/$name.cache" \
        --out "$work/$name.out" "${more[@]}" >> "$work/$name.txt" 2>&1
}

# A job that is requeued waits two minutes until its old credential is void, on an idle cluster too; not here.
requeued() { squeue --noheader --array --format='%i %r' | sed -n 's/ BeginTime$//p' | grep .; }
hurry() {
    await requeued || return 0
    for job in $(requeued); do scontrol update "jobid=$job" starttime=now || true; done
}

# As Slurm tells a task that its time is nearly over: one that has begun to work, so that it listens, and has not ended.
told=
tell_one() {
    local task part
    for task in $(squeue --noheader --array --states=running --format=%i); do
        part=${task#*_}
        [ "$part" != "$task" ] && [ -s "$work/$name/logs/$part.json" ] && [ ! -e "$work/$name/status/$part" ] || continue
        # While a task ends, it is refused again and again.
        timeout 5 scancel --batch --signal=USR1 "$task" && told=$part && return 0
    done
    return 1
}

# Until one has gone back into the queue: what was told may have ended at the same moment.
send_one_back() {
    for _ in $(seq 10); do
        await tell_one || return 0
        for _ in $(seq 600); do
            requeued > /dev/null && return 0
            [ ! -e "$work/$name/status/$told" ] || break
            sleep 0.1
        done
    done
    fail "no task goes back into the queue"
}

# What else the sweeps are told.
more=()

# A cache on the network, as docs/CACHE.md has it, on a port of its own.
start_server() {
    nginx -c "$work/nginx.conf" 2> "$work/nginx.txt" &
    server=$!
    for _ in $(seq 100); do (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && return 0; sleep 0.1; done
    fail "nginx does not start: $(cat "$work/nginx.txt")"
}

# Starts the sweep, and comes back when some nodes have run.
begin() {
    name=$1
    sweep &
    watcher=$!
    await has_events finished 8
}

# Waits for the end; compares with what one process made.
#   $1: how many nodes may have run twice: those that were under way, or young.
compare() {
    local status=0
    wait "$watcher" || status=$?
    watcher=
    [ "$status" = 0 ] || fail "exit status $status: $(tail -n 3 "$work/$name.txt")"
    diff -r "$work/alone.out" "$work/$name.out" > "$work/$name.diff" || fail "other bytes: $(head -n 3 "$work/$name.diff")"
    local ran
    ran=$(events finished)
    [ "$ran" -le $((nodes + $1)) ] || fail "$ran nodes ran, of $nodes"
    # Another round begins new logs, and has less to do.
    [ "$ran" -ge "$nodes" ] || [ "$(grep -c ^submitted "$work/$name.txt")" -gt 1 ] || fail "$ran nodes ran, of $nodes"
    echo "$name: $ran of $nodes nodes ran, $(cat "$work/$name"/status/[1-9]* | cut -d' ' -f2 | sort | uniq -c | xargs)"
}

"$here/cluster.sh" start "$work/cluster" > "$work/cluster.txt"
export SLURM_CONF=$work/cluster/slurm.conf
mkdir "$work/recipe"
# More steps than is usual, so that tasks take longer than it takes to tell them something.
sed "s#\.\./models#$here/../../models#; s#faces/#$here/../../recipes/faces/#; s#steps: 4\$#steps: 30#" \
    "$here/../../recipes/style-sweep.yaml" > "$work/recipe/sweep.yaml"

name=alone
"$program" run "$work/recipe/sweep.yaml" --cache "$work/alone.cache" --out "$work/alone.out" --format json > "$work/alone.json"
nodes=$(grep -c '"event": "finished"' "$work/alone.json")

# One training by both nodes, which `srun` starts as processes that find each other by PMIx.
name=trained-together
cat > "$work/recipe/trained.yaml" << END
recipe: trained
nodes:
  model:    {uses: load_sdxl, base: $here/../../models/tiny/sdxl}
  pictures: {uses: make_dataset, seed: 1, size: 32}
  vae:      {uses: train_vae, model: \$model, pictures: \$pictures, seed: 2, steps: 4, batch: 20}
outputs: {vae.safetensors: \$vae}
END
train=(run "$work/recipe/trained.yaml" --threads 1)
"$program" "${train[@]}" --cache "$work/one.cache" --out "$work/one.out" > "$work/one.txt" 2>&1
srun --mpi=pmix --nodes=2 --ntasks=2 "$program" "${train[@]}" --mpi --cache "$work/$name.cache" --out "$work/$name.out" \
    > "$work/$name.txt" 2>&1 || fail "$(tail -n 3 "$work/$name.txt")"
grep -q '^2 ran' "$work/$name.txt" || fail "not one run of two processes: $(tail -n 3 "$work/$name.txt")"
diff -r "$work/one.out" "$work/$name.out" > /dev/null && echo "$name: the bytes of one process" || fail "other bytes"

begin undisturbed
compare 0
[ "$(cat "$work/$name"/status/[1-9]* | cut -d' ' -f2 | sort -u | wc -l)" = 2 ] || fail "not both nodes were used"

begin worker-killed
await worker
moment=$(date +%s.%N)
kill -KILL "$(worker)" || fail "there was nothing to kill"
compare $((1 + $(young)))

begin node-drained
scontrol update nodename=n2 state=drain reason=check
compare 0
resume

begin node-lost
moment=$(date +%s.%N)
scontrol update nodename=n2 state=down reason=check
lost=$(young)
hurry
resume
compare $((2 + lost))

begin out-of-time
send_one_back
hurry
compare 1
grep -q 'attempt 2' "$work/$name"/logs/[1-9].log || fail "no shard went on in another turn"

begin controller-killed
kill -KILL "$(cat "$work/cluster/slurmctld.pid")"
sleep 2
slurmctld
# What it had not saved it has forgotten: tasks begin again beside those that run, their nodes are drained as having a
# "Duplicate jobid", and who looks after the cluster has to take them back.
while kill -0 "$watcher" 2> /dev/null; do
    for node in n1 n2; do scontrol update "nodename=$node" state=resume 2> /dev/null || true; done
    for job in $(squeue --noheader --array --format='%i %r' 2> /dev/null | sed -n 's/ launch failed.*//p'); do
        scontrol release "$job" || true
    done
    sleep 3
done
# Both tasks of that kind, with what was under way in each.
compare 2

begin coordinator-killed
kill -KILL "$(pgrep -P "$watcher" -f "$program" || echo "$watcher")"
wait "$watcher" 2> /dev/null || true
sweep &
watcher=$!
compare 0
grep -q attached "$work/$name.txt" || fail "the second coordinator did not find the jobs of the first"

# Each node with a cache of its own beside one server: first undisturbed, then with the server killed and started again.
mkdir "$work/data" "$work/tmp"
chmod 755 "$work"
chown www-data "$work/data" "$work/tmp"
echo "ci:$(openssl passwd -apr1 loopback)" > "$work/htpasswd"
{
    echo "daemon off; user www-data; pid $work/nginx.pid; error_log $work/nginx.log; events {}"
    echo "http { access_log off;"
    sed "s|/srv/pulid-cache|$work|; s|listen 8080|listen 127.0.0.1:$port|" "$here/../../examples/cache/nginx.conf"
    echo "}"
} > "$work/nginx.conf"
start_server
export PULID_REMOTE_AUTHORIZATION="Basic $(printf ci:loopback | base64)"
# shellcheck disable=SC2016
more=(--remote "http://127.0.0.1:$port" --node-cache "$work"'/node-cache/$SLURM_ARRAY_JOB_ID-$SLURMD_NODENAME')
begin remote
compare 2

rm -rf "$work/data"/* "$work/node-cache"
begin server-killed
kill -KILL "$server" 2> /dev/null || true
pkill -KILL -P "$server" 2> /dev/null || true
sleep 2
start_server
compare 4

[ "$failures" = 0 ] && echo "cluster: all bytes are those of one machine"
exit "$failures"
