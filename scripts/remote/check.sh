#!/usr/bin/env bash
# Runs a sweep against a real nginx, set up as examples/cache/nginx.conf has it, and compares every byte with a run without it:
#
#     scripts/remote/check.sh [PROGRAM]
#
# Needs nginx and openssl (Debian: nginx-light openssl), and nothing outside this machine; where GNU parallel is installed, it
# runs the lines that are printed for it.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-.build/release/pulid-run}")
command -v nginx >/dev/null || { echo "check: nginx is not installed (Debian: nginx-light)" >&2; exit 1; }

work=$(mktemp -d)
nginx_pid=
finish() {
    [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
fail() { echo "check: $1" >&2; exit 1; }

# The example with folders and a port of its own, run by whoever runs this.
port=$((20000 + RANDOM % 20000))
mkdir -p "$work/data" "$work/tmp"
tls_port=$((port + 1))
password=$(openssl rand -hex 8)
echo "ci:$(openssl passwd -apr1 "$password")" > "$work/htpasswd"
chmod 755 "$work"; [ "$(id -u)" -ne 0 ] || chown www-data "$work/data" "$work/tmp"
{
    echo "daemon off; pid $work/nginx.pid; error_log $work/error.log;"
    [ "$(id -u)" -ne 0 ] || echo "user www-data;"
    echo "events {} http { access_log off;"
    sed "s|/srv/pulid-cache|$work|; s|listen 8080|listen 127.0.0.1:$port|" examples/cache/nginx.conf
    sed "s|/srv/pulid-cache|$work|; s|listen 8080.*|listen 127.0.0.1:$tls_port ssl; ssl_certificate $work/server.pem; ssl_certificate_key $work/server.key;|" \
        examples/cache/nginx.conf
    echo "}"
} > "$work/nginx.conf"
# A certificate of an authority of our own, and another authority, which vouches for nobody here.
authority() { # NAME
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}
authority own; authority other
openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
openssl x509 -req -in "$work/server.csr" -CA "$work/own.pem" -CAkey "$work/own.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=IP:127.0.0.1") -out "$work/server.pem" 2>/dev/null
start_nginx() {
    nginx -c "$work/nginx.conf" 2>"$work/start.log" &
    nginx_pid=$!
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    cat "$work/start.log" "$work/error.log" >&2
    fail "nginx does not start"
}
stop_nginx() {
    kill "$nginx_pid"
    wait "$nginx_pid" || true
    nginx_pid=
}
start_nginx

cp -r models "$work/"
mkdir "$work/recipes"
half() { # NAME FIRST LAST: some seeds of one sweep
    cat > "$work/recipes/$1.yaml" <<RECIPE
recipe: faces
axes: {seed: {from: $2, to: $3}}
nodes:
  picture: {uses: draw_face, seed: "\${seed}", size: 64}
  sdxl: {uses: load_sdxl, base: ../models/tiny/sdxl}
  latent: {uses: encode_image, model: \$sdxl, image: \$picture}
  image: {uses: decode, model: \$sdxl, latent: \$latent}
outputs: {"\${seed}.png": \$image}
RECIPE
}
half whole 1 8; half first 1 4; half second 5 8
export PULID_REMOTE="http://127.0.0.1:$port"
run() { # CACHE OUT RECIPE...: the last line of what it says
    local cache=$1 out=$2; shift 2
    "$program" "$@" --cache "$work/$cache" --out "$work/$out" 2>"$work/said" >/dev/null ||
        { cat "$work/said" >&2; fail "pulid-run $* failed"; }
    tail -n 1 "$work/said" | sed 's/ in [^ ]* s$//'
}
expect() { [ "$1" = "$2" ] || { cat "$work/said" >&2; fail "$3: \"$1\", not \"$2\""; }; }
same() { diff -r "$work/alone" "$work/$1" || fail "$2: other bytes"; }

expect "$(PULID_REMOTE_MODE=off run cache-alone alone "$work/recipes/whole.yaml")" "24 ran, 0 cached, 8 written" "alone"

echo "check: without a password nothing is written, and nothing fails"
expect "$(run cache-a a "$work/recipes/first.yaml")" "12 ran, 0 cached, 4 written" "anonymous"
grep -q 'only read from now on' "$work/said" || fail "nobody said that nothing is written"
[ -z "$(find "$work/data" -type f)" ] || fail "something was written without a password"

export PULID_REMOTE_AUTHORIZATION="Basic $(printf 'ci:%s' "$password" | base64 -w 0)"
echo "check: two halves, two caches, one server: the whole runs nothing"
run cache-1 1 "$work/recipes/first.yaml" >/dev/null
run cache-2 2 "$work/recipes/second.yaml" >/dev/null
expect "$(run cache-3 whole "$work/recipes/whole.yaml")" "0 ran, 24 cached, 8 written" "by the server"
same whole "by the server"
"$program" plan "$work/recipes/whole.yaml" --cache "$work/cache-4" | grep -q '24 in the remote cache), 0 to run' ||
    fail "the plan does not count what the server has"

echo "check: the same by TLS, for those who trust its authority and for nobody else"
export PULID_REMOTE="https://127.0.0.1:$tls_port"
expect "$(PULID_REMOTE_CA="$work/own.pem" run cache-tls tls "$work/recipes/whole.yaml")" "0 ran, 24 cached, 8 written" "by TLS"
same tls "by TLS"
refused() { # NAME: another certificate, or none; the run goes on alone, and soon
    local start=$SECONDS
    expect "$(run "cache-$1" "$1" "$work/recipes/whole.yaml")" "24 ran, 0 cached, 8 written" "$1"
    [ $((SECONDS - start)) -le 60 ] || fail "$1: it took $((SECONDS - start)) s"
    same "$1" "$1"
    grep -qi 'certificate' "$work/said" || { cat "$work/said" >&2; fail "$1: nobody said that the certificate is not trusted"; }
}
PULID_REMOTE_CA="$work/other.pem" refused another-authority
refused no-authority
PULID_REMOTE="https://localhost:$tls_port" PULID_REMOTE_CA="$work/own.pem" refused another-name
export PULID_REMOTE="http://127.0.0.1:$port"

echo "check: the same by GNU parallel's lines"
if parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    export PATH="$work/bin:$PATH"
    mkdir "$work/bin"; ln -s "$program" "$work/bin/pulid-run"
    (
        cd "$work"
        pulid-run plan recipes/whole.yaml --shards 3 --print parallel --cache "$work/cache-parallel" > lines
        [ "$(wc -l < lines)" -ge 3 ] || fail "fewer lines than shards"
        PULID_REMOTE_MODE=off parallel --will-cite --jobs 2 --joblog shards.log < lines 2>"$work/said" ||
            { cat "$work/said" >&2; fail "a line of GNU parallel failed"; }
    )
    expect "$(PULID_REMOTE_MODE=off run cache-parallel parallel "$work/recipes/whole.yaml")" "0 ran, 24 cached, 8 written" "by parallel"
    same parallel "by parallel"
else
    echo "check: (GNU parallel is not installed)"
fi

echo "check: the same by a shared folder"
mkdir "$work/share"
PULID_REMOTE="$work/share" run cache-5 5 "$work/recipes/first.yaml" >/dev/null
PULID_REMOTE="file://$work/share" run cache-6 6 "$work/recipes/second.yaml" >/dev/null
expect "$(PULID_REMOTE="$work/share" run cache-7 folder "$work/recipes/whole.yaml")" "0 ran, 24 cached, 8 written" "by a folder"
same folder "by a folder"

echo "check: the same by files"
for half in 1/first 2/second; do
    "$program" cache export "$work/recipes/${half#*/}.yaml" "$work/half" --cache "$work/cache-${half%/*}" >/dev/null
    "$program" cache import "$work/half" --cache "$work/cache-8" >/dev/null
done
expect "$(PULID_REMOTE_MODE=off run cache-8 import "$work/recipes/whole.yaml")" "0 ran, 24 cached, 8 written" "by files"
same import "by files"

echo "check: a damaged value is made again, and sent again"
for value in $(find "$work/data" -path '*/cas/*' -type f); do printf 'x' | dd of="$value" bs=1 conv=notrunc 2>/dev/null; done
run cache-9 damaged "$work/recipes/whole.yaml" >/dev/null
same damaged "damaged values"
run cache-10 healed "$work/recipes/whole.yaml" >/dev/null
same healed "damaged values, a second time"

echo "check: a server that is not there costs nothing but a word"
stop_nginx
expect "$(run cache-11 dead "$work/recipes/whole.yaml")" "24 ran, 0 cached, 8 written" "no server"
same dead "no server"
start_nginx
[ "$("$program" cache push "$work/recipes/whole.yaml" --cache "$work/cache-11" | cut -d' ' -f1)" -ge 0 ] || fail "push"
expect "$(run cache-12 again "$work/recipes/whole.yaml")" "0 ran, 24 cached, 8 written" "after push"
same again "after push"
"$program" doctor --cache "$work/cache-12" | grep -q 'reachable, writable' || fail "doctor does not reach the server"
echo "check: all well"
