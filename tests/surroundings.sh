# shellcheck shell=bash disable=SC2034
# For the `run` scripts beside it: reads their options, installs, starts and stops programs.
# Nothing of it is written in the clone: packages go to the cache folder, the rest to a temporary one.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/portolan"
started=()
portolan='' upstream=''

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

# `--portolan BIN --upstream BIN`; with `--direct` in place of the first, the scripts are tried on
# the scripted upstream itself, which cannot do what only a gateway can.
options() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --portolan) portolan="${2:?--portolan needs a program}"; shift 2 ;;
      --upstream) upstream="${2:?--upstream needs a program}"; shift 2 ;;
      --direct) portolan=direct; shift ;;
      *) say "usage: run (--portolan BIN | --direct) --upstream BIN"; exit 2 ;;
    esac
  done
  [ -x "$upstream" ] || stop "no scripted upstream at '$upstream'"
  [ "$portolan" = direct ] || [ -x "$portolan" ] || stop "no portolan at '$portolan'"
}

finish() {
  local process
  for process in "${started[@]:-}"; do
    [ -z "$process" ] || kill "$process" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
}

# A folder that is removed at the end, with every program that was started.
begin() {
  work="$(mktemp -d "${TMPDIR:-/tmp}/portolan-tests.XXXXXX")"
  trap finish EXIT
  trap 'exit 130' INT TERM HUP
  # The surroundings of whoever runs this must not reach what is tested.
  local name
  for name in $(compgen -e | grep -E '^(PORTOLAN_|OPENAI_|ANTHROPIC_|CLAUDE|OPENCODE|AIDER_)'); do
    unset "$name"
  done
  export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost PYTHONDONTWRITEBYTECODE=1
}

# `bounded SECONDS COMMAND…`: ends it when the time is over.
bounded() {
  if command -v timeout >/dev/null; then timeout -k 5 "$@"; else perl -e 'alarm shift; exec @ARGV' "$@"; fi
}

# `venv NAME REQUIREMENTS`: a virtual environment in the cache, made anew where the file changed.
venv() {
  local folder="$cache/venv-$1"
  if ! cmp -s "$2" "$folder/requirements.txt"; then
    say "installing the Python packages of $2"
    rm -rf "$folder"
    python3 -m venv "$folder"
    bounded 900 "$folder/bin/pip" install --quiet --disable-pip-version-check --retries 5 -r "$2" >&2
    cp "$2" "$folder/requirements.txt"
  fi
}

# `node_modules NAME FOLDER`: the packages of a package.json, as its lock file says where it has one.
node_modules() {
  local folder="$cache/npm-$1" wanted
  wanted="$(cat "$2/"package*.json)"
  if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
    say "installing the Node packages of $2"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$2/"package*.json "$folder/"
    local how=(install --no-package-lock)
    [ ! -f "$folder/package-lock.json" ] || how=(ci)
    (cd "$folder" && bounded 900 npm "${how[@]}" --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    printf '%s\n' "$wanted" >"$folder/installed"
  fi
}

# `line FILE PATTERN SECONDS`: the first line that matches, of a file that the program started last
# writes; none where it ends before.
line() {
  local turn found
  for ((turn = 0; turn < $3 * 20; turn++)); do
    found="$(grep -m1 -E "$2" "$1" 2>/dev/null || true)"
    [ -z "$found" ] || { printf '%s\n' "$found"; return; }
    kill -0 "${started[${#started[@]} - 1]}" 2>/dev/null || break
    sleep 0.05
  done
  return 1
}

start_upstream() {
  "$upstream" --port 0 --record "$work/requests.jsonl" >"$work/upstream.out" 2>"$work/upstream.err" &
  started+=($!)
  local told
  told="$(line "$work/upstream.out" url 10)" || stop "the scripted upstream did not start: $(cat "$work/upstream.err")"
  UPSTREAM_URL="$(printf '%s' "$told" | sed 's/.*"url":"\([^"]*\)".*/\1/')"
  export UPSTREAM_URL
}

# The gateway in front of both kinds of upstream, with a home of its own; `$1` is a
# file of more settings.
start_portolan() {
  export PORTOLAN_KEY=key-of-the-tests
  if [ "$portolan" = direct ]; then
    export PORTOLAN_URL="$UPSTREAM_URL"
    return
  fi
  mkdir "$work/home"
  python3 - "$UPSTREAM_URL" >"$work/home/config.toml" <<'PYTHON'
import json, socket, sys, urllib.request
upstream = sys.argv[1]
with urllib.request.urlopen(upstream + "/v1/models", timeout=10) as answer:
    models = json.dumps([model["id"] for model in json.load(answer)["data"]])
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
print(f"""version = 1

[listen]
port = {port}

[provider.up-openai]
endpoints = {{ openai-chat = "{upstream}/v1" }}
models = {models}
allow_private = true

[provider.up-anthropic]
endpoints = {{ anthropic-messages = "{upstream}" }}
models = {models}
allow_private = true

[[account]]
provider = "up-openai"
key_env = "UP_KEY"

[[account]]
provider = "up-anthropic"
key_env = "UP_KEY"
""")
PYTHON
  [ -z "${1:-}" ] || sed "s#UPSTREAM_URL#$UPSTREAM_URL#" "$1" >>"$work/home/config.toml"
  PORTOLAN_HOME="$work/home" PORTOLAN_CLIENT_KEY="$PORTOLAN_KEY" UP_KEY=key-of-the-upstream \
    "$portolan" serve >"$work/portolan.out" 2>"$work/portolan.err" &
  started+=($!)
  local told
  told="$(line "$work/portolan.out" '^portolan listening on http' 20)" ||
    stop "portolan did not start: $(tail -n 40 "$work/portolan.out" "$work/portolan.err")"
  export PORTOLAN_URL="${told##* }"
}

# What the gateway said, for whoever has to look into a failure.
show_portolan() {
  [ ! -s "$work/portolan.err" ] || { say "--- the last lines of portolan"; tail -n 40 "$work/portolan.err" >&2; }
}
