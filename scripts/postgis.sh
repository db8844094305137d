#!/bin/sh
# A PostgreSQL with PostGIS for the benches, without installing it.
#   scripts/postgis.sh start   prints postgres://… and nothing else on standard output
#   scripts/postgis.sh stop    ends it and removes its data
# Unpacks Debian's packages into a folder that the account of the server can read; the packages stay there for the next time.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
dir=${TMPDIR:-/tmp}/maillon-postgis-$(id -u)
cluster=$dir/cluster

. "$root/scripts/debian-packages.sh"

# The server with its extension, the projections it reads, and libraries the system lacks; not those of rasters, solids and JIT.
packages() {
  extension=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d' ' -f1 | sort -V | tail -n 1)
  [ -n "$extension" ] || return 0
  server=${extension%-postgis-3}
  libraries=$(apt-cache depends "$server" "$extension" | sed -n 's/^ *|\{0,1\}Depends: \(lib[a-z0-9.+-]*\)$/\1/p' | grep -v -e gdal -e sfcgal -e llvm)
  # shellcheck disable=SC2086 # a list of names
  printf '%s %s %s-scripts proj-data %s' "$server" "$extension" "$extension" "$(missing_libraries $libraries)"
}

find_programs() {
  programs=$(ls -d "$dir"/unpacked/usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
  libraries=$(library_path)
  [ -n "$programs" ] && LD_LIBRARY_PATH=$libraries "$programs/postgres" --version >/dev/null 2>&1
}

# What the package's installation would do: the extension goes by its version until then.
name_extension() {
  for control in "$dir"/unpacked/usr/share/postgresql/*/extension/postgis-3.control; do cp "$control" "${control%-3.control}.control"; done
}

# A server refuses to run as root: an account that the system has runs it.
as_server() {
  if [ "$(id -u)" -ne 0 ]; then "$@"; return; fi
  setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups env LD_LIBRARY_PATH="$libraries" PROJ_LIB="$dir/unpacked/usr/share/proj" PROJ_DATA="$dir/unpacked/usr/share/proj" "$@"
}

find_account() { if id postgres >/dev/null 2>&1; then account=postgres; else account=nobody; fi; }

start() {
  mkdir -p "$dir"
  chmod 755 "$dir"
  find_programs || { unpack postgresql-postgis packages; name_extension; find_programs || { say "postgis.sh: PostgreSQL does not run: $(LD_LIBRARY_PATH=$libraries "$programs/postgres" --version 2>&1)"; exit 1; }; }
  find_account
  export LD_LIBRARY_PATH="$libraries" PROJ_LIB="$dir/unpacked/usr/share/proj" PROJ_DATA="$dir/unpacked/usr/share/proj"
  stop
  mkdir -p "$cluster"
  password=$(node -p 'require("crypto").randomBytes(18).toString("base64url")')
  printf '%s\n' "$password" >"$cluster.password"
  [ "$(id -u)" -ne 0 ] || chown "$account" "$cluster" "$cluster.password"
  as_server "$programs/initdb" -D "$cluster/data" -U postgres --auth=scram-sha-256 --pwfile="$cluster.password" --encoding=UTF8 --no-locale >"$dir/initdb.log" 2>&1 ||
    { say "postgis.sh: initdb failed: $(tail -n 3 "$dir/initdb.log")"; exit 1; }
  rm -f "$cluster.password"
  port=$(free_port)
  as_server "$programs/pg_ctl" -D "$cluster/data" -l "$cluster/log" -w -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c fsync=off -c shared_buffers=1GB -c max_wal_size=8GB -c jit=off" start >/dev/null 2>&1 ||
    { say "postgis.sh: PostgreSQL did not start: $(tail -n 3 "$cluster/log")"; exit 1; }
  printf 'postgres://postgres:%s@127.0.0.1:%s/postgres\n' "$password" "$port"
}

stop() {
  if [ -s "$cluster/data/postmaster.pid" ] && find_programs; then
    find_account
    as_server "$programs/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1 || true
  fi
  rm -rf "$cluster"
}

case ${1-} in
  start) start ;;
  stop) stop ;;
  *)
    say 'usage: scripts/postgis.sh start|stop'
    exit 2
    ;;
esac
