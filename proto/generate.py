#!/usr/bin/env python3
"""generate.py - what follows from proto/states.txt: the C enum and table, the Redis functions' table and
the diagram; and the function library as a C array.

  generate.py              writes the generated files beside states.txt, and redis/VERSION.lock: the
                           library's VERSION and the SHA-256 of its text. A text that changed needs a
                           VERSION that rose (redis/header.lua), else nothing is locked: exit status 1
  generate.py --check      exit status 1 and a line per file that is stale
  generate.py --embed OUT  writes the Lua files as one library to the C file OUT
"""
import hashlib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = ("end", "open", "live", "deadline", "row")
PUBLIC = {"PENDING", "PAID", "RUNNING", "DONE", "REFUNDED", "REJECTED", "MANUAL"}
LIBRARY = ("header", "state.gen", "core", "admit", "lanes", "baton", "slots", "reap", "bus")
LOCK = "redis/VERSION.lock"
MADE_FROM = "generated from states.txt by generate.py"


class State:
    def __init__(self, name, mover, lease_ms, public, claims, waits_for):
        self.name, self.mover, self.lease_ms = name, mover, int(lease_ms)
        self.public, self.claims, self.waits_for = public, claims, waits_for
        self.moves, self.sets = [], set()


def fail(line, why):
    sys.exit(f"states.txt: {why}: {line.strip()}")


