#!/bin/sh
# A Redis for tests, without installing it.
#   scripts/redis.sh start   prints redis://127.0.0.1:PORT and nothing else on standard output
#   scripts/redis.sh stop    ends it
# Uses redis-server from the PATH, else unpacks Debian's packages into .data/redis. Keeps nothing on disk.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
dir=$root/.data/redis
pid_file=$dir/redis.pid
port_file=$dir/redis.port

. "$root/scripts/debian-packages.sh"

running() {
  [ -s "$pid_file" ] && [ -s "$port_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null &&
    tr '\0' ' ' <"/proc/$(cat "$pid_file")/cmdline" 2>/dev/null | grep -q 'redis-server'
}

# Runs a program of the unpacked packages, or of the system.
libraries=''
find_server() {
  if command -v redis-server >/dev/null 2>&1; then
    server=$(command -v redis-server)
    return
  fi
  server=$dir/unpacked/usr/bin/redis-server
  [ -f "$server" ] || server=$dir/unpacked/usr/bin/redis-check-rdb # the same program under another name
  libraries=$(library_path)
  [ -x "$server" ] && LD_LIBRARY_PATH=$libraries "$server" --version >/dev/null 2>&1
}

# redis-server, redis-tools and every library below them that is not installed: those the system has are fetched for nothing.
packages() { printf 'redis-server redis-tools %s' "$(missing_libraries redis-server redis-tools)"; }

start() {
  mkdir -p "$dir"
  if running; then
    printf 'redis://127.0.0.1:%s\n' "$(cat "$port_file")"
    return
  fi
  rm -f "$pid_file" "$port_file"
  find_server || { unpack redis-server packages; find_server || { say "redis.sh: $server does not run: $(LD_LIBRARY_PATH=$libraries "$server" --version 2>&1)"; exit 1; }; }
  tries=0
  while :; do
    port=$(free_port)
    LD_LIBRARY_PATH=$libraries "$server" --bind 127.0.0.1 --port "$port" --save '' --appendonly no \
      --maxmemory-policy noeviction --daemonize yes --pidfile "$pid_file" --logfile "$dir/redis.log" --dir "$dir" >/dev/null
    waited=0
    while [ "$waited" -lt 100 ]; do
      if ready "$port"; then
        printf '%s' "$port" >"$port_file"
        printf 'redis://127.0.0.1:%s\n' "$port"
        return
      fi
      waited=$((waited + 1))
      sleep 0.1
    done
    tries=$((tries + 1))
    [ "$tries" -lt 3 ] || { say "redis.sh: Redis did not start: $(tail -n 3 "$dir/redis.log")"; exit 1; }
  done
}

ready() {
  running_pid && node -e 'const s = require("net").connect(+process.argv[1], "127.0.0.1", () => s.write("PING\r\n")); s.on("data", (d) => process.exit(String(d).startsWith("+PONG") ? 0 : 1)); s.on("error", () => process.exit(1))' "$1"
}

running_pid() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

stop() {
  if running; then
    pid=$(cat "$pid_file")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null && [ "$(cut -d' ' -f3 "/proc/$pid/stat" 2>/dev/null)" != Z ]; do sleep 0.1; done
  fi
  rm -f "$pid_file" "$port_file"
}

case ${1-} in
  start) start ;;
  stop) stop ;;
  *)
    say 'usage: scripts/redis.sh start|stop'
    exit 2
    ;;
esac
