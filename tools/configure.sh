#!/bin/sh
# Configures the build of one preset of CMakePresets.json, below build/.
#
#     tools/configure.sh PRESET [CMAKE ARGUMENT ...] [--first CMAKE ARGUMENT ...]
#
# Ninja and ccache are used when they are there. Arguments after --first count only for a build
# folder that does not exist yet: what a developer chose later stays.
set -eu

preset=$1
shift
cd "$(dirname "$0")/.."

new=no
[ -f "build/$preset/CMakeCache.txt" ] || new=yes
first=no
count=$#
while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    count=$((count - 1))
    if [ "$argument" = --first ]; then
        first=yes
    elif [ $first = no ] || [ $new = yes ]; then
        set -- "$@" "$argument"
    fi
done
if [ $new = yes ]; then
    if command -v ninja >/dev/null 2>&1; then
        set -- "$@" -G Ninja
    fi
    if command -v ccache >/dev/null 2>&1; then
        set -- "$@" -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
fi
exec cmake --log-level=NOTICE --preset "$preset" "$@"
