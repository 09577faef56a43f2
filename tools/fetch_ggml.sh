#!/bin/sh
# The pinned ggml source tree, placed at DEST.
#
#     tools/fetch_ggml.sh DEST
#
# The source package libggml-python of the Python package index holds the whole upstream tree of
# ggml: wherever pip works, this works, and pip's own configuration (mirrors, proxies,
# certificates) applies. pip compares the SHA-256 before it opens the package. The tree appears at
# DEST whole or not at all; nothing happens when it is there already.
set -eu

package=libggml-python
version=0.20.2.post1
sha256=e47ff53506342959ffb3ce15380b82828fea10ec5f208f9ef6915895f1a7a176

fail() {
    echo "fetch_ggml: $*" >&2
    exit 1
}

[ $# -eq 1 ] || fail "give one argument, the folder to create."
dest=$1
[ ! -f "$dest/CMakeLists.txt" ] || exit 0
[ ! -e "$dest" ] || fail "$dest exists but is no ggml source tree. Remove it and start again."
python3 -m pip --version >/dev/null 2>&1 ||
    fail "python3 with pip is missing. Install it (tools/install_dependencies.sh does), or give" \
         "CMake a source tree with -DACESTEP_GGML_SOURCE=DIRECTORY."

parent=$(dirname "$dest")
mkdir -p "$parent"
scratch=$(mktemp -d "$parent/.fetch_ggml.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

echo "Fetching ggml ($package $version) with pip."
echo "$package==$version --hash=sha256:$sha256" >"$scratch/requirements.txt"
python3 -m pip download --no-deps --no-binary "$package" --require-hashes \
    --disable-pip-version-check --dest "$scratch" -r "$scratch/requirements.txt" \
    >"$scratch/pip.log" 2>&1 || {
    cat "$scratch/pip.log" >&2
    fail "pip could not fetch $package $version (its output is above). Check the network, or give" \
         "CMake a source tree with -DACESTEP_GGML_SOURCE=DIRECTORY."
}

mkdir "$scratch/tree"
tar -xzf "$scratch"/*.tar.gz -C "$scratch/tree" --strip-components=1
[ -f "$scratch/tree/ggml/CMakeLists.txt" ] || fail "$package $version holds no ggml source tree."
# Another build may have placed it in the meantime; its tree is the same.
[ -f "$dest/CMakeLists.txt" ] || mv "$scratch/tree/ggml" "$dest"
