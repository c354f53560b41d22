#!/usr/bin/env python3
"""P4, P5, P8, C4: from a presented payment to its receipt and attestation, to its refund, or to its refusal."""
import json
import os
import signal
import sys
import time

from chain_stack import KEYS, PRICE, Stack


def check(truth, what):
    if not truth:
        raise AssertionError(what)


def paid_and_attested(stack):
    before = stack.balance(stack.address["wallet"])
    outcome, reason, id_ = stack.present(stack.new_nonce())
    check(outcome == 1, f"admitted: {outcome} {reason}")
    stack.until(id_, "PAID")
    check(stack.balance(stack.address["wallet"]) == before + PRICE, "the price arrived once")
    stack.decide(id_)
    stack.until(id_, "DONE")
    logs = stack.attestations(id_)
    check(len(logs) == 1, f"one attestation: {logs}")
    check(stack.field(id_, "attestation_id") == logs[0]["data"][:66], "its id")
    check(stack.field(id_, "attest_tx") == logs[0]["transactionHash"], "its transaction")
    receipt = json.loads(stack.field(id_, "receipt"))
    check(receipt["digest"] == "0x" + logs[0]["data"][130:194], "the receipt is what was attested")
    check(stack.field(id_, "pay_tx") in receipt["message"]["payment"], "it names its payment")


def replay(stack):
    nonce = stack.new_nonce()
    outcome, _, id_ = stack.present(nonce)
    stack.until(id_, "PAID")
    calls = len(stack.used(stack.agent))
    outcome, _, again = stack.present(nonce)
    check(outcome == 2 and again == id_, "the same payment is the same verification")
    check(len(stack.used(stack.agent)) == calls, "and is not charged again")


def not_attested(stack):
    _, _, id_ = stack.present(stack.new_nonce(), attest="receipt")
    stack.until(id_, "PAID")
    stack.decide(id_)
    stack.until(id_, "DONE")
    check(stack.field(id_, "attest_status") == "none", "a receipt alone")
    check(stack.field(id_, "receipt") != "", "but a receipt")
    check(stack.attestations(id_) == [], "nothing on the chain")


def refunded(stack):
    payer_before = stack.balance(stack.agent)
    _, _, id_ = stack.present(stack.new_nonce())
    stack.until(id_, "PAID")
    refunds = len(stack.used(stack.address["wallet"]))
    stack.fail(id_)
    stack.until(id_, "REFUNDED")
    check(stack.balance(stack.agent) == payer_before, "the payer has his money back")
    check(len(stack.used(stack.address["wallet"])) == refunds + 1, "one refund")


def price_changes(stack):
    """C5: what was paid at the old price is attested, or refunded, by a daemon with a new one."""
    payer_before = stack.balance(stack.agent)
    ids = [stack.present(stack.new_nonce())[2] for _ in range(2)]
    for id_ in ids:
        stack.until(id_, "PAID")
    stack.stop("chain-writer", signal.SIGKILL)
    stack.decide(ids[0])
    stack.fail(ids[1])
    check([stack.field(id_, "st") for id_ in ids] == ["DECIDED", "REFUND_DUE"], "both are under way")
    stack.start_daemon("chain-writer", price=PRICE + 1)
    stack.until(ids[0], "DONE")
    stack.until(ids[1], "REFUNDED")
    check(stack.balance(stack.agent) == payer_before - PRICE, "one is paid, one has its money back")
    stack.stop("chain-writer", signal.SIGKILL)
    stack.start_daemon("chain-writer")


def refusals(stack):
    records = stack.redis("SCARD", "wp:live")
    for wanted, given in [
            ("invalid_exact_evm_payload_authorization_value_mismatch", {"value": PRICE + 1}),
            ("invalid_exact_evm_recipient_mismatch", {"wallet": stack.address["refund"]}),
            ("invalid_exact_evm_payload_authorization_valid_before", {"seconds": 10}),
            ("invalid_exact_evm_insufficient_balance", {"key": KEYS["settle"]})]:
        outcome, reason, id_ = stack.present(stack.new_nonce(), **given)
        check(outcome == 4 and reason == wanted, f"{wanted}: {outcome} {reason}")
        check(stack.field(id_, "st") == "", "a refusal leaves no record")
    check(stack.redis("SCARD", "wp:live") == records, "nothing was taken")


