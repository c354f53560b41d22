#!/usr/bin/env python3
"""O3, C4, P8: chain-writer is killed at every step of a settlement, an attestation and a refund, and
payment-verifier at every step of an admission and a proof; each effect is there exactly once."""
import os
import signal
import sys
import threading
import time

from chain_stack import PRICE, Stack

SETTLE = ["settle-sign", "settle-signed", "settle-broadcast", "settle-sent"]
ATTEST = ["att-sign", "att-signed", "att-broadcast", "att-sent", "att-final"]
REFUND = ["refund-sign", "refund-signed", "refund-broadcast", "refund-sent", "refund-final"]
VERIFY = ["funded", "admitted", "paid-proven", "paid"]


def check(truth, what):
    if not truth:
        raise AssertionError(what)


def crashed(stack, name):
    status = stack.processes[name].wait(30)
    check(status == 137, f"{name} ended with {status}, not at its crash point")
    stack.start_daemon(name)


def arm(stack, name, step):
    mark = stack.path("crash-mark")
    if os.path.exists(mark):
        os.unlink(mark)
    stack.ready(name)
    check(stack.stop(name, signal.SIGTERM) == 0, "a clean stop")
    stack.start_daemon(name, faults=step)


def one(stack, daemon, step, ending):
    wallet = stack.address["wallet"]
    payments, refunds = len(stack.used(stack.agent)), len(stack.used(wallet))
    balance = stack.balance(stack.agent)
    arm(stack, daemon, step)
    nonce = stack.new_nonce()
    # The answer of a verifier that died is lost; asking again makes the record, or finds it.
    expected = {"funded": 1, "admitted": 2}.get(step)
    _, _, id_ = present_dying(stack, nonce, expected) if expected else stack.present(nonce)
    if step in SETTLE + ["paid-proven", "paid"]:
        crashed(stack, daemon)
    stack.until(id_, "PAID", seconds=40)
    (stack.decide if ending == "DONE" else stack.fail)(id_)
    if step in ATTEST + REFUND:
        crashed(stack, daemon)
    stack.until(id_, ending, seconds=40)
    check(len(stack.used(stack.agent)) == payments + 1, "one settlement")
    check(len(stack.attestations(id_)) == (ending == "DONE"), "one attestation, or none")
    check(len(stack.used(wallet)) == refunds + (ending == "REFUNDED"), "one refund, or none")
    check(stack.balance(stack.agent) == balance - (PRICE if ending == "DONE" else 0), "the payer's money")


def present_dying(stack, nonce, expected):
    answer = []
    asker = threading.Thread(target=lambda: answer.append(stack.present(nonce)))
    asker.start()
    crashed(stack, "payment-verifier")
    asker.join()
    check(answer[0][0] == expected, f"{answer}")
    return answer[0]


def main():
    with Stack(sys.argv[1], sys.argv[2]) as stack:
        rounds = [("chain-writer", step, "DONE") for step in SETTLE + ATTEST]
        rounds += [("chain-writer", step, "REFUNDED") for step in REFUND]
        rounds += [("payment-verifier", step, "DONE") for step in VERIFY]
        wanted = sys.argv[3:]
        for daemon, step, ending in rounds:
            if wanted and step not in wanted:
                continue
            began = time.monotonic()
            one(stack, daemon, step, ending)
            print(f"ok {daemon}:{step} {time.monotonic() - began:.1f} s", flush=True)


main()
