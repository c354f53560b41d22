#!/usr/bin/env python3
"""Checks tests/PROMISES.md: one row per promise, and every test it names exists.

usage: promises.py BUILD_DIR
A row is `| id | sentence | tests |`; tests are names that ctest knows in BUILD_DIR, separated by spaces,
each with an optional `#word` that must stand in a file of tests/, or the word open.
"""
import pathlib, re, subprocess, sys

root = pathlib.Path(__file__).resolve().parent.parent
counts = {'A': 14, 'V': 5, 'H': 4, 'P': 11, 'X': 11, 'C': 6, 'O': 9, 'L': 4}
promised = [f'{letter}{n}' for letter, count in counts.items() for n in range(1, count + 1)]


def built(directory):
    out = subprocess.run(['ctest', '--test-dir', directory, '-N'], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r'Test\s+#\d+: (\S+)', out))


names = built(sys.argv[1])
sources = '\n'.join(p.read_text(errors='replace') for p in root.glob('tests/**/*')
                    if p.is_file() and p.suffix in ('.c', '.mjs', '.py', '.sol', '.txt', '.json')
                    and 'node_modules' not in p.parts)
sources += '\n'.join(p.read_text() for p in root.glob('contracts/test/*.sol'))
problems, seen, proven = [], [], 0
for line in (root / 'tests' / 'PROMISES.md').read_text().splitlines():
    cells = [c.strip() for c in line.strip().strip('|').split('|')]
    if not re.fullmatch(r'[AVHPXCOL]\d+', cells[0]):
        continue
    if len(cells) != 3:
        problems.append(f'{cells[0]}: a row has three cells')
        continue
    identifier, sentence, tests = cells
    seen.append(identifier)
    if len(sentence) < 20:
        problems.append(f'{identifier}: no sentence')
    words = tests.replace('`', '').split()
    if not words:
        problems.append(f'{identifier}: no test and not open')
    proven += 'open' not in words
    for word in words:
        name, _, case = word.partition('#')
        if name != 'open' and name not in names:
            problems.append(f'{identifier}: there is no test {name}')
        if case and case not in sources:
            problems.append(f'{identifier}: {case} stands in no test')
problems += [f'{i}: no row' for i in promised if i not in seen]
problems += [f'{i}: twice' for i in set(seen) if seen.count(i) > 1]
print('\n'.join(problems) if problems else f'ok: {len(seen)} promises, {proven} with tests and nothing open')
sys.exit(1 if problems else 0)
