#!/usr/bin/env python3
"""Checks what the compiler cannot: that the repository is fit to be read and cloned anywhere.

    tools/check_repository.py [ROOT]

Fails on a path or a host of one machine, a mark of unfinished work, a backup or a log, a broken
link between documents, a source folder without its short README, a README that grew too long and
untidy white space. Source files above 400 lines are listed: a second subject may hide in them.
"""

import os
import re
import subprocess
import sys

TEXT = (".h", ".hpp", ".c", ".cc", ".cpp", ".py", ".sh", ".md", ".cmake", ".json", ".txt", ".yml")
TEXT_NAMES = ("Makefile", "run", "LICENSE", ".gitignore", ".clang-format", ".editorconfig")
SOURCE = (".h", ".hpp", ".c", ".cc", ".cpp", ".py", ".sh")
DATA = ("tests/golden/data/", "tests/fuzz/corpus/", "checkpoints/")
LONG_FILE = 400
README_LINES, FOLDER_README_LINES = 150, 20

# A line that matches fails. Character classes such as [.] keep the patterns from matching
# themselves.
FORBIDDEN = [
    (r"(^|[\s\"'=(`])/(home|root|work|Users|mnt|t[m]p)/\w", "a path of one machine"),
    (r"(pypi|pythonhosted|npmjs|debian|ubuntu|anaconda)[.](org|com|io)\b",
     "the host of a package registry; its client knows the host"),
    (r"\b(TO[D]O|FIX[M]E|X[X]X|H[A]CK)\b|\b[Nn]ot yet implement[e]d\b",
     "a mark of unfinished work"),
]
FORBIDDEN = [(re.compile(pattern), what) for pattern, what in FORBIDDEN]
LEFTOVER = re.compile(r"(\.(bak|orig|rej|log|swp|tmp|pyc)|~)$")
LINK = re.compile(r"\]\(([^)\s#]+)(#[^)]*)?\)")


def repository_files(root):
    """What git tracks or would track; without git, everything but hidden and build folders."""
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False) if os.path.isdir(os.path.join(root, ".git")) else None
    if listing and listing.returncode == 0:
        names = listing.stdout.decode().split("\0")
        return sorted(name for name in set(names) if os.path.isfile(os.path.join(root, name)))
    files = []
    for directory, names, entries in os.walk(root):
        names[:] = [n for n in names if n not in ("build", ".git", ".cache", "__pycache__")]
        files += [os.path.relpath(os.path.join(directory, entry), root) for entry in entries]
    return sorted(files)


def is_text(name):
    return name.endswith(TEXT) or os.path.basename(name) in TEXT_NAMES


def problems_of_text(name, text):
    """Problems of one file that is written by hand, as (line, sentence)."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        found += [(number, f"holds {what}") for pattern, what in FORBIDDEN if pattern.search(line)]
        if line.endswith((" ", "\t", "\r")):
            found.append((number, "ends with white space"))
    if text and not text.endswith("\n"):
        found.append((text.count("\n") + 1, "does not end with a newline"))
    return found


def broken_links(root, name, text):
    for number, line in enumerate(text.split("\n"), 1):
        for target, _ in LINK.findall(line):
            outside = "://" in target or target.startswith("mailto:")
            path = os.path.normpath(os.path.join(root, os.path.dirname(name), target))
            if not outside and not os.path.exists(path):
                yield number, f"links to {target}, which does not exist"


def check_folder_readmes(root, files):
    folders = sorted({name.split("/")[1] for name in files
                      if name.startswith("src/") and name.count("/") > 1})
    for folder in folders:
        readme = f"src/{folder}/README.md"
        if readme not in files:
            yield f"{readme}: is missing (purpose, first file, includes, how to test it alone)."
            continue
        with open(os.path.join(root, readme), encoding="utf-8") as file:
            lines = len(file.readlines())
        if lines > FOLDER_README_LINES:
            yield f"{readme}: has {lines} lines; {FOLDER_README_LINES} are enough."


def check(root):
    """All problems, and the long source files as (lines, name)."""
    files = repository_files(root)
    problems, long_files = list(check_folder_readmes(root, files)), []
    for name in files:
        if LEFTOVER.search(name):
            problems.append(f"{name}: is a backup, a log or a temporary file.")
        if not is_text(name) or (name.startswith(DATA) and not name.endswith(".md")):
            continue
        with open(os.path.join(root, name), encoding="utf-8", errors="replace", newline="") as file:
            text = file.read()
        found = problems_of_text(name, text)
        if name.endswith(".md"):
            found += broken_links(root, name, text)
        problems += [f"{name}:{number}: {sentence}." for number, sentence in found]
        lines = text.count("\n")
        if name.endswith(SOURCE) and lines > LONG_FILE:
            long_files.append((lines, name))
        if name == "README.md" and lines >= README_LINES:
            problems.append(f"{name}: has {lines} lines; it stays below {README_LINES}.")
    if not files:
        problems.append(f"{root}: holds no files.")
    return problems, sorted(long_files, reverse=True)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    problems, long_files = check(os.path.abspath(root))
    for lines, name in long_files:
        print(f"{name} has {lines} lines: does it hold one subject?")
    print("\n".join(problems) if problems else "The repository is tidy.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
