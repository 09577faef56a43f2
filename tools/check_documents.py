#!/usr/bin/env python3
"""Runs the commands of a document, so that what it promises works.

    tools/check_documents.py PROGRAM DOCUMENT

Every `build/acestep …` of the document's ```sh blocks runs in the order of the document, in a fresh
folder that looks like the repository after `make build`. Other commands are left out.
"""

import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands_of(text):
    """The commands that call the program, continuation lines joined."""
    lines = "".join(BLOCK.findall(text)).replace("\\\n", " ").split("\n")
    return [re.sub(r"\s+", " ", line) for line in lines if line.startswith("build/acestep ")]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, document = (os.path.abspath(path) for path in sys.argv[1:])
    with open(document, encoding="utf-8") as file:
        commands = commands_of(file.read())
    if not commands:
        sys.exit(f"{document} has no ```sh block that calls build/acestep.")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "build"))
        os.symlink(program, os.path.join(folder, "build", "acestep"))
        os.symlink(os.path.join(os.path.dirname(document), "checkpoints"),
                   os.path.join(folder, "checkpoints"))
        for command in commands:
            print(f"$ {command}", flush=True)
            status = subprocess.run(command, shell=True, cwd=folder, check=False).returncode
            if status != 0:
                sys.exit(f"It ends with status {status}.")


if __name__ == "__main__":
    main()
