#!/usr/bin/env python3
"""The gateway before any money moves, behind the real edge and over a real Redis.

usage: test_gateway.py GATEWAY_BINARY
"""
import base64
import hashlib
import json
import pathlib
import socket
import socketserver
import subprocess
import sys
import threading
import time
import unittest

import yaml

from stand import ORIGIN, ROOT, Stand

GATEWAY = None
BODY = json.dumps({"taskType": "code-execution", "code": "console.log(1)"})
ID = "0x" + "12" * 16


def setUpModule():
    global stand
    stand = Stand(GATEWAY)


def tearDownModule():
    stand.gateway.terminate()
    status = stand.gateway.wait(20)
    stand.stop()
    if status != 0:
        raise AssertionError(f"the gateway ended with {status} (O1)")


def post(body=None, headers=(), path="/v1/verifications", **where):
    return stand.request("POST", path, body, headers, **where)


def body_of(**members):
    return json.dumps({"taskType": "code-execution", "code": "1", **members})


class Case(unittest.TestCase):
    def problem(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["code"], code)
        self.assertEqual(problem["status"], status)
        self.assertIn("retryable", problem)
        self.assertTrue(problem["money"])
        return problem


class Offer(Case):
    """A6"""

    def challenge(self, answer):
        body = self.problem(answer, 402, "payment-required")
        self.assertEqual(answer.headers["cache-control"], "no-store")
        header = json.loads(base64.b64decode(answer.headers["payment-required"], validate=True))
        self.assertEqual(header["x402Version"], 2)
        self.assertEqual(header["resource"]["url"], "http://gateway.example/v1/verifications")
        self.assertEqual(header["accepts"][0]["network"], "eip155:84532")
        self.assertEqual(body["x402Version"], 1)
        self.assertEqual(body["accepts"][0]["network"], "base-sepolia")
        self.assertIn("0.01 USDC", body["howToPay"])

    def test_unpaid_requests_get_the_offer(self):
        for path in ("/v1/verifications", "/verify"):
            self.challenge(post(BODY, path=path))
            self.challenge(post(BODY, path=path, tls=True))
            self.challenge(post(None, path=path))
            self.challenge(post("", path=path, headers=[("Content-Type", None)]))

    def test_an_unpaid_request_leaves_no_record_and_starts_nothing(self):
        def keys():
            return sorted(k for k in stand.redis("--scan") if not k.startswith("wp:svc"))
        before = keys()
        for _ in range(20):
            self.assertEqual(post(BODY).status, 402)
        forged = base64.b64encode(json.dumps({"x402Version": 2}).encode()).decode()
        self.assertEqual(post(BODY, [("PAYMENT-SIGNATURE", forged)]).status, 402)
        self.assertEqual(keys(), before)

    def test_every_answer_carries_the_security_headers(self):
        """A12"""
        for answer in (post(BODY), post("{"), stand.request("GET", "/v1/pricing"),
                       stand.request("GET", "/nothing"), stand.request("PUT", "/verify")):
            self.assertEqual(answer.headers["x-frame-options"], "DENY")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            self.assertIn("default-src 'none'", answer.headers["content-security-policy"])
            self.assertRegex(answer.headers["x-request-id"], "^[0-9a-f]{32}$")
            self.assertNotIn("strict-transport-security", answer.headers)
        self.assertIn("strict-transport-security", post(BODY, tls=True).headers)

    def test_a_trace_goes_on(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        answer = post(BODY, [("traceparent", f"00-{trace}-b7ad6b7169203331-01")])
        self.assertEqual(answer.headers["x-request-id"], trace)


class Payments(Case):
    """P4: refused by stock reason, receipt header and a fresh offer."""

    def refused(self, answer, reason, header="payment-response"):
        body = self.problem(answer, 402, "payment-refused")
        self.assertEqual(body["error"], reason)
        self.assertEqual(body["accepts"][0]["scheme"], "exact")
        receipt = json.loads(base64.b64decode(answer.headers[header], validate=True))
        self.assertIs(receipt["success"], False)
        self.assertEqual(receipt["errorReason"], reason)
        self.assertIn("payment-required", answer.headers)
        return receipt

    def test_garbage(self):
        for text in ("x", "!!!!", "e30", base64.b64encode(b"[1]").decode(), "A" * 7168):
            self.refused(post(BODY, [("PAYMENT-SIGNATURE", text)]), "invalid_payload")
            self.refused(post(BODY, [("X-PAYMENT", text)]), "invalid_payload", "x-payment-response")

    def vector(self):
        return json.loads((ROOT / "tests/vectors/x402-eip712.json").read_text())["vectors"][0]

    def test_a_late_payment_is_looked_up_then_refused(self):
        """A8: a signed payment whose time is over might have been served; this one was not."""
        vector = self.vector()
        payment = json.loads(base64.b64decode(vector["headerV2"]))
        if int(payment["payload"]["authorization"]["validBefore"]) > time.time():
            self.skipTest("the vector is not late yet")
        receipt = self.refused(post(BODY, [("PAYMENT-SIGNATURE", vector["headerV2"])]),
                               "invalid_exact_evm_payload_authorization_valid_before")
        self.assertEqual(receipt["payer"], vector["authorization"]["from"])

    def id_of(self, header):
        """The id the gateway looks a payment up by, as Redis sees it asked for."""
        stand.redis("CONFIG", "SET", "slowlog-log-slower-than", "0")
        post(BODY, [("PAYMENT-SIGNATURE", header)])
        log = stand.redis("SLOWLOG", "GET", "32")
        stand.redis("CONFIG", "SET", "slowlog-log-slower-than", "-1")
        return next(word.removeprefix("wp:v:") for word in log if word.startswith("wp:v:"))

    def test_a_record_that_cannot_be_read(self):
        """A8: unknown is not said to be untouched; what is known to be admitted is told by its Location."""
        header = self.vector()["headerV2"]
        record = self.id_of(header)
        stand.redis("SET", f"wp:v:{record}", "no hash")
        try:
            problem = self.problem(post(BODY, [("PAYMENT-SIGNATURE", header)]), 503, "store-unavailable")
            self.assertNotIn("nothing was taken", problem["money"])
            stand.redis("DEL", f"wp:v:{record}")
            canonical = json.dumps(json.loads(BODY), sort_keys=True, separators=(",", ":"))
            stand.redis("HSET", f"wp:v:{record}", "st", "DONE", "paid_ms", "1", "pay_tx", "0x" + "11" * 32,
                        "request_hash", "0x" + hashlib.sha256(canonical.encode()).hexdigest())
            stand.redis("SET", f"wp:out:{record}", "no hash")
            answer = post(BODY, [("PAYMENT-SIGNATURE", header)])
            self.assertEqual(answer.status, 202, answer.body)
            self.assertEqual(answer.headers["location"], f"/v1/verifications/{record}")
            self.assertEqual((answer.json()["id"], answer.json()["status"]), (record, "PENDING"))
        finally:
            stand.redis("DEL", f"wp:v:{record}", f"wp:out:{record}")

    def test_a_flipped_signature_bit(self):
        payment = json.loads(base64.b64decode(self.vector()["headerV2"]))
        signature = payment["payload"]["signature"]
        payment["payload"]["signature"] = signature[:20] + ("0" if signature[20] != "0" else "1") + signature[21:]
        header = base64.b64encode(json.dumps(payment).encode()).decode()
        self.refused(post(BODY, [("PAYMENT-SIGNATURE", header)]), "invalid_exact_evm_signature")

    def test_headers_that_are_not_one_payment(self):
        self.problem(post(BODY, [("PAYMENT-SIGNATURE", "e30="), ("X-PAYMENT", "e30=")]), 400, "invalid-header")
        self.problem(post(BODY, [("X-PAYMENT", "e30="), ("X-PAYMENT", "e30=")]), 400, "invalid-header")

    def test_native_payment_is_not_offered(self):
        """P3: neither the proof nor the payer's signature is silently ignored, with a payment or without."""
        for name, value in (("X-402-Payment", "0x" + "1" * 64), ("X-402-Payer-Signature", "0x" + "1" * 130)):
            for more in ((), (("PAYMENT-SIGNATURE", self.vector()["headerV2"]),)):
                answer = post(BODY, [(name, value), *more])
                problem = self.problem(answer, 400, "payment-method-not-offered")
                self.assertIn(name, problem["detail"])
                self.assertIn("not looked at", problem["money"])

    def test_a_bad_body_is_told_before_the_payment_is_read(self):
        self.problem(post("{", [("X-PAYMENT", "garbage")]), 400, "malformed-json")
        self.problem(post("", [("X-PAYMENT", "garbage")]), 400, "malformed-json")


class Bodies(Case):
    """A9, A10"""

    def test_schema_errors_name_each_field(self):
        answer = post(body_of(timeoutSeconds=61, expectedHash="zz", more=1))
        problem = self.problem(answer, 400, "invalid-request")
        self.assertEqual({e["pointer"] for e in problem["errors"]},
                         {"/timeoutSeconds", "/expectedHash", "/more"})

    def test_json_is_strict(self):
        for body in ("{", '{"a":1,"a":2}', BODY + "x", "\ufeff" + BODY):
            self.problem(post(body), 400, "malformed-json")

    def test_media_types(self):
        for value in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", None):
            self.problem(post(BODY, [("Content-Type", value)]), 415, "unsupported-media-type")
        self.problem(post(BODY, [("Content-Encoding", "gzip")]), 415, "unsupported-media-type")

    def test_what_could_never_run(self):
        cases = ((body_of(code=";" * 102401), "program-too-large"), (body_of(code="\n" * 5000 + "1"), "program-too-long"),
                 (body_of(code="import fs from 'fs'"), "program-blocked"), (body_of(isolation="vm"), "unsupported-option"),
                 (body_of(checkDeterminism="same-engine"), "unsupported-option"))
        for body, code in cases:
            self.problem(post(body), 422, code)
        for body in (body_of(code=";" * 102400), body_of(code="\n" * 4999 + "1")):
            self.assertEqual(post(body).status, 402)

    def test_body_limit(self):
        frame = len(body_of(inputData=""))
        self.assertEqual(post(body_of(inputData="x" * (1048576 - frame))).status, 402)
        self.problem(post(body_of(inputData="x" * (1048577 - frame))), 413, "body-too-large")
        self.problem(post(body_of(inputData="x" * 4000000)), 413, "body-too-large")

    def test_header_limit(self):
        for name in ("X-PAYMENT", "X-Anything"):
            self.assertEqual(post(BODY, [(name, "A" * 8192)]).status, 402)
            self.problem(post(BODY, [(name, "A" * 8193)]), 431, "header-too-large")
        three = [(f"X-{n}", "A" * 8192) for n in range(3)]
        self.assertEqual(post(BODY, three).status, 402)


class Routes(Case):
    def test_unknown_and_wrong(self):
        self.problem(stand.request("GET", "/nothing"), 404, "not-found")
        self.problem(stand.request("GET", f"/v1/verifications/{ID}"), 404, "unknown-verification")
        self.problem(stand.request("GET", f"/verify/{ID}/receipt"), 404, "unknown-verification")
        self.problem(stand.request("GET", "/v1/verifications/0x12"), 400, "invalid-id")
        self.problem(stand.request("GET", "/v1/verifications"), 400, "invalid-query")
        query = "/v1/verifications?payment=0x" + "1" * 40 + ":0x" + "2" * 64
        self.problem(stand.request("GET", query), 404, "unknown-verification")

    def test_methods(self):
        answer = stand.request("PUT", "/verify", "{}")
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer.headers["allow"], "GET, HEAD, POST, OPTIONS")
        head = stand.request("HEAD", "/v1/pricing")
        self.assertEqual((head.status, head.body), (200, b""))

    def test_accept(self):
        self.problem(post(BODY, [("Accept", "text/html")]), 406, "not-acceptable")
        self.assertEqual(post(BODY, [("Accept", "text/html, */*;q=0.1")]).status, 402)

    def test_cors(self):
        """A12"""
        ask = [("Access-Control-Request-Method", "POST"),
               ("Access-Control-Request-Headers", "content-type,x-payment,access-control-expose-headers")]
        answer = stand.request("OPTIONS", "/verify", headers=[("Origin", ORIGIN), *ask])
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.headers["access-control-allow-origin"], ORIGIN)
        self.assertEqual(answer.headers["access-control-allow-methods"], "GET, POST")
        allowed = {h.strip().lower() for h in answer.headers["access-control-allow-headers"].split(",")}
        self.assertLessEqual({"content-type", "x-payment", "payment-signature", "prefer", "authorization",
                              "access-control-expose-headers"}, allowed)
        exposed = post(BODY, [("Origin", ORIGIN)]).headers["access-control-expose-headers"]
        for name in ("PAYMENT-REQUIRED", "PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE", "Location"):
            self.assertIn(name, exposed)
        for origin in ("https://evil.example", "null", ORIGIN + ".evil"):
            answer = stand.request("OPTIONS", "/verify", headers=[("Origin", origin), *ask])
            self.assertNotIn("access-control-allow-origin", answer.headers)
            self.assertNotIn("access-control-allow-origin", post(BODY, [("Origin", origin)]).headers)


