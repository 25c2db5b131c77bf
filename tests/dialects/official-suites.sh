#!/usr/bin/env bash
# Runs the two official protocol suites, unmodified, against the protocol fixture on port 3000.
#   official-suites.sh <path>    a checkout of socketio/socket.io, its bare git directory, or a .tar(.gz) of it
# PROTOCOL_SERVER_BINARY names another fixture. The suites are copied to a temporary folder and never kept.
set -euo pipefail

usage() { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$#" -eq 1 ] && [ -e "$1" ] || usage
source="$(realpath "$1")"
here="$(cd "$(dirname "$0")" && pwd)"
fixture="${PROTOCOL_SERVER_BINARY:-$here/../../target/debug/examples/protocol_server}"
suites=(docs/engine.io-protocol/v4-test-suite docs/socket.io-protocol/v5-test-suite)

folder="$(mktemp -d)"
server=
cleanup() {
  [ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

if [ -f "$source" ]; then
  tar -xf "$source" -C "$folder" --wildcards '*docs/*-protocol/*'
  root="$(dirname "$(find "$folder" -type d -path '*/docs/engine.io-protocol' -print -quit)")/.."
elif [ -d "$source/docs/engine.io-protocol" ]; then
  mkdir "$folder/docs"
  cp -r "$source/docs/engine.io-protocol" "$source/docs/socket.io-protocol" "$folder/docs/"
  root="$folder"
else
  git --git-dir="$source" archive HEAD "${suites[@]}" | tar -x -C "$folder"
  root="$folder"
fi

if (exec 3<>/dev/tcp/127.0.0.1/3000) 2>/dev/null; then
  echo "port 3000 is taken, and the suites know no other" >&2
  exit 1
fi
PORT=3000 "$fixture" >"$folder/fixture.log" 2>&1 &
server=$!
disown
for _ in $(seq 100); do
  if (exec 3<>/dev/tcp/127.0.0.1/3000) 2>/dev/null; then break; fi
  kill -0 "$server" 2>/dev/null || { cat "$folder/fixture.log" >&2; exit 1; }
  sleep 0.1
done

failed=0
for suite in "${suites[@]}"; do
  printf '\n== %s\n' "$suite"
  (cd "$root/$suite" && npm ci --silent --no-audit --no-fund && npx mocha test-suite.js) || failed=1
done
exit "$failed"