def forged_verdict(stack):
    """C5: a verdict that log-streamer did not sign is neither attested nor receipted."""
    _, _, id_ = stack.present(stack.new_nonce())
    stack.until(id_, "PAID")
    stack.tell("decide", stack.path("redis.sock"), id_, KEYS["payment_seed"])
    stack.wait(lambda: '"a decided record is not covered by its statements' in
               open(stack.path("chain-writer.log")).read(), "the refusal in the log", 10)
    check(stack.field(id_, "st") == "DECIDED", "it waits for an operator")
    check(stack.field(id_, "receipt") == "" and stack.attestations(id_) == [], "nothing was signed")


def stranger_settles(stack):
    """P4: whoever sends the authorization, the payment counts once."""
    stack.stop("chain-writer", signal.SIGKILL)
    _, _, id_ = stack.present(stack.new_nonce())
    record = {name: stack.field(id_, name) for name in
              ["payer", "pay_to", "value", "valid_after", "valid_before", "pay_nonce", "pay_signature"]}
    word = lambda value: f"{int(value, 0):064x}"
    signature = record["pay_signature"][2:]
    data = "0xe3ee160e" + "".join(word(record[name]) for name in
                                  ["payer", "pay_to", "value", "valid_after", "valid_before", "pay_nonce"])
    data += f"{int(signature[128:130], 16):064x}" + signature[:128]
    stack.rpc("eth_sendTransaction", {"from": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
                                      "to": stack.chain["tokenAddress"], "data": data})
    stack.start_daemon("chain-writer")
    stack.until(id_, "PAID", seconds=40)
    check(stack.field(id_, "settle_tx") == "", "ours was not sent")


def many_at_once(stack, count=40):
    """C4: settlements of one key are pipelined without a gap."""
    began = time.monotonic()
    keys = [f"{index + 100:064x}" for index in range(8)]
    token = stack.chain["tokenAddress"]
    for key in keys:
        address = stack.tell("address", key)
        stack.rpc("eth_sendTransaction", {"from": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "to": token,
                                          "data": "0x40c10f19" + address[2:].rjust(64, "0") + f"{10**9:064x}"})
    ids = []
    for index in range(count):
        outcome, reason, id_ = stack.present(stack.new_nonce(), key=keys[index % 8])
        check(outcome == 1, f"{outcome} {reason}")
        ids.append(id_)
    for id_ in ids:
        stack.until(id_, "PAID")
    for id_ in ids:
        stack.decide(id_)
    for id_ in ids:
        stack.until(id_, "DONE")
    for id_ in ids:
        check(len(stack.attestations(id_)) == 1, "one attestation each")
    print(f"{count} verifications in {time.monotonic() - began:.1f} s")


def rpc_goes_away(stack):
    """O3: an RPC endpoint that stops answering costs time only."""
    _, _, id_ = stack.present(stack.new_nonce())
    stack.until(id_, "PAID")
    node = stack.chain["pid"]
    os.kill(node, signal.SIGSTOP)
    stack.decide(id_)
    time.sleep(1)
    check(stack.field(id_, "st") == "DECIDED", "nothing is decided without the chain")
    os.kill(node, signal.SIGCONT)
    stack.until(id_, "DONE", seconds=60)
    check(len(stack.attestations(id_)) == 1, "one attestation")


def pool(stack):
    return [tx for by_nonce in stack.rpc("txpool_content")["pending"].values() for tx in by_nonce.values()]


def lost_from_the_pool(stack):
    """C4: stored bytes are sent again when the network forgot them."""
    stack.rpc("evm_setAutomine", False)
    _, _, id_ = stack.present(stack.new_nonce())
    stack.wait(lambda: pool(stack), "the settlement in the pool", 10)
    first = pool(stack)[0]["hash"]
    stack.rpc("anvil_dropAllTransactions")
    check(pool(stack) == [], "it is gone")
    stack.wait(lambda: pool(stack), "the settlement to come back", 10)
    check(pool(stack)[0]["hash"] == first, "the same bytes")
    stack.rpc("evm_setAutomine", True)
    stack.rpc("evm_mine")
    stack.until(id_, "PAID")


