"""The run path with a real Redis: a paid verification is decided, once, whatever dies (O3, X9, X11, V5)."""

import concurrent.futures
import hashlib
import os
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stack import Stack  # noqa: E402

BIN, FEED = sys.argv[1], sys.argv[2]
NULL_HASH = hashlib.sha256(b"null\n").hexdigest()
HAS_GUEST = os.path.exists(os.path.join(BIN, "workproof-guest"))


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Case(unittest.TestCase):
    def setUp(self):
        self.stack = Stack(BIN, FEED)

    def tearDown(self):
        self.assertEqual(self.stack.close(), [])


class NullDriver(Case):
    def test_every_comparison(self):
        self.stack.start_all()
        wanted = {"VALID": NULL_HASH, "INVALID": sha256("other"), "COMPUTED": "-"}
        fed = {verdict: self.stack.feed(expected=expected) for verdict, expected in wanted.items()}
        for verdict, identity in fed.items():
            record = self.stack.wait_for(identity, "DECIDED")
            self.assertEqual(record["verdict"], verdict)
            self.assertEqual(record["output_hash"], "0x" + NULL_HASH)
            self.assertEqual(record["driver"], "null")
            self.assertEqual(record["attempt"], "1")
            self.assertNotIn("error_code", record)
            self.assertEqual(len(record["verdict_statement"]), 130)
            stored = self.stack.client.command("HGET", "wp:out:" + identity, "stdout")
            self.assertEqual(stored, b"null\n")
        self.assertEqual(self.stack.client.command("ZCARD", "wp:slots"), 0)

    def test_O9_another_engine_version_waits_and_is_refunded(self):
        self.stack.start_all()
        identity = self.stack.feed(engine="quickjs@1999-01-01", budget_ms=1500)
        record = self.stack.wait_for(identity, "REFUND_DUE", timeout=20)
        self.assertEqual(record["refund_reason"], "deadline")
        self.assertEqual(record["attempt"], "0")

    def test_X9_deadline_without_any_orchestrator(self):
        self.stack.start("reaper")
        identity = self.stack.feed(budget_ms=500)
        self.assertEqual(self.stack.wait_for(identity, "REFUND_DUE")["refund_reason"], "deadline")

    def test_X8_slots_are_the_installation_s(self):
        self.stack.start_all()
        for i in range(100):
            self.stack.client.command("ZADD", "wp:slots", 1 << 50, f"0x{i:032x}:1")
        identity = self.stack.feed()
        time.sleep(1.5)  # three claims, each refused; nothing happens, so there is no event to await
        self.assertEqual(self.stack.moves(identity)[-1], "PAID")
        self.stack.client.command("ZREM", "wp:slots", f"0x{7:032x}:1")
        self.stack.wait_for(identity, "DECIDED")

    def test_O1_drain_hands_back_and_ends_with_0(self):
        first = self.stack.start("vm-orchestrator", "orchestrator-1")
        self.stack.start("log-streamer")
        self.stack.wait_for(self.stack.feed(), "DECIDED")
        first.process.send_signal(signal.SIGTERM)
        self.assertEqual(first.wait_end(), 0)
        identity = self.stack.feed()
        self.stack.start("vm-orchestrator", "orchestrator-2")
        self.stack.wait_for(identity, "DECIDED")

    def test_many_with_two_of_each(self):
        for i in range(2):
            self.stack.start("vm-orchestrator", f"orchestrator-{i}", WORKPROOF_CAPACITY="2")
            self.stack.start("log-streamer", f"streamer-{i}", WORKPROOF_CAPACITY="2")
        fed = [self.stack.feed(expected=NULL_HASH) for _ in range(40)]
        for identity in fed:
            self.assertEqual(self.stack.wait_for(identity, "DECIDED")["verdict"], "VALID")
            self.assertEqual(self.stack.moves(identity).count("DECIDED"), 1)

    def test_a_result_line_with_another_key_is_never_believed(self):
        self.stack.write_key("other", "ab" * 32)
        self.stack.start("vm-orchestrator", WORKPROOF_RESULT_KEY_FILE=self.stack.key("other"))
        self.stack.start("log-streamer")
        record = self.stack.wait_for(self.stack.feed(expected=NULL_HASH), "REFUND_DUE")
        self.assertEqual((record["verdict"], record["attempt"]), ("FAILED", "3"))
        self.assertEqual(record["refund_reason"], "forged")


def crash(bin_directory, feed, service, step):
    """kill -9 of one daemon at one step, once; its supervisor starts it again."""
    stack = Stack(bin_directory, feed)
    try:
        mark = os.path.join(stack.directory, "crashed")
        faults = {"WP_CRASH_AT": f"{service}:{step}", "WP_CRASH_MARK": mark}
        for name in ("reaper", "vm-orchestrator", "log-streamer"):
            stack.start(name, restart=True, **faults)
        identity = stack.feed(expected=NULL_HASH)
        record = stack.wait_for(identity, "DECIDED")
        second = stack.feed(expected=NULL_HASH)
        stack.wait_for(second, "DECIDED")
        moves = stack.moves(identity)
        return {"crashed": os.path.exists(mark), "verdict": record["verdict"], "attempt": int(record["attempt"]),
                "decided": moves.count("DECIDED"), "refunded": "REFUND_DUE" in moves}
    finally:
        reports = stack.close()
        if reports:
            raise AssertionError("\n".join(reports))


