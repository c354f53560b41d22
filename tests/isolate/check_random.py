#!/usr/bin/env python3
"""Random values printed by the worker and by Node: equal byte for byte (H1).

usage: check_random.py WORKER [COUNT] [FIRST] [-- WORKER-OPTION...]
"""
import os, subprocess, sys, tempfile

args = sys.argv[1:]
extra = args[args.index('--'):] if '--' in args else []
args = args[:args.index('--')] if '--' in args else args
count = int(args[1]) if len(args) > 1 else 25
first = int(args[2]) if len(args) > 2 else 1
here = os.path.dirname(os.path.abspath(__file__))
program = open(os.path.join(here, 'random_values.js')).read()
with tempfile.TemporaryDirectory() as folder:
    for seed in range(first, first + count):
        with open(os.path.join(folder, f'r{seed}.js'), 'w') as f:
            f.write(program.replace('let s = SEED', f'let s = {seed}'))
    checker = [sys.executable, os.path.join(here, 'check_programs.py'), args[0], folder, '--strict', *extra]
    sys.exit(subprocess.run(checker).returncode)