def raised_while_stuck(stack):
    """C4: after 24 s the same nonce carries at least ten percent more of both fees."""
    stack.rpc("evm_setAutomine", False)
    _, _, id_ = stack.present(stack.new_nonce())
    stack.wait(lambda: pool(stack), "the settlement in the pool", 10)
    first = pool(stack)[0]
    stack.wait(lambda: pool(stack)[0]["hash"] != first["hash"], "a raised version", 40)
    second = pool(stack)[0]
    check(len(pool(stack)) == 1 and second["nonce"] == first["nonce"], "it replaces the first")
    for fee in ["maxFeePerGas", "maxPriorityFeePerGas"]:
        check(int(second[fee], 16) * 10 >= int(first[fee], 16) * 11, fee)
    check(second["input"] == first["input"], "nothing else changed")
    stack.rpc("evm_setAutomine", True)
    stack.rpc("evm_mine")
    stack.until(id_, "PAID")
    check(stack.field(id_, "pay_tx") == second["hash"], "the raised one paid")


def undone_by_a_reorg(stack):
    """P6, C4: a reorg takes the settlement back, the node forgets it; it is sent again and paid once."""
    stack.rpc("evm_setIntervalMining", 0)
    _, _, id_ = stack.present(stack.new_nonce())
    stack.wait(lambda: pool(stack), "the settlement in the pool", 10)
    used = len(stack.used(stack.agent))
    stack.rpc("anvil_mine", "0x1")
    check(len(stack.used(stack.agent)) == used + 1, "mined, one confirmation of two")
    stack.rpc("anvil_reorg", 1, [])
    check(len(stack.used(stack.agent)) == used, "undone")
    check(stack.field(id_, "st") == "SETTLE_SENT", "it is waited for")
    stack.rpc("evm_setIntervalMining", 1)
    stack.until(id_, "PAID")
    check(len(stack.used(stack.agent)) == used + 1, "paid once")


def runs_out(stack):
    """P4: what no block can include any more is rejected, and nothing was sent for it."""
    stack.stop("chain-writer", signal.SIGKILL)
    used = len(stack.used(stack.agent))
    _, _, id_ = stack.present(stack.new_nonce(), seconds=30)
    stack.rpc("evm_increaseTime", 60)
    stack.rpc("evm_mine")
    stack.start_daemon("chain-writer")
    stack.until(id_, "REJECTED", seconds=40)
    check(stack.field(id_, "reject_reason") == "payment_expired", "the reason")
    check(stack.field(id_, "settle_tx") == "" and len(stack.used(stack.agent)) == used, "nothing was sent")


def stops_cleanly(stack):
    for name in ["payment-verifier", "chain-writer"]:
        status = stack.stop(name, signal.SIGTERM)
        check(status == 0, f"{name} ends with 0 on SIGTERM (O1), not {status}")


def wrong_chain_is_refused(stack):
    right = stack.chain["genesisHash"]
    stack.chain["genesisHash"] = "0x" + "11" * 32
    stack.start_daemon("chain-writer")
    check(stack.processes["chain-writer"].wait(20) == 69, "exit status 69")
    stack.chain["genesisHash"] = right


def main():
    for tests, settings in [
            ([paid_and_attested, replay, not_attested, refunded, price_changes, refusals, forged_verdict, stranger_settles,
              many_at_once, rpc_goes_away, lost_from_the_pool, raised_while_stuck, runs_out, stops_cleanly,
              wrong_chain_is_refused], {}),
            ([paid_and_attested, refunded, undone_by_a_reorg, stops_cleanly], {"block_time": 1}),
            ([paid_and_attested, refunded, stops_cleanly], {"block_time": 1, "finality": "finalized"})]:
        with Stack(sys.argv[1], sys.argv[2], **settings) as stack:
            for test in tests:
                began = time.monotonic()
                test(stack)
                print(f"ok {test.__name__} {settings} {time.monotonic() - began:.1f} s", flush=True)


main()
