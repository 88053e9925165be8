# Sourced by ./run and ./test: the way from a fresh clone to a configured build directory.
#
# Reads    $root, the repository; BUILD_DIR, the build directory (default: build in the repository).
# Sets     $build and $meson.
# Says     nothing while there is nothing to do. Output of the tools goes to $build/*.log and is
#          shown when a step fails.
# Exits    3 when something is missing that cannot be installed from here, 1 when a step fails.
# shellcheck shell=bash

build=${BUILD_DIR:-$root/build}
[[ $build == /* ]] || build=$PWD/$build
meson=

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  local status=$1
  shift
  say "$@"
  exit "$status"
}

# logged NAME COMMAND...: runs the command with its output in $build/NAME.log.
logged() {
  local log=$build/$1.log
  shift
  "$@" >"$log" 2>&1 </dev/null || {
    tail -n 60 "$log" >&2
    die 1 "this failed: $* (whole log: $log)"
  }
}

found_elsewhere() {
  local probe
  for probe in "$@"; do
    case $probe in
      command:*) command -v "${probe#*:}" && return ;;
      pkg:*) pkg-config --exists "${probe#*:}" && return ;;
      file:*) [[ -f ${probe#*:} ]] && return ;;
      header:*) "${CXX:-c++}" -x c++ -fsyntax-only -include "${probe#*:}" /dev/null && return ;;
    esac
  done >/dev/null 2>&1
  return 1
}

may_install() {
  command -v apt-get && { [[ $EUID -eq 0 ]] || { command -v sudo && sudo -n true; }; }
} >/dev/null 2>&1

# Prints the packages of the list that are neither installed nor found elsewhere. dpkg-query answers
# for all of them in one call; only what it does not know is looked for one by one.
missing_packages() {
  local installed='' package probes
  if command -v dpkg-query >/dev/null; then
    # It exits with 1 when one of the packages is unknown to it.
    # shellcheck disable=SC2046 # one word per package
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' \
      $(awk '!/^#/ { print $1 }' "$root/tools/packages.txt") 2>/dev/null || true)
  fi
  while read -r package probes; do
    [[ $package == '#'* || $'\n'$installed$'\n' == *$'\ninstalled '"$package"$'\n'* ]] && continue
    [[ " $probes " == *' optional '* ]] && ! may_install && continue
    # shellcheck disable=SC2086 # one word per probe
    found_elsewhere $probes || printf '%s\n' "$package"
  done <"$root/tools/packages.txt"
}

install_packages() {
  local -a missing as_root=()
  mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} -gt 0 ]] || return 0

  if ! command -v apt-get >/dev/null; then
    die 3 "missing (by their Debian names): ${missing[*]}. There is no apt-get here to install" \
      "them: use this system's package manager, then run this again. tools/packages.txt says by" \
      "which commands, pkg-config modules or headers they are recognised."
  fi
  if [[ $EUID -ne 0 ]]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      as_root=(sudo)
    else
      die 3 "missing packages, and no right to install them. As root:" \
        "apt-get update && apt-get install -y ${missing[*]}"
    fi
  fi

  say "installing ${#missing[@]} packages: ${missing[*]}"
  local log=$build/install.log
  # A failed update is not the end: the lists at hand may do.
  if ! {
    "${as_root[@]}" apt-get update || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    die 3 "apt-get could not install: ${missing[*]} (whole log: $log). These are the names of" \
      "Debian 12; on another release install what corresponds to them, then run this again."
  fi
}

# The first Meson on PATH that is new enough; an old one may stand before Debian's.
find_meson() {
  local candidate version seen=none
  while read -r candidate; do
    version=$("$candidate" --version 2>/dev/null) || continue
    if [[ ${version%%.*} -ge 1 ]]; then
      meson=$candidate
      return
    fi
    seen=$version
  done < <(type -aP meson)
  die 3 "Meson 1.0 or newer is needed, found: $seen. Debian 12 has it: apt-get install meson"
}

prepare() {
  mkdir -p "$build"
  install_packages
  find_meson
  if [[ ! -f $build/build.ninja ]]; then
    say "configuring ${build#"$PWD"/}"
    logged setup "$meson" setup "$build" "$root"
  fi
}

# build_targets TARGET...: `all` is everything.
build_targets() {
  # A dry run tells whether a long silence is ahead.
  if [[ $(ninja -C "$build" -n "$@" 2>/dev/null) != *'no work to do'* ]]; then
    say "building (log: ${build#"$PWD"/}/build.log)"
  fi
  logged build ninja -C "$build" "$@"
}
