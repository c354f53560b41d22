#!/usr/bin/env python3
"""test_generate.py PROTO - a library whose text changes without its VERSION is not let through (O9)."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROTO = os.path.abspath(sys.argv.pop())


class Lock(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        self.proto = os.path.join(self.directory, "proto")
        os.mkdir(self.proto)
        for name in ("generate.py", "states.txt", "state.gen.h", "state.gen.c", "STATES.md"):
            shutil.copy(os.path.join(PROTO, name), self.proto)
        shutil.copytree(os.path.join(PROTO, "redis"), os.path.join(self.proto, "redis"))

    def run_it(self, *arguments):
        return subprocess.run([sys.executable, os.path.join(self.proto, "generate.py"), *arguments],
                              capture_output=True, text=True)

    def edit(self, name, change):
        path = os.path.join(self.proto, "redis", name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(change(text))

    def add_version(self, more):
        self.edit("header.lua", lambda text: re.sub(
            r"(?m)^(local VERSION = )(\d+)$", lambda m: m[1] + str(int(m[2]) + more), text))

    def lock(self):
        with open(os.path.join(self.proto, "redis", "VERSION.lock"), encoding="utf-8") as file:
            return file.read()

    def test_the_committed_lock_fits(self):
        self.assertEqual(self.run_it("--check").returncode, 0)
        self.assertRegex(self.lock(), r"^[1-9]\d* [0-9a-f]{64}\n$")

    def test_any_file_of_the_library_counts(self):
        names = sorted(name for name in os.listdir(os.path.join(self.proto, "redis"))
                       if name.endswith(".lua") and name != "state.gen.lua")
        self.assertEqual(len(names), 8)
        for name in names:
            self.edit(name, lambda text: text + "-- x\n")
            answer = self.run_it("--check")
            self.assertEqual(answer.returncode, 1, name)
            self.assertIn("VERSION.lock", answer.stdout)
            self.edit(name, lambda text: text[:-len("-- x\n")])
            self.assertEqual(self.run_it("--check").returncode, 0)

    def test_a_change_is_not_locked_under_the_same_version(self):
        before = self.lock()
        self.edit("core.lua", lambda text: text + "-- x\n")
        answer = self.run_it()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("raise VERSION", answer.stderr)
        self.assertEqual(self.lock(), before)
        self.add_version(-1)
        self.assertEqual(self.run_it().returncode, 1)
        self.assertEqual(self.lock(), before)
        self.add_version(2)
        self.assertEqual(self.run_it("--check").returncode, 1)
        self.assertEqual(self.run_it().returncode, 0)
        self.assertEqual(self.run_it("--check").returncode, 0)
        self.assertEqual(int(self.lock().split()[0]), int(before.split()[0]) + 1)

    def test_every_file_is_embedded(self):
        """One that generate.py does not know would be left out."""
        out = os.path.join(self.directory, "library.c")
        self.assertEqual(self.run_it("--embed", out).returncode, 0)
        with open(out, encoding="utf-8") as file:
            text = file.read()
        size = sum(os.path.getsize(os.path.join(self.proto, "redis", name))
                   for name in os.listdir(os.path.join(self.proto, "redis")) if name.endswith(".lua"))
        self.assertIn(f"wp_library_size = {size};", text)


if __name__ == "__main__":
    unittest.main()