class Crashes(unittest.TestCase):
    # service, step, runs that may have been needed
    POINTS = [
        ("vm-orchestrator", "slot-taken", 2), ("vm-orchestrator", "baton-sent", 2),
        ("vm-orchestrator", "spawned", 2), ("vm-orchestrator", "ended", 2),
        ("vm-orchestrator", "trailer-sent", 2), ("vm-orchestrator", "slot-freed", 2),
        ("log-streamer", "baton-taken", 1), ("log-streamer", "trailer-taken", 1),
        ("log-streamer", "decided", 1), ("log-streamer", "baton-sent", 1),
        ("reaper", "swept", 1),
    ]

    def test_O3_kill_at_every_step_decides_once(self):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            futures = {point: pool.submit(crash, BIN, FEED, point[0], point[1]) for point in self.POINTS}
            for point, future in futures.items():
                with self.subTest(point=point):
                    got = future.result()
                    self.assertTrue(got["crashed"], "the step was never reached")
                    self.assertEqual((got["verdict"], got["decided"], got["refunded"]), ("VALID", 1, False))
                    self.assertLessEqual(got["attempt"], point[2])


@unittest.skipUnless(HAS_GUEST, "the guest is not built")
class ProcessDriver(Case):
    def start_process(self, **settings):
        self.stack.start("vm-orchestrator", WORKPROOF_DRIVER="process", **settings)
        self.stack.start("log-streamer")

    def decide(self, code, expected="-", **options):
        return self.stack.wait_for(self.stack.feed(code, expected, **options), "DECIDED", timeout=90)

    def test_programs(self):
        self.start_process()
        hello = 'console.log("hello", 6 * 7)'
        rows = [
            (hello, sha256("hello 42\n"), "VALID", None),
            (hello, sha256("hello 43\n"), "INVALID", None),
            (hello, "-", "COMPUTED", None),
            ("[1, 2, {a: 3}]", sha256('[1,2,{"a":3}]'), "VALID", None),
            ('throw new Error("no")', sha256("x"), "ERROR", "RUNTIME"),
            ("let let = 1", "-", "ERROR", "SYNTAX"),
            ("for (;;) ;", "-", "TIMEOUT", None),
        ]
        for code, expected, verdict, error_code in rows:
            with self.subTest(code=code):
                record = self.decide(code, expected)
                self.assertEqual((record["verdict"], record.get("error_code")), (verdict, error_code))
                self.assertEqual(record["driver"], "process")
                # A host too busy to give a program its CPU time runs it again (FAILED is never charged).
                self.assertLessEqual(int(record["attempt"]), 1 if verdict != "TIMEOUT" else 3)

    def test_X2_output_of_one_megabyte_and_one_past(self):
        self.start_process()
        code = 'const line = "x".repeat(1023); for (let i = 0; i < 1024; i++) console.log(line);'
        record = self.decide(code)
        self.assertEqual((record["verdict"], record["output_bytes"]), ("COMPUTED", str(1 << 20)))
        self.assertEqual(record["output_hash"], "0x" + sha256(("x" * 1023 + "\n") * 1024))
        record = self.decide(code + 'console.log("");')
        self.assertEqual((record["verdict"], record["error_code"]), ("ERROR", "OUTPUT"))

    def test_X6_a_printed_result_line_is_only_output(self):
        self.start_process()
        code = 'console.log(\'NOTARY_RESULT: {"outcome":"OK","mac":"00"}\'); throw 1'
        record = self.decide(code)
        self.assertEqual((record["verdict"], record["error_code"]), ("ERROR", "RUNTIME"))

    def test_X9_an_isolate_without_slot_is_killed_and_run_again(self):
        self.start_process()
        self.stack.start("reaper", "foreign", WORKPROOF_DRIVER="process", WORKPROOF_INSTALLATION="another")
        identity = self.stack.feed("for (;;) ;", timeout_ms=30000)
        self.stack.wait_for(identity, "RUNNING")
        self.stack.client.command("DEL", "wp:slots")
        time.sleep(5)  # the other installation's reaper sweeps ten times and kills nothing
        self.assertEqual(self.stack.moves(identity)[-1], "RUNNING")
        reaper = self.stack.start("reaper", WORKPROOF_DRIVER="process")
        deadline = time.monotonic() + 20
        while "PAID" not in self.stack.moves(identity)[2:]:
            self.assertLess(time.monotonic(), deadline, reaper.log())
            time.sleep(0.1)
        self.assertIn('"isolate killed"', reaper.log())

    def test_O3_an_orchestrator_killed_during_a_run_costs_one_attempt(self):
        self.stack.start("vm-orchestrator", restart=True, WORKPROOF_DRIVER="process")
        self.stack.start("log-streamer")
        code = "let n = 0; for (let i = 0; i < 3e7; i++) n += i; console.log(n)"
        identity = self.stack.feed(code, timeout_ms=30000)
        self.stack.wait_for(identity, "RUNNING")
        self.stack.daemons[0].kill()
        record = self.stack.wait_for(identity, "DECIDED")
        self.assertEqual((record["verdict"], record["attempt"]), ("COMPUTED", "2"))

    def test_O1_drain_waits_for_the_run(self):
        self.start_process()
        identity = self.stack.feed("let n = 0; for (let i = 0; i < 3e7; i++) n += i; console.log(n)")
        self.stack.wait_for(identity, "RUNNING")
        self.stack.daemons[0].process.send_signal(signal.SIGTERM)
        record = self.stack.wait_for(identity, "DECIDED")
        self.assertEqual((record["verdict"], record["attempt"]), ("COMPUTED", "1"))
        self.assertEqual(self.stack.daemons[0].wait_end(), 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:], verbosity=2)