def read_states(path):
    states = {}
    for line in open(path, encoding="utf-8"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "state":
            if len(words) < 7 or words[1] in states or words[4] not in PUBLIC:
                fail(line, "bad or double state")
            states[words[1]] = State(*words[1:6], " ".join(words[6:]))
            continue
        names = words[1:]
        if any(name not in states for name in names):
            fail(line, "unknown state")
        if words[0] == "move":
            states[names[0]].moves += names[1:]
        elif words[0] in SETS:
            for name in names:
                states[name].sets.add(words[0])
        else:
            fail(line, "unknown word")
    check(states)
    return list(states.values())


def check(states):
    for state in states.values():
        if (state.mover == "-") != (state.lease_ms == 0) or state.claims not in ("refund", "alarm", "-"):
            sys.exit(f"states.txt: {state.name}: mover, lease and claims do not fit together")
        if "end" in state.sets and (state.moves or state.mover != "-"):
            sys.exit(f"states.txt: {state.name} ends and still moves")
        if len(set(state.moves)) != len(state.moves):
            sys.exit(f"states.txt: {state.name}: a move is given twice")


def quoted(text):
    return "NULL" if text == "-" else f'"{text}"'


def write_header(states):
    out = [f"/* state.gen.h - the states of a verification; {MADE_FROM}. */",
           "#ifndef WP_STATE_GEN_H", "#define WP_STATE_GEN_H", "",
           "#include <stdbool.h>", "#include <stdint.h>", "",
           "enum wp_state {", "\tWP_STATE_NONE,"]
    width = max(len(state.name) for state in states)
    out += [f"\tWP_STATE_{state.name}," + " " * (width - len(state.name)) +
            f" /* {state.waits_for} */" for state in states]
    out += ["\tWP_STATE_COUNT", "};", "",
            "struct wp_state_row {",
            '\tconst char *name;   /* "SETTLE_DUE"; "" for NONE */',
            "\tconst char *mover;  /* service that claims it, NULL: nobody */",
            "\tint64_t lease_ms;   /* due time given to the holder on entry */",
            '\tconst char *status; /* what the API calls it; "" for NONE */',
            "\tbool is_end;",
            "\tuint32_t moves; /* bit n: may move to state n */", "};",
            "extern const struct wp_state_row wp_state_rows[WP_STATE_COUNT];", "",
            "/* Any value is fine; one outside the table answers as NONE does. */",
            "const char *wp_state_text(enum wp_state state);   /* \"PAID\"; \"\" */",
            "enum wp_state wp_state_parse(const char *text);   /* NONE when unknown or NULL */",
            "const char *wp_state_public(enum wp_state state); /* \"PENDING\"; \"\" */",
            "const char *wp_state_mover(enum wp_state state);  /* \"chain-writer\"; NULL: nobody */",
            "int64_t wp_state_lease_ms(enum wp_state state);",
            "bool wp_state_is_end(enum wp_state state);",
            "bool wp_state_may_move(enum wp_state from, enum wp_state to);", "", "#endif", ""]
    return "\n".join(out)


def write_table(states):
    out = [f"/* state.gen.c - the table of the states; {MADE_FROM}. */",
           '#include "proto/state.gen.h"', "", "#include <stddef.h>", "",
           "/* clang-format off */",
           "const struct wp_state_row wp_state_rows[WP_STATE_COUNT] = {",
           '\t[WP_STATE_NONE] = { "", NULL, 0, "", false, 0 },']
    for state in states:
        moves = [f"1u << WP_STATE_{name}" for name in state.moves] or ["0"]
        is_end = "true" if "end" in state.sets else "false"
        out += [f"\t[WP_STATE_{state.name}] = {{ \"{state.name}\", {quoted(state.mover)},",
                f"\t\t{state.lease_ms}, \"{state.public}\", {is_end},",
                "\t\t" + " |\n\t\t\t".join(moves) + " },"]
    return "\n".join(out + ["};", ""])


def write_lua(states):
    out = [f"-- state.gen.lua - the states of a verification; {MADE_FROM}.", "local STATES = {"]
    for state in states:
        parts = []
        if state.mover != "-":
            parts += [f"lease_ms = {state.lease_ms}", f"claims = '{state.claims}'"]
        parts += [f"is_{name} = true" for name in SETS if name in state.sets]
        parts += ["to = { " + ", ".join(f"{name} = true" for name in state.moves) + " }"
                  if state.moves else "to = {}"]
        out.append(f"\t{state.name} = {{ " + ", ".join(parts) + " },")
    return "\n".join(out + ["}", ""])


def write_page(states):
    out = ["# The life of one verification", "",
           f"<!-- {MADE_FROM} -->", "", "```mermaid", "stateDiagram-v2",
           "    [*] --> SETTLE_DUE", "    [*] --> PAY_WAIT"]
    out += [f"    {state.name} --> {to}" for state in states for to in state.moves]
    out += [f"    {state.name} --> [*]" for state in states if "end" in state.sets]
    out += ["```", "",
            "| state | moved by | lease ms | the API says | too many claims | counts as | waits for |",
            "|---|---|---|---|---|---|---|"]
    for state in states:
        counts = " ".join(name for name in SETS if name in state.sets) or "-"
        out.append(f"| {state.name} | {state.mover} | {state.lease_ms} | {state.public} | "
                   f"{state.claims} | {counts} | {state.waits_for} |")
    return "\n".join(out + [""])


def generated():
    states = read_states(os.path.join(HERE, "states.txt"))
    return {"state.gen.h": write_header(states), "state.gen.c": write_table(states),
            "redis/state.gen.lua": write_lua(states), "STATES.md": write_page(states)}


def read_library():
    """The library's text, in the order of the definitions in it, and its VERSION."""
    text = "".join(open(os.path.join(HERE, "redis", name + ".lua"), encoding="utf-8").read()
                   for name in LIBRARY)
    version = re.search(r"^local VERSION = (\d+)$", text, re.M)
    if not text.startswith("#!lua name=workproof\n") or not version:
        sys.exit("redis/header.lua: must begin with the library's name and say VERSION")
    return text.encode(), int(version.group(1))


def lock_line():
    text, version = read_library()
    return f"{version} {hashlib.sha256(text).hexdigest()}\n"


def locked_line():
    path = os.path.join(HERE, LOCK)
    return open(path, encoding="utf-8").read() if os.path.exists(path) else "0 -\n"


def lock():
    """A deployed library is only replaced by a higher VERSION: a change without one never arrives."""
    now, locked = lock_line(), locked_line()
    if now != locked and int(now.split()[0]) <= int(locked.split()[0]):
        sys.exit(f"redis/*.lua changed since VERSION {locked.split()[0]}: raise VERSION in redis/header.lua")
    with open(os.path.join(HERE, LOCK), "w", encoding="utf-8") as file:
        file.write(now)


def stale_files():
    stale = [] if lock_line() == locked_line() else [LOCK]
    for name, text in generated().items():
        path = os.path.join(HERE, name)
        if not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
            stale.append(name)
    return stale


def embed(out):
    data, version = read_library()
    rows = [", ".join(str(byte) for byte in data[at:at + 20]) for at in range(0, len(data), 20)]
    with open(out, "w", encoding="utf-8") as file:
        file.write('#include "proto/store_call.h"\n\n'
                   f"const int64_t wp_library_version = {version};\n"
                   f"const size_t wp_library_size = {len(data)};\n"
                   "const uint8_t wp_library_text[] = {\n\t" + ",\n\t".join(rows) + "\n};\n")


def main(arguments):
    if arguments[:1] == ["--embed"] and len(arguments) == 2:
        return embed(arguments[1])
    if arguments == ["--check"]:
        stale = stale_files()
        for name in stale:
            print(f"{name} is stale: run proto/generate.py")
        return 1 if stale else 0
    if arguments:
        sys.exit(__doc__)
    for name, text in generated().items():
        with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
            file.write(text)
    lock()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
