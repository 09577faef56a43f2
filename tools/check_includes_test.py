#!/usr/bin/env python3
"""check_includes.py finds what it is there to find."""

import os
import tempfile
import unittest

import check_includes


class CheckIncludes(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name
        self.write("include/acestep/song.h", "#include <string>\n")
        for header in ("base/array.h", "diffusion/step.h", "models/dit.h", "runtime/device.h",
                       "onednn/backend.h"):
            self.write(f"src/{header}", "#pragma once\n")

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def problems_of(self, path, text):
        self.write(path, text)
        return check_includes.check(self.root)[0]

    def test_what_the_table_allows_passes(self):
        self.assertEqual([], self.problems_of(
            "src/models/dit.cpp",
            '#include "models/dit.h"\n#include <cmath>\n#include <stdint.h>\n'
            '#include <ggml.h>\n#include <fmt/format.h>\n#include "acestep/song.h"\n'
            '#include "runtime/device.h"\n#include "base/array.h"\n'))

    def test_a_folder_outside_the_permission_is_named_with_file_and_line(self):
        (problem,) = self.problems_of("src/diffusion/loop.cpp",
                                      '#include <vector>\n#include "models/dit.h"\n')
        self.assertTrue(problem.startswith("src/diffusion/loop.cpp:2: diffusion may not include"))

    def test_angle_brackets_do_not_hide_our_own_header(self):
        self.assertEqual(1, len(self.problems_of("src/text/x.cpp", "#include <models/dit.h>\n")))

    def test_blanks_around_the_directive_do_not_hide_it(self):
        self.assertEqual(1, len(self.problems_of("src/text/x.h", '  #  include  "models/dit.h"\n')))

    def test_the_engine_is_for_those_who_build_and_run_graphs(self):
        for folder in set(check_includes.FOLDERS) - {"onednn", "runtime", "models"}:
            path = f"src/{folder}/x.cpp"
            problems = self.problems_of(path, '#include "onednn/backend.h"\n')
            self.assertEqual(1, len(problems), folder)
            self.write(path, "")

    def test_an_outside_library_stays_in_its_folder(self):
        homes = {"ggml-backend.h": "runtime", "gguf.h": "models", "sndfile.h": "audio",
                 "ebur128.h": "audio", "taglib/fileref.h": "audio",
                 "id3v2tag.h": "audio", "utf8proc.h": "text",
                 "CLI/CLI.hpp": "cli", "nlohmann/json.hpp": "checkpoint", "sys/mman.h": "base"}
        for header, home in homes.items():
            self.assertEqual([], self.problems_of(f"src/{home}/x.cpp", f"#include <{header}>\n"))
            self.write(f"src/{home}/x.cpp", "")
            (problem,) = self.problems_of("src/diffusion/x.cpp", f"#include <{header}>\n")
            self.assertIn(header, problem)
            self.write("src/diffusion/x.cpp", "")

    def test_public_headers_and_examples_see_public_headers_only(self):
        private = '#include "base/array.h"\n'
        self.assertEqual(1, len(self.problems_of("include/acestep/x.h", private)))
        self.write("include/acestep/x.h", "")
        self.assertEqual(1, len(self.problems_of("examples/x.cpp", private)))

    def test_unknown_libraries_and_folders_and_files_are_refused(self):
        self.assertEqual(1, len(self.problems_of("src/text/x.cpp", "#include <boost/any.hpp>\n")))
        self.write("src/text/x.cpp", '#include "base/missing.h"\n')
        self.assertEqual(1, len(check_includes.check(self.root)[0]))
        self.write("src/text/x.cpp", '#include "array.h"\n')
        self.assertEqual(1, len(check_includes.check(self.root)[0]))
        self.write("src/text/x.cpp", "")
        self.assertEqual(1, len(self.problems_of("src/utilities/x.cpp", "")))


if __name__ == "__main__":
    unittest.main()
