#!/usr/bin/env python3
"""check_repository.py finds what it is there to find."""

import os
import tempfile
import unittest

import check_repository


class CheckRepository(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name

    def problems_of(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        problems = check_repository.check(self.root)[0]
        os.remove(full)
        return problems

    def assert_one(self, path, text, words):
        problems = self.problems_of(path, text)
        self.assertEqual(1, len(problems), (text, problems))
        self.assertIn(words, problems[0])

    def test_tidy_text_passes(self):
        self.assertEqual([], self.problems_of("docs/a.md", "See [a](a.md) and `build/acestep`.\n"))

    def test_paths_and_hosts_of_one_machine_are_found(self):
        for place in ("home", "root", "work", "t" + "mp"):
            self.assert_one("tools/a.sh", f"cp /{place}/someone/file .\n", "path of one machine")
        self.assert_one("a.cmake", "# from pypi" + ".org\n", "package registry")

    def test_marks_of_unfinished_work_are_found(self):
        for mark in ("TO" + "DO: later", "FIX" + "ME", "not yet " + "implemented"):
            self.assert_one("a.cpp", f"// {mark}\n", "unfinished")

    def test_leftovers_are_found(self):
        for name in ("a.bak", "run.log", "a.cpp~"):
            self.assert_one(name, "x\n", "backup")

    def test_a_broken_link_is_found_with_its_line(self):
        self.assert_one("docs/a.md", "\n[b](b.md)\n", "docs/a.md:2: links to b.md")

    def test_untidy_white_space_is_found(self):
        self.assert_one("a.h", "int x; \n", "white space")
        self.assert_one("a.h", "int x;\r\n", "white space")
        self.assert_one("a.h", "int x;", "newline")

    def test_readmes_are_there_and_short(self):
        self.assert_one("src/text/a.h", "int x;\n", "README.md: is missing")
        self.assert_one("src/text/README.md", "line\n" * 21, "21 lines")
        self.assert_one("README.md", "line\n" * 150, "150 lines")

    def test_files_of_data_are_not_read_as_text(self):
        self.assertEqual([], self.problems_of("tests/golden/data/a.json", "TO" + "DO "))

    def test_long_sources_are_listed(self):
        self.problems_of("a.h", "")
        with open(os.path.join(self.root, "a.cpp"), "w", encoding="utf-8") as file:
            file.write("// x\n" * 401)
        self.assertEqual(([], [(401, "a.cpp")]), check_repository.check(self.root))


if __name__ == "__main__":
    unittest.main()
