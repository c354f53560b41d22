/* chain_driver.c - what the gateway and the run path would do, for tests of the two chain daemons:
 *   chain_driver address KEY               address of a private key
 *   chain_driver statement SEED            public key of an Ed25519 seed
 *   chain_driver present REDIS BUS TOKEN WALLET KEY NONCE VALUE SECONDS ATTEST
 *                                          presents a payment; prints outcome, reason, id
 *   chain_driver decide REDIS ID SEED      PAID → RUNNING → DECIDED, VALID, with a signed statement
 *   chain_driver fail REDIS ID             PAID → REFUND_DUE */
#include "libcommon/base.h"
#include "libcommon/evm/eip712.h"
#include "libcommon/evm/secp.h"
#include "libcommon/hex.h"
#include "libcommon/time.h"
#include "proto/baton.h"
#include "proto/statement.h"
#include "proto/store.h"
#include "proto/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHAIN      84532
#define ENGINE     "quickjs@2025-04-26"
#define CODE       "console.log(42)\n"
#define PATIENCE_S 20
#define RESEND_MS  200

struct driver {
	struct wp_loop *loop;
	struct wp_redis *redis;
	struct wp_store *store;
	struct wp_bus *bus;
	struct wp_timer *timer;
	uint8_t exchange[16];
	struct wp_id id;
	char **args;
	struct wp_record_copy {
		struct wp_hash task_hash;
		uint64_t fence;
	} record;
	int status;
};

static void fail(const char *what)
{
	fprintf(stderr, "chain_driver: %s\n", what);
	exit(1);
}

static void need(bool truth, const char *what)
{
	if (!truth)
		fail(what);
}

static struct wp_secret secret_of(const char *hex)
{
	struct wp_secret secret = { 0 };

	need(wp_secret_set(&secret, hex, strlen(hex)) == 0 && wp_secret_from_hex(&secret, 32) == 0,
		"not a key");
	return secret;
}

static void done(struct driver *driver, int status)
{
	driver->status = status;
	wp_loop_stop(driver->loop);
}

/* ---- the task and its payment ---- */

static struct wp_task task_of(void)
{
	struct wp_task task = { .task_type = "code-execution",
		.engine = ENGINE,
		.timeout_ms = 5000,
		.clock_ms = WP_CLOCK_DEFAULT_MS };

	task.code_hash = wp_task_content_hash(NULL, 0, CODE, strlen(CODE));
	return task;
}

struct payment {
	struct wp_address token;
	struct wp_authorization authorization;
	uint8_t signature[65];
	uint8_t value[32];
};

static void make_payment(struct payment *payment, char **args)
{
	struct wp_secret key = secret_of(args[4]);
	struct wp_authorization *authorization = &payment->authorization;
	struct wp_signature signature;

	need(wp_address_parse(&payment->token, args[2]) == 0, "token");
	need(wp_address_parse(&authorization->to, args[3]) == 0, "wallet");
	need(wp_secp_address(&authorization->from, &key) == 0, "key");
	need(wp_hash_parse(&authorization->nonce, args[5]) == 0, "nonce");
	need(wp_amount_parse(&authorization->value, args[6]) == 0, "value");
	authorization->valid_before =
		(uint64_t)(wp_time_wall_ms() / 1000 + strtol(args[7], NULL, 10));
	const struct wp_eip712_domain token = { "USDC", "2", CHAIN, payment->token };
	struct wp_hash digest = wp_authorization_digest(&token, authorization);
	need(wp_secp_sign(&signature, &key, &digest) == 0, "sign");
	wp_signature_to_bytes(payment->signature, &signature);
	wp_amount_to_be(payment->value, &authorization->value);
	wp_secret_wipe(&key);
}

#define BYTES(array) ((ProtobufCBinaryData){ .data = array, .len = sizeof array })

