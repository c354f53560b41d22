#!/usr/bin/env python3
"""402 answers per second and CPU per answer: the gateway behind nothing but its listener, beside nginx
`return 200` (the floor) and @x402/express (the reference), by turns, over 127.0.0.1 and a unix socket.
usage: bench_http402.py BUILD_DIRECTORY [ROUNDS] [SECONDS]
Needs wrk, nginx and tests/clients/node_modules. Servers on one processor, wrk on another."""
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
HERE = pathlib.Path(__file__).resolve().parent
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
PATH = "/v1/verifications"
CONNECTIONS = 64
WARM_SECONDS = 2
TICKS = os.sysconf("SC_CLK_TCK")
CPUS = sorted(os.sched_getaffinity(0))
SERVER_CPU, WRK_CPU = CPUS[0], CPUS[-1]
NGINX = """daemon off; master_process off; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/nginx.log;
events {{ worker_connections 1024; }}
http {{
	access_log off; keepalive_requests 1000000000; client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy;
	fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
	server {{ listen {listen}; location / {{ return 200 "ok"; }} }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(where):
    if isinstance(where, int):
        return socket.create_connection(("127.0.0.1", where), 10)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(str(where))
    return connection


def wait_for(what, where):
    end = time.monotonic() + 30
    while True:
        try:
            return connect(where).close()
        except OSError:
            if time.monotonic() > end:
                raise TimeoutError(what) from None
            time.sleep(0.02)


def status_of(where):
    body = b'{"taskType":"code-execution","code":"1+1"}'
    with connect(where) as connection:
        connection.sendall(b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (PATH.encode(), len(body), body))
        return int(connection.recv(4096).split()[1])


class Bench:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="wp-402-"))
        self.children = []
        self.servers = {}  # (name, transport) -> (process, where)

    def spawn(self, name, command, env=None):
        with open(self.directory / f"{name}.log", "ab") as log:
            child = subprocess.Popen(["taskset", "-c", str(SERVER_CPU), *map(str, command)], env=env,
                                     stdout=log, stderr=log)
        self.children.append(child)
        return child

    def gateway(self, name, listen):
        directory = self.directory / name
        (directory / "bus").mkdir(parents=True)
        key = directory / "token.key"
        key.write_text("5a" * 32 + "\n")
        key.chmod(0o600)
        settings = {
            "REDIS": self.directory / "redis.sock", "BUS_DIRECTORY": directory / "bus",
            "ADMIN_LISTEN": f"unix:{directory}/admin.sock", "INSTANCE": name,
            "LISTEN": listen if ":" in str(listen) else f"unix:{listen}",
            "PUBLIC_URL": "http://gateway.example", "CHAIN_ID": 84532,
            "TOKEN_ADDRESS": "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "PAYMENT_WALLET": WALLET,
            "REGISTRY_ADDRESS": WALLET, "VERIFIER_ADDRESS": WALLET, "OUTPUT_TOKEN_KEY_FILE": key,
        }
        env = {f"WORKPROOF_{word}": str(value) for word, value in settings.items()}
        return self.spawn(name, [self.build / "bin/wp-gateway"], env | {"PATH": os.environ["PATH"]})

    def nginx(self, name, listen):
        directory = self.directory / name
        directory.mkdir()
        config = directory / "nginx.conf"
        config.write_text(NGINX.format(dir=directory, listen=listen if ":" in str(listen) else f"unix:{listen}"))
        return self.spawn(name, ["nginx", "-p", directory, "-c", config])

    def express(self, name, listen):
        env = dict(os.environ, NODE_ENV="production")
        return self.spawn(name, ["node", HERE / "express.mjs", str(listen).rpartition(":")[2]], env)

    def start(self):
        self.spawn("redis", ["redis-server", ROOT / "ops/redis.conf", "--unixsocket",
                             self.directory / "redis.sock", "--dir", self.directory])
        wait_for("redis", self.directory / "redis.sock")
        for make, status in ((self.gateway, 402), (self.nginx, 200), (self.express, 402)):
            for transport in ("127.0.0.1", "unix"):
                name = f"{make.__name__}-{'tcp' if transport != 'unix' else transport}"
                where = free_port() if transport != "unix" else self.directory / f"{name}.sock"
                process = make(name, f"127.0.0.1:{where}" if transport != "unix" else where)
                wait_for(name, where)
                answered = status_of(where)
                if answered != status:
                    raise RuntimeError(f"{name} answers {answered}, not {status}")
                self.servers[make.__name__, transport] = (process, where)

    def load(self, key, seconds):
        """Answers per second, CPU microseconds per answer, p50 and p99 in ms."""
        process, where = self.servers[key]
        env = dict(os.environ)
        if not isinstance(where, int):
            env |= {"LD_PRELOAD": str(self.build / "lib/libbench_wrk_unix.so"), "WRK_UNIX": str(where)}
        before = cpu_seconds(process.pid)
        out = subprocess.run(["taskset", "-c", str(WRK_CPU), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
                              "-s", HERE / "unpaid.lua",
                              f"http://127.0.0.1:{where if isinstance(where, int) else 80}{PATH}"],
                             env=env, check=True, capture_output=True, text=True).stdout
        cpu = cpu_seconds(process.pid) - before
        line = next(line for line in out.splitlines() if line.startswith("RESULT")).split()[1:]
        count, duration, refused, broken, p50, p99 = map(float, line)
        if count == 0 or broken or refused != (0 if key[0] == "nginx" else count):
            raise RuntimeError(f"{key}: wrong answers: {out}")
        return count / duration, cpu * 1e6 / count, p50 / 1e3, p99 / 1e3

    def stop(self):
        for child in self.children:
            child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def report(runs, rounds, seconds):
    median = {key: [statistics.median(column) for column in zip(*rows)] for key, rows in runs.items()}
    print(f"402 answers: wrk, {CONNECTIONS} connections, server on cpu {SERVER_CPU}, wrk on cpu {WRK_CPU}; "
          f"medians of {rounds} rounds of {seconds} s")
    for transport in ("127.0.0.1", "unix"):
        print(f"{transport:12} {'per s':>9} {'CPU us':>9} {'p50 ms':>9} {'p99 ms':>9}")
        for name in ("gateway", "nginx", "express"):
            rate, cpu, p50, p99 = median[name, transport]
            print(f"  {name:10} {rate:9.0f} {cpu:9.2f} {p50:9.2f} {p99:9.2f}")
        ours, floor, peer = (median[name, transport] for name in ("gateway", "nginx", "express"))
        print(f"  gateway / nginx: {ours[1] / floor[1]:.2f} times the CPU; "
              f"gateway / express: {ours[0] / peer[0]:.2f} times the answers per second")


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    rounds, seconds = (int(word) for word in (sys.argv[2:] + ["5", "2"][len(sys.argv) - 2:]))
    bench = Bench(sys.argv[1])
    try:
        bench.start()
        for key in bench.servers:
            bench.load(key, WARM_SECONDS)
        runs = {key: [] for key in bench.servers}
        for _ in range(rounds):
            for key in bench.servers:
                runs[key].append(bench.load(key, seconds))
        report(runs, rounds, seconds)
    finally:
        bench.stop()


if __name__ == "__main__":
    main()