class Documents(Case):
    """A13, V1"""

    def check(self, value, schema, api):
        if "$ref" in schema:
            schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        for part in schema.get("allOf", []):
            self.check(value, part, api)
        for name in schema.get("required", []):
            self.assertIn(name, value)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                self.check(value[name], inner, api)

    def test_the_description_is_true(self):
        api = stand.request("GET", "/openapi.json").json()
        source = yaml.safe_load((ROOT / "proto/openapi.yaml").read_text())
        self.assertEqual(api, source)
        for path, methods in api["paths"].items():
            for method, operation in methods.items():
                for body in self.examples(operation):
                    target, headers = path, []
                    for parameter in operation.get("parameters", []):
                        if "$ref" in parameter:
                            parameter = api["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
                        if parameter["in"] == "path":
                            target = target.replace("{" + parameter["name"] + "}", parameter["example"])
                        if parameter["in"] == "query":
                            target += f"?{parameter['name']}={parameter['example']}"
                        if parameter["in"] == "header" and "example" in parameter:
                            headers.append((parameter["name"], parameter["example"]))
                    answer = stand.request(method.upper(), target, body, headers)
                    with self.subTest(f"{method} {target}"):
                        described = operation["responses"][str(answer.status)]["content"]
                        media = described[answer.headers["content-type"]]
                        self.check(answer.json(), media["schema"], api)
                        if method == "post":
                            self.assertEqual(answer.status, 402)

    @staticmethod
    def examples(operation):
        content = operation.get("requestBody", {}).get("content", {})
        examples = content.get("application/json", {}).get("examples", {})
        return [json.dumps(e["value"]) for e in examples.values()] or [None]

    def test_pricing_is_the_table_of_verdicts(self):
        pricing = stand.request("GET", "/v1/pricing").json()
        self.assertEqual(pricing["price"]["amount"], "10000")
        charges = {row["verdict"]: row["charge"] for row in pricing["verdicts"]}
        self.assertEqual(charges.pop("FAILED"), "refunded")
        self.assertEqual(set(charges.values()), {"kept"})
        self.assertEqual(set(charges), {"VALID", "INVALID", "COMPUTED", "NONDETERMINISTIC", "ERROR", "TIMEOUT"})

    def test_every_error_type_leads_somewhere(self):
        for row in stand.request("GET", "/errors").json()["errors"]:
            one = stand.request("GET", f"/errors/{row['code']}")
            self.assertEqual(one.json(), row)
        self.assertEqual(stand.request("GET", "/errors/none").status, 404)


class Edge(Case):
    """Request smuggling and slow clients, as the edge sees them."""

    def head(self, *lines):
        return ("\r\n".join(["POST /verify HTTP/1.1", "Host: x", "Content-Type: application/json", *lines]) +
                "\r\n\r\n").encode("latin-1")

    def one(self, data, *statuses):
        answer = stand.raw(data, timeout=3)
        self.assertIn(answer.status, statuses, (data[:120], answer.body))
        self.assertNotIn(b"HTTP/1.1 ", answer.more, "a second answer: smuggled")
        return answer

    def test_lengths_and_codings(self):
        smuggled = b"GET /v1/pricing HTTP/1.1\r\nHost: x\r\n\r\n"
        close = "Connection: close"
        self.one(self.head(close, "Transfer-Encoding: chunked") + b"1\r\n{\r\n0\r\n\r\n", 411)
        self.one(self.head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + smuggled, 400, 411)
        self.one(self.head("Content-Length: 0", "Content-Length: 38") + smuggled, 400)
        self.one(self.head(close, "Content-Length: +2") + b"{}", 400)
        self.one(self.head(close, "Content-Length: 0x2") + b"{}", 400)
        self.one(self.head(close, "Content-Length : 2") + b"{}", 400)
        self.one(self.head(close, "Transfer-Encoding: xchunked") + b"0\r\n\r\n", 400, 411, 422)

    def test_control_characters(self):
        for value in ("a\x00b", "a\x01b", "a\x7fb", "a\x0bb"):
            answer = self.one(self.head("Connection: close", f"X-Thing: {value}", "Content-Length: 2") + b"{}", 400)
            self.assertEqual(answer.json()["code"], "malformed-http")

    def test_http_2_bodies_without_a_length(self):
        url = f"https://127.0.0.1:{stand.https_port}/verify"
        def curl(*options, data=b""):
            return subprocess.run(["curl", "-sk", "--http2", "-o", "-", "-w", "\n%{http_version} %{http_code}", *options, url],
                                  input=data, capture_output=True).stdout.decode().rsplit("\n", 1)[1]
        kind = ["-H", "content-type: application/json"]
        self.assertEqual(curl(*kind, "-X", "POST", "-T", "-", data=BODY.encode()), "2 411")
        self.assertEqual(curl(*kind, "-d", BODY), "2 402")
        self.assertEqual(curl("-X", "POST"), "2 402")

    def test_old_tls_is_refused(self):
        run = subprocess.run(["curl", "-sk", "--tls-max", "1.2", f"https://127.0.0.1:{stand.https_port}/v1/pricing"],
                             capture_output=True)
        self.assertNotEqual(run.returncode, 0)

    def test_a_dripped_head_or_body_ends_after_five_seconds(self):
        for begin in (b"POST /verify HTTP/1.1\r\n", self.head("Content-Length: 100")):
            started = time.monotonic()
            with socket.create_connection(("127.0.0.1", stand.http_port)) as connection:
                connection.settimeout(0.5)
                connection.sendall(begin)
                received = b""
                while time.monotonic() - started < 10 and not received:
                    try:
                        connection.sendall(b"X")
                        received = connection.recv(4096)
                    except TimeoutError:
                        continue
            self.assertTrue(received.startswith(b"HTTP/1.1 408"), received[:40])
            self.assertLess(time.monotonic() - started, 7)

    def test_the_client_cannot_say_who_it_is(self):
        seen = []

        class Echo(socketserver.StreamRequestHandler):
            def handle(self):
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += self.rfile.readline()
                seen.append(head.decode().lower())
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        path = stand.directory / "echo.sock"
        with socketserver.ThreadingUnixStreamServer(str(path), Echo) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            ports = stand.http_port, stand.https_port
            port = stand.start_edge(path)
            stand.http_port, stand.https_port = ports
            lies = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil"),
                    ("Forwarded", "for=6.6.6.6"), ("X-Real-IP", "6.6.6.6")]
            self.assertEqual(stand.request("GET", "/", headers=lies, port=port).status, 200)
            server.shutdown()
        self.assertNotIn("6.6.6.6", seen[0])
        self.assertNotIn("evil", seen[0])
        self.assertIn("x-forwarded-for: 127.0.0.1\r\n", seen[0])
        self.assertIn("x-forwarded-proto: http\r\n", seen[0])


class Bare(Case):
    """Without the edge the gateway still stands: it runs so for development."""

    def test_framing(self):
        def send(*lines, body=b"{}"):
            head = "\r\n".join(["POST /verify HTTP/1.1", "Host: x", "Connection: close", *lines])
            return stand.raw(head.encode() + b"\r\n\r\n" + body, unix=stand.gateway_socket).status
        self.assertEqual(send("Content-Length: 0", body=b""), 402)
        self.assertEqual(send("Content-Length: 2", "Transfer-Encoding: chunked"), 400)
        self.assertEqual(send("Content-Length: 2", "Content-Length: 3"), 400)
        self.assertEqual(stand.request("POST", "/verify", BODY, unix=stand.gateway_socket).status, 402)


if __name__ == "__main__":
    GATEWAY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
