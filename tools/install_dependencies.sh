#!/bin/sh
# Installs what building acestep needs, with the system's package manager.
#
#     tools/install_dependencies.sh                      to build and run the program
#     tools/install_dependencies.sh --tests              also what the tests need
#     tools/install_dependencies.sh --backends "vulkan"  also what these GPU backends need
#
# Debian 12 and its relatives: only missing packages are installed, and their names are said.
# Needs root or sudo for that. Elsewhere it says what is needed and leaves the choice to you.
set -eu

build_packages="build-essential cmake ninja-build pkg-config git python3 python3-pip
    libdnnl-dev libsndfile1-dev libebur128-dev libtag1-dev libutf8proc-dev
    nlohmann-json3-dev libcli11-dev libfmt-dev"
test_packages="libgtest-dev libgmock-dev clang-14 libclang-rt-14-dev libomp-14-dev"

vulkan_packages="libvulkan-dev glslc spirv-headers mesa-vulkan-drivers"

fail() {
    echo "install_dependencies: $*" >&2
    exit 1
}

packages=$build_packages
tests=no
while [ $# -gt 0 ]; do
    case $1 in
        --tests) tests=yes packages="$packages $test_packages" ;;
        --backends)
            [ $# -ge 2 ] || fail "--backends needs names, such as \"vulkan cuda\"."
            shift
            for backend in $1; do
                case $backend in
                    vulkan) packages="$packages $vulkan_packages" ;;
                    # Their makers' compilers are not in Debian; the build says when one is absent.
                    cuda | hip | sycl | rpc) ;;
                    *) fail "unknown backend \"$backend\"; known: vulkan, cuda, hip, sycl, rpc." ;;
                esac
            done
            ;;
        *) fail "unknown argument \"$1\"; known: --tests, --backends." ;;
    esac
    shift
done

if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is no Debian system, so nothing is installed. The build needs what Debian 12 calls:"
    echo $packages | fold -s -w 90 | sed 's/^/    /'
    exit 0
fi

missing=
for package in $packages; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) in
        "install ok installed") ;;
        *) missing="$missing $package" ;;
    esac
done
# Node.js from elsewhere brings its own npm, which Debian's package would conflict with.
if [ $tests = yes ] && ! command -v npm >/dev/null 2>&1; then
    missing="$missing npm"
fi
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1; then
        sudo=sudo
    else
        echo "install_dependencies: some packages are missing. As root, run:" >&2
        echo "    apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        fail "\"apt-get $*\" failed; its output is above."
    }
}
echo "Installing with apt-get:$missing"
apt update
apt install -y --no-install-recommends $missing
