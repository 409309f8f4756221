# Shared by run, check and test: finds Python, makes .venv, installs what is missing. Sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$root/.venv"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "Melisma Studio needs Python 3.11, 3.12 or 3.13 with venv, and none was found."
    say "On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
    return 1
}

# Debian packages that a library of ours opens at run time: "package:the file that shows it is there".
system_packages() {
    cat <<'END'
libportaudio2:libportaudio.so.2
libegl1:libEGL.so.1
libgl1:libGL.so.1
libxkbcommon-x11-0:libxkbcommon-x11.so.0
libxcb-cursor0:libxcb-cursor.so.0
libxcb-icccm4:libxcb-icccm.so.4
libxcb-image0:libxcb-image.so.0
libxcb-keysyms1:libxcb-keysyms.so.1
libxcb-render-util0:libxcb-render-util.so.0
libxcb-shape0:libxcb-shape.so.0
libxcb-xinerama0:libxcb-xinerama.so.0
libdbus-1-3:libdbus-1.so.3
libfontconfig1:libfontconfig.so.1
END
}

missing_system_packages() {
    local known entry
    known=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null || true)
    system_packages | while IFS= read -r entry; do
        case "$known" in
            *"${entry#*:} "*) ;;
            *) printf '%s\n' "${entry%%:*}" ;;
        esac
    done
    for entry in "$@"; do # "package:program"
        command -v "${entry#*:}" >/dev/null || printf '%s\n' "${entry%%:*}"
    done
    # A window without a single font shows boxes.
    if command -v fc-list >/dev/null && [ -z "$(fc-list 2>/dev/null | head -n 1)" ]; then printf 'fonts-inter\n'; fi
}

ensure_system_packages() {
    [ "$(uname -s)" = Linux ] || return 0
    local missing sudo=()
    missing=$(missing_system_packages "$@")
    [ -n "$missing" ] || return 0
    if command -v apt-get >/dev/null; then
        if [ "$(id -u)" != 0 ]; then
            if sudo -n true 2>/dev/null; then sudo=(sudo -n); else
                say "These system packages are missing:" $missing
                say "Install them with: sudo apt-get install" $missing
                return 0
            fi
        fi
        say "Installing system packages:" $missing
        "${sudo[@]}" apt-get update -qq >&2 || true
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends $missing libasound2-plugins fonts-inter >&2 || {
            say "The system's package manager could not install them. The studio starts all the same; what needs them will say so."
        }
    else
        say "These libraries are missing; install them with your system's package manager (Debian names):" $missing
    fi
}

# ensure_python_packages [EXTRA...]: quick when nothing has changed since the last time. Extras that an earlier
# call installed stay and are kept up to date.
ensure_python_packages() {
    local extra wanted have="" python stamp="$venv/.installed"
    [ ! -f "$stamp" ] || have=$(head -n 1 "$stamp")
    for extra in "$@"; do
        case ",$have," in *",$extra,"*) ;; *) have="${have:+$have,}$extra" ;; esac
    done
    wanted="$have"$'\n'"$(cat "$root/pyproject.toml" "$root/packaging/constraints.txt" | cksum)"
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    if [ ! -x "$venv/bin/python" ]; then
        python=$(find_python) || return 1
        say "Making $venv with $python"
        "$python" -m venv "$venv" || return 1
    fi
    say "Installing Python packages${have:+ ($have)}; the first time takes some minutes"
    "$venv/bin/python" -m pip install --disable-pip-version-check \
        -c "$root/packaging/constraints.txt" -e "$root${have:+[$have]}" >"$venv/install.log" 2>&1 || {
        tail -n 12 "$venv/install.log" >&2
        say "Some Python packages could not be installed. Check the connection to your package index and run this again; what is there is kept. All of what pip said is in $venv/install.log."
        return 1
    }
    # Compiled once here, so that every start is quick, also where Python was told to write no bytecode.
    "$venv/bin/python" -m compileall -q "$root/studio" "$root/kernels" >/dev/null 2>&1 || true
    printf '%s' "$wanted" >"$stamp"
}