static void send_present(void *arg)
{
	static struct payment payment;
	static struct wp_hash request_hash, task_hash;
	struct driver *driver = arg;
	struct wp_task task = task_of();
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;
	Workproof__Present present = WORKPROOF__PRESENT__INIT;
	Workproof__Authorization authorization = WORKPROOF__AUTHORIZATION__INIT;
	Workproof__Request request = WORKPROOF__REQUEST__INIT;

	if (payment.signature[0] == 0)
		make_payment(&payment, driver->args);
	need(wp_task_hash(&task_hash, &task) == 0, "task");
	request_hash = wp_sha256(CODE, strlen(CODE));
	driver->id = wp_task_payment_id(
		CHAIN, &payment.token, &payment.authorization.from, &payment.authorization.nonce);
	authorization.asset = BYTES(payment.token.bytes);
	authorization.from = BYTES(payment.authorization.from.bytes);
	authorization.to = BYTES(payment.authorization.to.bytes);
	authorization.value = BYTES(payment.value);
	authorization.valid_before = payment.authorization.valid_before;
	authorization.nonce = BYTES(payment.authorization.nonce.bytes);
	authorization.signature = BYTES(payment.signature);
	request.request_hash = BYTES(request_hash.bytes);
	request.task_hash = BYTES(task_hash.bytes);
	request.code_hash = BYTES(task.code_hash.bytes);
	request.code = (ProtobufCBinaryData){ .data = (uint8_t *)CODE, .len = strlen(CODE) };
	request.task_type = (char *)"code-execution";
	request.engine = (char *)ENGINE;
	request.isolation = (char *)"process";
	request.attest = driver->args[8];
	request.timeout_ms = (uint32_t)task.timeout_ms;
	request.clock_ms = task.clock_ms;
	present.exchange = BYTES(driver->exchange);
	present.reply_to = (char *)wp_bus_endpoint(driver->bus);
	present.id = BYTES(driver->id.bytes);
	present.authorization = &authorization;
	present.request = &request;
	present.x402_version = 2;
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_PRESENT;
	envelope.present = &present;
	wp_envelope_push(driver->bus, "payment-verifier", &envelope);
}

static void on_message(void *arg, const uint8_t *data, size_t size)
{
	struct driver *driver = arg;
	Workproof__Envelope *envelope = wp_envelope_read(data, size);
	char id[WP_ID_TEXT];

	if (envelope && envelope->body_case == WORKPROOF__ENVELOPE__BODY_PRESENT_ANSWER) {
		printf("%d %s %s\n", envelope->present_answer->outcome,
			envelope->present_answer->reason[0] ? envelope->present_answer->reason
							    : "-",
			wp_id_text(id, &driver->id));
		done(driver, 0);
	}
	if (envelope)
		workproof__envelope__free_unpacked(envelope, NULL);
}

static void present(struct driver *driver, char **args)
{
	static const char *const peers[] = { "payment-verifier", NULL };
	char instance[32];
	struct wp_bus_settings settings = { .service = "gateway",
		.instance = instance,
		.directory = args[1],
		.capacity = 16,
		.peers = peers };

	snprintf(instance, sizeof instance, "driver-%d", (int)getpid());
	driver->bus = wp_bus_new(driver->loop, driver->redis, &settings, on_message, driver);
	need(driver->bus != NULL, "bus");
	driver->timer = wp_timer_new(driver->loop, send_present, driver);
	wp_timer_start(driver->timer, 20, RESEND_MS);
}

/* ---- the run ---- */

static void on_moved(void *arg, const struct wp_moved *answer)
{
	if (answer->status != 0)
		fprintf(stderr, "chain_driver: %s %s\n", wp_strerror(answer->status), answer->text);
	done(arg, answer->status == 0 ? 0 : 1);
}

static void write_verdict(struct driver *driver, uint64_t fence)
{
	char text[WP_STATEMENT_TEXT], hash[WP_HASH_TEXT], digest[WP_HASH_TEXT], number[24];
	struct wp_secret seed = secret_of(driver->args[2]);
	const struct wp_verdict_statement statement = {
		.id = driver->id,
		.fence = fence,
		.task_hash = driver->record.task_hash,
		.output_hash = wp_sha256("42\n", 3),
		.verdict = WP_VERDICT_VALID,
		.engine = ENGINE,
		.guest_digest = wp_sha256("guest", 5),
		.driver = "null",
		.isolation = "process",
	};

	need(wp_verdict_statement_sign(text, &statement, &seed) == 0, "statement");
	snprintf(number, sizeof number, "%llu", (unsigned long long)fence);
	const struct wp_field_value fields[] = {
		{ WP_FIELD_verdict, "VALID" },
		{ WP_FIELD_output_hash, wp_hash_text(hash, &statement.output_hash) },
		{ WP_FIELD_output_bytes, "3" },
		{ WP_FIELD_guest_digest, wp_hash_text(digest, &statement.guest_digest) },
		{ WP_FIELD_time_ms, "1" },
		{ WP_FIELD_memory_bytes, "1000" },
		{ WP_FIELD_driver, "null" },
		{ WP_FIELD_isolation, "process" },
		{ WP_FIELD_verdict_fence, number },
		{ WP_FIELD_verdict_statement, text },
	};
	const struct wp_move move = { .id = driver->id,
		.fence = fence,
		.from = WP_STATE_RUNNING,
		.to = WP_STATE_DECIDED,
		.due_ms = 1,
		.fields = fields,
		.field_count = WP_ARRAY_LEN(fields),
		.out_stdout = "42\n",
		.out_stdout_size = 3,
		.out_result = "null",
		.out_error_message = "" };
	need(wp_store_advance(driver->store, &move, on_moved, driver) == 0, "advance");
	wp_secret_wipe(&seed);
}

