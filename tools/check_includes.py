#!/usr/bin/env python3
"""Compares every #include of the product with who may include whom.

    tools/check_includes.py [ROOT]

The three tables below are the architecture (docs/architecture.md). Include paths and link lines do
not stop a wrong #include; this does, as one of the tests.
"""

import os
import re
import sys

# Folder of src/ -> the other folders of src/ it may include. Every folder may include itself and
# the public headers (include/acestep); nobody includes cli or server.
FOLDERS = {
    "base": set(),
    "hardware": {"base"},
    "processor": {"base"},
    "checkpoint": {"base"},
    "text": {"base"},
    "audio": {"base"},
    "diffusion": {"base"},
    "onednn": {"base", "processor"},
    "runtime": {"base", "checkpoint", "hardware", "onednn", "processor"},
    "models": {"base", "checkpoint", "onednn", "processor", "runtime"},
    "lm": {"base", "models", "processor", "runtime", "text"},
    "planner": {"base", "checkpoint", "hardware", "models", "runtime"},
    "pipeline": {"base", "audio", "checkpoint", "diffusion", "hardware", "lm", "models", "planner",
                 "runtime", "text"},
    "server": {"base"},
    "cli": {"base"},
}

# Outside library -> how its headers are spelled, and the folders that may see it.
LIBRARIES = {
    "ggml": (r"(ggml(-\w+)*|gguf)\.h", {"runtime", "models", "planner", "onednn"}),
    "oneDNN": (r"(oneapi/dnnl/)?dnnl\w*\.(h|hpp)", {"onednn"}),
    "libsndfile": (r"sndfile\.(h|hh)", {"audio"}),
    "libebur128": (r"ebur128\.h", {"audio"}),
    "TagLib": (
        r"(taglib/)?(t[a-z0-9]+|id3v\w+|fileref|\w+(file|tag|frame|properties|comment|picture))\.(h|tcc)",
        {"audio"}),
    "utf8proc": (r"utf8proc\.h", {"text"}),
    "CLI11": (r"CLI/\w+\.hpp", {"cli"}),
    "nlohmann-json": (r"nlohmann/\w+\.hpp",
                      {"checkpoint", "text", "models", "planner", "pipeline", "cli", "server"}),
    "fmt": (r"fmt/\w+\.h", set(FOLDERS)),
    "the operating system": (
        r"(sys|linux|mach|arpa|netinet)/\w+\.h|(unistd|fcntl|windows|signal|pthread|sched|dlfcn"
        r"|termios|spawn|poll|dirent|io|process|psapi|sysinfoapi)\.h",
        {"base", "hardware", "runtime", "cli", "server"}),
    # Instruction-set intrinsics: hand-written kernels only.
    "intrinsics": (r"(imm|x86|arm_neon|arm_sve|cpuid)\w*\.h",
                   {"base", "hardware", "onednn", "processor"}),
}
LIBRARIES = {name: (re.compile(spelling), users) for name, (spelling, users) in LIBRARIES.items()}

STANDARD_C = {"assert.h", "errno.h", "float.h", "limits.h", "math.h", "stdbool.h", "stddef.h",
              "stdint.h", "stdio.h", "stdlib.h", "string.h", "time.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCE = (".h", ".hpp", ".c", ".cc", ".cpp")


def problem_with(header, quoted, folder, root):
    """One sentence when a file of `folder` must not include `header`, else None.

    `folder` is a key of FOLDERS, or "include" (public headers), or "examples".
    """
    own = header.split("/")[0]
    if own == "acestep":
        exists = os.path.isfile(os.path.join(root, "include", header))
        return None if exists else f"include/{header} does not exist"
    if quoted or (own in FOLDERS and "/" in header):
        if own not in FOLDERS or "/" not in header:
            return f'write our own headers as "folder/file.h"; {header} names no folder of src/'
        if not os.path.isfile(os.path.join(root, "src", header)):
            return f"src/{header} does not exist"
        if folder in ("include", "examples"):
            return f"{folder} may include public headers only, not {header}"
        if own != folder and own not in FOLDERS[folder]:
            allowed = ", ".join(sorted(FOLDERS[folder])) or "nothing of ours"
            return f"{folder} may not include {own} ({header}); it may include {allowed}"
        return None
    if header in STANDARD_C or not re.search(r"[./]", header):
        return None
    for name, (spelling, users) in LIBRARIES.items():
        if spelling.fullmatch(header):
            if folder in users:
                return None
            return (f"{header} belongs to {name}, which only {', '.join(sorted(users))} may see, "
                    f"not {folder}")
    return f"{header} is of no library that tools/check_includes.py knows"


def sources_below(path):
    for directory, names, files in os.walk(path):
        names.sort()
        for file in sorted(files):
            if file.endswith(SOURCE):
                yield os.path.join(directory, file)


def check(root):
    """All problems of a source tree, as lines FILE:LINE: SENTENCE, and the number of files read."""
    problems = []
    areas = [(name, os.path.join(root, name)) for name in ("include", "examples")]
    source = os.path.join(root, "src")
    for folder in sorted(os.listdir(source)) if os.path.isdir(source) else []:
        if os.path.isdir(os.path.join(source, folder)):
            areas.append((folder, os.path.join(source, folder)))
    read = 0
    for folder, path in areas:
        if folder not in FOLDERS and folder not in ("include", "examples"):
            problems.append(f"src/{folder}: tools/check_includes.py has no row for this folder")
            continue
        for file in sources_below(path):
            read += 1
            with open(file, encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    found = INCLUDE.match(line)
                    sentence = found and problem_with(found[2], found[1] == '"', folder, root)
                    if sentence:
                        problems.append(f"{os.path.relpath(file, root)}:{number}: {sentence}.")
    return problems, read


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    problems, read = check(os.path.abspath(root))
    if read == 0:
        problems.append(f"{root}: there is no source file below include/, src/ or examples/.")
    print("\n".join(problems) if problems else f"{read} files: every #include is allowed.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
