"""Redis, a local node and the two chain daemons, for test_flow.py and test_crash.py."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
PRICE = 10000
KEYS = {name: f"{index + 1:02x}" * 32 for index, name in enumerate(
    ["verifier", "settle", "attest", "refund", "wallet", "payment_seed", "verdict_seed"])}
ENDS = {"DONE", "REFUNDED", "REJECTED", "VOID", "MANUAL"}


class Stack:
    def __init__(self, bin_directory, driver, block_time=0, finality="confirmations"):
        self.bin, self.driver = bin_directory, driver
        self.dir = tempfile.mkdtemp(prefix="wpc.")
        self.block_time, self.finality = block_time, finality
        self.processes = {}
        self.log_from = {}
        self.nonce = 0
        self.salt = int.from_bytes(os.urandom(8), "big")

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in ["chain-writer", "payment-verifier", "redis", "chain"]:
            self.stop(name, signal.SIGTERM)
        if sys.exc_info()[0] is None:
            shutil.rmtree(self.dir, ignore_errors=True)
        else:
            self.show_logs()
        return False

    def show_logs(self):
        for name in ["payment-verifier", "chain-writer"]:
            path = os.path.join(self.dir, name + ".log")
            if os.path.exists(path):
                print(f"---- {path}")
                with open(path) as log:
                    print("".join(log.readlines()[-40:]))

    # ---- processes ----

    def spawn(self, name, command, env=None):
        log = open(os.path.join(self.dir, name + ".log"), "a")
        base = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        self.processes[name] = subprocess.Popen(
            command, stdout=log, stderr=log, env=base | (env or {}), start_new_session=True)
        log.close()

    def stop(self, name, how=signal.SIGKILL):
        process = self.processes.pop(name, None)
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(how)
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "killed"

    def start(self):
        path = self.path = lambda name: os.path.join(self.dir, name)
        os.mkdir(path("bus"))
        self.spawn("redis", ["redis-server", "--port", "0", "--unixsocket", path("redis.sock"), "--save", "",
                             "--appendonly", "no", "--dir", self.dir])
        self.address = {name: self.tell("address", KEYS[name])
                        for name in ["verifier", "settle", "attest", "refund", "wallet"]}
        self.spawn("chain", ["node", f"{ROOT}/tests/chain/local-chain.mjs", "--out", path("chain"),
                             "--block-time", str(self.block_time)]
                   + [part for name in ["settle", "attest", "refund"]
                      for part in ["--fund", self.address[name]]]
                   + ["--mint", f"{self.address['wallet']}=1000000"])
        self.wait(lambda: os.path.exists(path("chain/chain.json")), "the local chain", 30)
        with open(path("chain/chain.json")) as file:
            self.chain = json.load(file)
        self.agent = self.tell("address", self.chain["agentPrivateKey"])
        for name, key in KEYS.items():
            with open(path(name + ".key"), "w") as file:
                file.write(key + "\n")
            os.chmod(path(name + ".key"), 0o600)
        self.start_daemon("payment-verifier")
        self.start_daemon("chain-writer")
        self.ready("payment-verifier")
        self.ready("chain-writer")

    def ready(self, name):
        """Waits until the daemon that was started last has seen its chain."""
        def seen():
            with open(self.path(name + ".log")) as log:
                log.seek(self.log_from[name])
                return '"chain checked"' in log.read()
        self.wait(seen, f"{name} to be ready", 20)

    def start_daemon(self, name, faults=None, price=PRICE):
        chain = self.chain
        env = {
            "WORKPROOF_REDIS": self.path("redis.sock"), "WORKPROOF_BUS_DIRECTORY": self.path("bus"),
            "WORKPROOF_ADMIN_LISTEN": "unix:" + self.path(name + ".admin"), "WORKPROOF_LOG_LEVEL": "debug",
            "WORKPROOF_RPC_URL": chain["rpcUrl"], "WORKPROOF_CHAIN_ID": str(chain["chainId"]),
            "WORKPROOF_GENESIS_HASH": chain["genesisHash"], "WORKPROOF_TOKEN_ADDRESS": chain["tokenAddress"],
            "WORKPROOF_TOKEN_NAME": "USDC", "WORKPROOF_TOKEN_VERSION": "2", "WORKPROOF_PRICE": str(price),
            "WORKPROOF_CONFIRMATIONS": "1" if self.block_time == 0 else "2",
            "WORKPROOF_FINALITY": self.finality, "WORKPROOF_BLOCK_TIME": f"{self.block_time}s",
        }
        if name == "payment-verifier":
            env |= {"WORKPROOF_PAYMENT_WALLET": self.address["wallet"],
                    "WORKPROOF_STATEMENT_KEY_FILE": self.path("payment_seed.key")}
        else:
            env |= {f"WORKPROOF_{key.upper()}_KEY_FILE": self.path(key + ".key")
                    for key in ["verifier", "settle", "attest", "refund", "wallet"]}
            env |= {"WORKPROOF_REGISTRY_ADDRESS": chain["registryAddress"],
                    "WORKPROOF_LANE_LEASE": "3s",
                    "WORKPROOF_PAYMENT_STATEMENT_KEY": self.tell("statement", KEYS["payment_seed"]),
                    "WORKPROOF_VERDICT_STATEMENT_KEY": self.tell("statement", KEYS["verdict_seed"])}
        if faults:
            env["WP_CRASH_AT"] = f"{name}:{faults}"
            env["WP_CRASH_MARK"] = self.path("crash-mark")
        path = self.path(name + ".log")
        self.log_from[name] = os.path.getsize(path) if os.path.exists(path) else 0
        self.spawn(name, [os.path.join(self.bin, "wp-" + name)], env)

    # ---- what the test sees ----

    def wait(self, truth, what, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = truth()
            if answer:
                return answer
            time.sleep(0.01)
        raise AssertionError(f"{what}: not within {seconds} s")

    def tell(self, *arguments):
        return subprocess.run([self.driver, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    def redis(self, *arguments):
        done = subprocess.run(["redis-cli", "-s", self.path("redis.sock"), *arguments], capture_output=True, text=True)
        return done.stdout.strip()

    def rpc(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.chain["rpcUrl"], body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise AssertionError(f"{method}: {reply['error']}")
        return reply["result"]

    def new_nonce(self):
        self.nonce += 1
        return f"0x{self.salt:016x}{self.nonce:048x}"

    def present(self, nonce, value=PRICE, seconds=300, attest="direct", key=None, wallet=None):
        """(outcome, reason, id); 1 admitted, 2 exists, 3 conflict, 4 refused, 5 unavailable."""
        outcome, reason, id_ = self.tell(
            "present", self.path("redis.sock"), self.path("bus"), self.chain["tokenAddress"],
            wallet or self.address["wallet"], key or self.chain["agentPrivateKey"], nonce, str(value),
            str(seconds), attest).split()
        return int(outcome), reason, id_

    def decide(self, id_):
        self.tell("decide", self.path("redis.sock"), id_, KEYS["verdict_seed"])

    def fail(self, id_):
        self.tell("fail", self.path("redis.sock"), id_)

    def field(self, id_, name):
        return self.redis("HGET", "wp:v:" + id_, name)

    def until(self, id_, *states, seconds=30):
        def there():
            state = self.field(id_, "st")
            if state in ENDS and state not in states:
                raise AssertionError(f"{id_} is {state}: {self.redis('HGETALL', 'wp:v:' + id_)}")
            return state if state in states else None
        return self.wait(there, f"{id_} to be {states} (is {self.field(id_, 'st')})", seconds)

    def balance(self, address):
        data = "0x70a08231" + address[2:].rjust(64, "0")
        return int(self.rpc("eth_call", {"to": self.chain["tokenAddress"], "data": data}, "latest"), 16)

    def logs(self, address, *topics):
        return self.rpc("eth_getLogs", {"address": address, "fromBlock": "0x0", "toBlock": "latest",
                                        "topics": list(topics)})

    def used(self, authorizer):
        """AuthorizationUsed events of one authorizer."""
        return self.logs(self.chain["tokenAddress"],
                         "0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5",
                         "0x" + authorizer[2:].rjust(64, "0"))

    def attestations(self, id_):
        return self.logs(self.chain["registryAddress"], None, "0x" + self.address["verifier"][2:].rjust(64, "0"),
                         "0x" + id_[2:].ljust(64, "0"))
