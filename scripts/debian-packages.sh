# For scripts that use a server of Debian's without installing it; read by them with `.`. Needs $dir, a folder to work in.

say() { printf '%s\n' "$*" >&2; }

# Libraries below the packages given that are not installed, one after the other on a line.
missing_libraries() {
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$@" 2>/dev/null |
    grep '^lib[a-z0-9]' | sort -u | while read -r name; do
      dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$name"
    done
}

fetch() {
  # shellcheck disable=SC2086 # a list of names
  (cd "$work" && apt-get download $1 >"$dir/apt.log" 2>&1) && ls "$work"/*.deb >/dev/null 2>&1
}

# unpack WHAT NAMES_COMMAND: fetches the packages that the command names and unpacks them into $dir/unpacked.
unpack() {
  command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || { say "found neither $1 nor apt-get: install $1"; exit 1; }
  work=$dir/packages
  rm -rf "$work" "$dir/unpacked"
  mkdir -p "$work" "$dir/unpacked"
  names=$($2)
  if [ -z "$names" ] || ! fetch "$names"; then
    say "$1: refreshing the package lists"
    apt-get update >"$dir/apt.log" 2>&1 || { say "$1: apt-get update failed: $(tail -n 3 "$dir/apt.log")"; exit 1; }
    names=$($2)
    [ -n "$names" ] || { say "$1: Debian has no such package here"; exit 1; }
    fetch "$names" || { say "$1: could not fetch $names: $(tail -n 3 "$dir/apt.log")"; exit 1; }
  fi
  for package in "$work"/*.deb; do dpkg -x "$package" "$dir/unpacked"; done
  rm -rf "$work"
}

# Where the libraries of the unpacked packages are, for LD_LIBRARY_PATH.
library_path() { find "$dir/unpacked" -type d -name '*-linux-gnu*' 2>/dev/null | paste -sd: -; }

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { process.stdout.write(String(s.address().port)); s.close(); })'
}