static void on_running(void *arg, const struct wp_moved *answer)
{
	if (answer->status != 0)
		on_moved(arg, answer);
	else
		write_verdict(arg, answer->fence);
}

static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct driver *driver = arg;
	bool decide = strcmp(driver->args[-1], "decide") == 0;
	const struct wp_field_value reason = { WP_FIELD_refund_reason, "test" };
	struct wp_move move = { .id = driver->id, .from = WP_STATE_PAID };

	need(status == 0 && wp_record_state(record) == WP_STATE_PAID, "it is not PAID");
	wp_record_hash(record, WP_FIELD_task_hash, &driver->record.task_hash);
	move.fence = wp_record_fence(record);
	move.to = decide ? WP_STATE_RUNNING : WP_STATE_REFUND_DUE;
	move.slot_max = 100;
	move.slot_ms = 10000;
	move.due_ms = decide ? 0 : 1;
	move.fields = decide ? NULL : &reason;
	move.field_count = decide ? 0 : 1;
	need(wp_store_advance(driver->store, &move, decide ? on_running : on_moved, driver) == 0,
		"advance");
}

static void on_patience(void *arg)
{
	fprintf(stderr, "chain_driver: no answer\n");
	done(arg, 1);
}

static int run(struct driver *driver, const char *command, char **args)
{
	driver->loop = wp_loop_new();
	driver->args = args;
	driver->redis = wp_redis_new(driver->loop, args[0]);
	driver->store = wp_store_new(driver->redis);
	struct wp_timer *patience = wp_timer_new(driver->loop, on_patience, driver);
	wp_timer_start(patience, PATIENCE_S * 1000, 0);
	if (strcmp(command, "present") == 0) {
		present(driver, args);
	} else {
		need(wp_id_parse(&driver->id, args[1]) == 0, "id");
		need(wp_store_get(driver->store, &driver->id, on_record, driver) == 0, "get");
	}
	wp_loop_run(driver->loop);
	wp_timer_free(driver->timer);
	wp_timer_free(patience);
	wp_bus_free(driver->bus);
	wp_redis_free(driver->redis);
	wp_store_free(driver->store);
	wp_loop_free(driver->loop);
	return driver->status;
}

static void print_address(const char *key)
{
	struct wp_secret secret = secret_of(key);
	struct wp_address address;
	char text[WP_ADDRESS_TEXT];

	need(wp_secp_address(&address, &secret) == 0, "key");
	puts(wp_address_text(text, &address));
	wp_secret_wipe(&secret);
}

static void print_public_key(const char *seed)
{
	struct wp_secret secret = secret_of(seed);
	struct wp_public_key key;
	char text[2 * sizeof key.bytes + 3];

	need(wp_statement_public_key(&key, &secret) == 0, "seed");
	wp_hex_encode0x(text, key.bytes, sizeof key.bytes);
	puts(text);
	wp_secret_wipe(&secret);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *command;
		int arguments;
	} commands[] = { { "address", 1 }, { "statement", 1 }, { "present", 9 }, { "decide", 3 },
		{ "fail", 2 } };
	struct driver driver = { .exchange = { 1 } };
	bool known = false;

	for (size_t i = 0; argc > 1 && i < WP_ARRAY_LEN(commands); i++)
		known |= strcmp(argv[1], commands[i].command) == 0 &&
			 argc == 2 + commands[i].arguments;
	need(known, "see the head of chain_driver.c");
	if (strcmp(argv[1], "address") == 0)
		print_address(argv[2]);
	else if (strcmp(argv[1], "statement") == 0)
		print_public_key(argv[2]);
	else
		return run(&driver, argv[1], argv + 2);
	return 0;
}
