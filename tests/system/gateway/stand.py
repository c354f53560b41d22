"""A gateway with its own Redis, and HAProxy in front of it, for one test program."""
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
ORIGIN = "https://app.example"


def wait_for(what, ask, seconds=20):
    end = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connects(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value
        self.more = b""
        length = int(self.headers.get("content-length", 0))
        self.body, self.more = self.body[:length], self.body[length:]

    def json(self):
        return json.loads(self.body)


class Stand:
    def __init__(self, gateway):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="wp-gw-"))
        self.children = []
        self.gateway_socket = self.directory / "gateway.sock"
        self.redis_socket = self.directory / "redis.sock"
        try:
            self.start_redis()
            self.start_gateway(gateway)
            self.start_edge()
        except BaseException:
            self.stop()
            raise

    def spawn(self, name, command, env=None):
        with open(self.directory / f"{name}.log", "ab") as log:
            child = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        self.children.append(child)
        return child

    def start_redis(self):
        self.spawn("redis", ["redis-server", str(ROOT / "ops/redis.conf"), "--unixsocket",
                             str(self.redis_socket), "--dir", str(self.directory)])
        wait_for("redis", lambda: self.redis_socket.exists() and connects(self.redis_socket))

    def redis(self, *words):
        return subprocess.run(["redis-cli", "-s", str(self.redis_socket), *words], check=True,
                              capture_output=True, text=True).stdout.split("\n")[:-1]

    def start_gateway(self, gateway):
        (self.directory / "bus").mkdir()
        key = self.directory / "token.key"
        key.write_text("5a" * 32 + "\n")
        key.chmod(0o600)
        settings = {
            "REDIS": self.redis_socket, "BUS_DIRECTORY": self.directory / "bus",
            "ADMIN_LISTEN": f"unix:{self.directory}/admin.sock", "INSTANCE": "gateway-1",
            "LISTEN": f"unix:{self.gateway_socket}", "PUBLIC_URL": "http://gateway.example",
            "CHAIN_ID": 84532, "TOKEN_ADDRESS": "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
            "PAYMENT_WALLET": WALLET, "REGISTRY_ADDRESS": WALLET, "VERIFIER_ADDRESS": WALLET,
            "OUTPUT_TOKEN_KEY_FILE": key, "CORS_ORIGINS": ORIGIN,
        }
        env = {"PATH": os.environ["PATH"]}
        env.update({f"WORKPROOF_{name}": str(value) for name, value in settings.items()})
        self.gateway = self.spawn("gateway", [gateway], env)
        wait_for("gateway", lambda: self.gateway_socket.exists() and connects(self.gateway_socket))

    def edge_config(self, backend):
        self.http_port, self.https_port = free_port(), free_port()
        text = (ROOT / "ops/haproxy.cfg.in").read_text()
        for name, value in (("HTTP_PORT", self.http_port), ("HTTPS_PORT", self.https_port),
                            ("CERT", self.directory / "edge.pem"), ("RUN_DIR", self.directory),
                            ("GATEWAY_SOCKET", backend)):
            text = text.replace(f"@{name}@", str(value))
        config = self.directory / f"haproxy-{self.http_port}.cfg"
        config.write_text(text)
        return config

    def start_edge(self, backend=None):
        pem, key, certificate = (self.directory / f"edge.{kind}" for kind in ("pem", "key", "crt"))
        if not pem.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                            "-keyout", str(key), "-out", str(certificate)], check=True,
                           capture_output=True)
            pem.write_text(certificate.read_text() + key.read_text())
        config = self.edge_config(backend or self.gateway_socket)
        self.spawn("haproxy", ["haproxy", "-db", "-f", str(config)])
        port = self.http_port

        def is_open():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        wait_for("haproxy", is_open)
        return port

    def raw(self, data, port=None, tls=False, unix=None, timeout=15):
        """Sends bytes, closes nothing, reads until the other side does or an answer is complete."""
        if unix:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(unix))
        else:
            default = self.https_port if tls else self.http_port
            connection = socket.create_connection(("127.0.0.1", port or default))
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection = context.wrap_socket(connection, server_hostname="localhost")
        connection.settimeout(timeout)
        with connection:
            try:
                connection.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before it was all sent: the answer is there
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except (ConnectionResetError, TimeoutError):
                pass
        return Answer(received)

    def request(self, method, path, body=None, headers=(), **where):
        lines = [f"{method} {path} HTTP/1.1", "Host: gateway.example", "Connection: close"]
        data = body.encode() if isinstance(body, str) else body
        names = {name.lower() for name, _ in headers}
        if data is not None:
            lines.append(f"Content-Length: {len(data)}")
            if "content-type" not in names:
                lines.append("Content-Type: application/json")
        lines += [f"{name}: {value}" for name, value in headers if value is not None]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        return self.raw(head + (data or b""), **where)

    def stop(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
