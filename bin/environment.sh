# Sourced by bin/run, bin/test and bin/bench: makes .venv and installs into it.
# POSIX shell, because a bare machine may have nothing else.

PROJECT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
VENV_PYTHON=$PROJECT/.venv/bin/python

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Prints the name of a Python that is new enough.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11 python3.14
    fi
    found=
    for candidate in "$@"; do
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' \
            2>/dev/null) || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            printf '%s\n' "$candidate"
            return
        fi
        found="$found $candidate is Python $version."
    done
    fail "Python 3.11 or newer is needed.${found:-" None was found."}" \
        "Install one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv)," \
        "or name one: PYTHON=/path/to/python3.11 $0"
}

make_venv() {
    python=$(find_python) || exit 1
    echo "Making .venv with $("$python" -V)"
    rm -rf "$PROJECT/.venv"
    "$python" -m venv "$PROJECT/.venv" || {
        rm -rf "$PROJECT/.venv"
        fail "The virtual environment could not be made; the reason is above." \
            "On Debian and Ubuntu a package may be missing: apt install python3-venv"
    }
}

# What an installation depends on; compared as text, so that no digest tool is needed.
describe() {
    "$VENV_PYTHON" -c 'import sys; print(sys.version)' 2>/dev/null
    printf '%s\n' "$PROJECT"
    (
        cd "$PROJECT"
        # With what it includes.
        cat requirements.txt $(sed -n 's/^-r //p' "$1") "$1"
    )
}

is_installed() {
    [ -x "$VENV_PYTHON" ] && [ "$(cat "$PROJECT/.venv/$1.stamp" 2>/dev/null)" = \
        "$(describe "$1")" ]
}

# install REQUIREMENTS_FILE: does nothing, and needs no network, when nothing changed.
install() {
    is_installed "$1" && return
    # Two starts at once must not install over each other.
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$PROJECT/.venv.lock"
        flock 9
        is_installed "$1" && { exec 9>&-; return; }
    fi
    # It may be absent, or broken by a removed or upgraded Python.
    "$VENV_PYTHON" -m pip --version >/dev/null 2>&1 || make_venv
    echo "Installing the packages of $1 (the first time about half a minute)"
    # With this variable set every later start would compile all modules again.
    env -u PYTHONDONTWRITEBYTECODE "$VENV_PYTHON" -m pip install \
        --disable-pip-version-check --no-input --requirement "$PROJECT/$1" ||
        fail "The packages could not be installed; the reason is above." \
            "Usual causes: no way to a package index (see PIP_INDEX_URL, HTTPS_PROXY)," \
            "or a full disk. Run the command again when that is mended."
    describe "$1" >"$PROJECT/.venv/$1.stamp"
    exec 9>&-
}
