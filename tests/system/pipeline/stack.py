"""A private stack for one test: Redis with fsync always, and any of the three daemons of the run path."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time


class Resp:
    """The Redis protocol, blocking: just enough for tests."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(90)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def command(self, *words):
        parts = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
        return self.read()

    def read(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        return None if rest == b"-1" else [self.read() for _ in range(int(rest))]


class Daemon:
    """One process; with restart it is started again, 100 ms after it dies."""

    def __init__(self, stack, service, instance, settings, restart):
        self.stack, self.service, self.settings = stack, service, settings
        self.path = os.path.join(stack.bin, "wp-" + service)
        self.log_path = os.path.join(stack.directory, instance + ".log")
        self.instance, self.restart, self.codes = instance, restart, []
        self.ended = threading.Condition()
        self.process = self.spawn()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def spawn(self):
        environment = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=1", **self.stack.common(),
                       "WORKPROOF_INSTANCE": self.instance, **self.settings}
        with open(self.log_path, "ab") as log:
            return subprocess.Popen([self.path], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def watch(self):
        while True:
            code = self.process.wait()
            with self.ended:
                self.codes.append(code)
                self.ended.notify_all()
                if not self.restart or self.stack.closing:
                    return
            time.sleep(0.1)  # what a supervisor waits
            with self.ended:
                if self.stack.closing or not self.restart:
                    return
                self.process = self.spawn()

    def wait_end(self, timeout=30):
        with self.ended:
            if not self.ended.wait_for(lambda: self.codes, timeout):
                raise AssertionError(f"{self.instance} does not end")
            return self.codes[0]

    def kill(self):
        self.process.kill()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()


class Stack:
    def __init__(self, bin_directory, feed):
        self.bin, self.feed_tool, self.closing, self.daemons = bin_directory, feed, False, []
        self.directory = tempfile.mkdtemp(prefix="wp-pipeline-")
        os.mkdir(os.path.join(self.directory, "bus"))
        self.socket = os.path.join(self.directory, "redis.sock")
        for key in ("result", "statement"):
            self.write_key(key, secrets.token_hex(32))
        self.redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.directory, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = self.connect()

    def connect(self):
        for _ in range(200):
            try:
                return Resp(self.socket)
            except OSError:  # not there, or not listening yet
                time.sleep(0.02)
        raise AssertionError("Redis does not answer")

    def common(self):
        return {"WORKPROOF_REDIS": self.socket, "WORKPROOF_BUS_DIRECTORY": os.path.join(self.directory, "bus")}

    def write_key(self, name, text):
        descriptor = os.open(self.key(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)

    def key(self, name):
        return os.path.join(self.directory, name + ".key")

    def start(self, service, instance=None, restart=False, **settings):
        defaults = {
            "vm-orchestrator": {"WORKPROOF_DRIVER": "null", "WORKPROOF_RESULT_KEY_FILE": self.key("result")},
            "log-streamer": {"WORKPROOF_RESULT_KEY_FILE": self.key("result"),
                             "WORKPROOF_STATEMENT_KEY_FILE": self.key("statement")},
            "reaper": {"WORKPROOF_DRIVER": "null", "WORKPROOF_SWEEP": "500ms"},
        }[service]
        daemon = Daemon(self, service, instance or service, {**defaults, **settings}, restart)
        self.daemons.append(daemon)
        return daemon

    def start_all(self, **settings):
        for service in ("reaper", "vm-orchestrator", "log-streamer"):
            self.start(service, **settings)

    def feed(self, code="1", expected="-", timeout_ms=5000, budget_ms=60000, engine="-", isolation="process"):
        identity = "0x" + secrets.token_hex(16)
        subprocess.run([self.feed_tool, self.socket, identity, code, expected, str(timeout_ms), str(budget_ms),
                        engine, isolation], check=True, timeout=30)
        return identity

    def record(self, identity):
        flat = self.client.command("HGETALL", "wp:v:" + identity)
        return {flat[i].decode(): flat[i + 1].decode() for i in range(0, len(flat), 2)}

    def moves(self, identity):
        """Every move of one verification, in order."""
        found = []
        for _, fields in self.client.command("XRANGE", "wp:ev", "-", "+"):
            event = {fields[i].decode(): fields[i + 1].decode() for i in range(0, len(fields), 2)}
            if event["id"] == identity:
                found.append(event["to"])
        return found

    def wait_for(self, identity, *states, timeout=60):
        """Follows the events until the verification is in one of the states; its record."""
        deadline, last = time.monotonic() + timeout, "0"
        while time.monotonic() < deadline and not any(code in (64, 69, 70) for d in self.daemons for code in d.codes):
            answer = self.client.command("XREAD", "BLOCK", 1000, "STREAMS", "wp:ev", last)
            for event_id, fields in answer[0][1] if answer else []:
                last = event_id.decode()
                event = {fields[i].decode(): fields[i + 1].decode() for i in range(0, len(fields), 2)}
                if event["id"] == identity and event["to"] in states:
                    return self.record(identity)
        logs = "\n".join(d.instance + ":\n" + d.log()[-3000:] for d in self.daemons)
        raise AssertionError(f"{identity} is not in {states}: {self.record(identity)}\n{logs}")

    def close(self):
        """Ends everything that was started here; complains about sanitizer reports."""
        self.closing = True
        for daemon in self.daemons:
            if daemon.process.poll() is None:
                daemon.process.send_signal(signal.SIGTERM)
        reports = []
        for daemon in self.daemons:
            try:
                daemon.process.wait(20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                reports.append(daemon.instance + " did not stop")
            text = daemon.log()
            if "ERROR: AddressSanitizer" in text or "runtime error:" in text or "LeakSanitizer" in text:
                reports.append(daemon.instance + ":\n" + text[-6000:])
        self.client.close()
        self.redis.terminate()
        self.redis.wait(20)
        shutil.rmtree(self.directory)
        return reports
