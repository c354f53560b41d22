#include "services/chain-writer/decided.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "proto/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int copy_text(char *to, size_t capacity, const char *from)
{
	size_t length = strlen(from);

	if (length == 0 || length >= capacity)
		return -WP_E_FORMAT;
	memcpy(to, from, length + 1);
	return 0;
}

/* Absent is zero. */
static int optional_hash(const struct wp_record *record, enum wp_field field,
	struct wp_hash *ret_hash, bool *ret_has)
{
	*ret_hash = (struct wp_hash){ 0 };
	*ret_has = wp_record_has(record, field);
	return *ret_has ? wp_record_hash(record, field, ret_hash) : 0;
}

static int read_u64(const struct wp_record *record, enum wp_field field, uint64_t *ret_value)
{
	int64_t value = 0;

	if (wp_record_i64(record, field, &value) < 0 || value < 0)
		return -WP_E_FORMAT;
	*ret_value = (uint64_t)value;
	return 0;
}

/* ---- the task: hashed again from the record, so that the statement covers every limit ---- */

static int read_salt(
	const struct wp_record *record, uint8_t salt[static WP_SALT_MAX_BYTES], size_t *ret_size)
{
	const char *text = wp_record_text(record, WP_FIELD_salt);
	size_t length = strlen(text);

	*ret_size = length > 2 ? (length - 2) / 2 : 0;
	if (*ret_size > WP_SALT_MAX_BYTES ||
		(*ret_size > 0 && wp_hex_decode(salt, *ret_size, text, length) < 0))
		return -WP_E_FORMAT;
	return 0;
}

static int read_task(const struct wp_record *record, struct wp_receipt *receipt, bool *ret_expected)
{
	uint8_t salt[WP_SALT_MAX_BYTES];
	bool has_input;
	int64_t timeout_ms = 0;
	struct wp_task task = { .task_type = wp_record_text(record, WP_FIELD_task_type),
		.engine = wp_record_text(record, WP_FIELD_engine),
		.salt = salt };

	if (wp_record_hash(record, WP_FIELD_code_hash, &task.code_hash) < 0 ||
		optional_hash(record, WP_FIELD_input_hash, &task.input_hash, &has_input) < 0 ||
		optional_hash(record, WP_FIELD_expected_hash, &task.expected_hash,
			&task.has_expected) < 0 ||
		wp_record_i64(record, WP_FIELD_timeout_ms, &timeout_ms) < 0 || timeout_ms < 0 ||
		wp_record_i64(record, WP_FIELD_clock_ms, &task.clock_ms) < 0 ||
		read_salt(record, salt, &task.salt_size) < 0)
		return -WP_E_FORMAT;
	task.timeout_ms = timeout_ms;
	receipt->code_hash = task.code_hash;
	receipt->input_hash = task.input_hash;
	receipt->timeout_ms = (uint64_t)timeout_ms;
	receipt->memory_limit_bytes = WP_MEMORY_LIMIT_BYTES;
	receipt->output_limit_bytes = WP_OUTPUT_LIMIT_BYTES;
	*ret_expected = task.has_expected;
	return wp_task_hash(&receipt->task_hash, &task);
}

/* ---- the run ---- */

static int read_run(const struct wp_record *record, struct wp_receipt *receipt)
{
	bool has;

	if (optional_hash(record, WP_FIELD_output_hash, &receipt->output_hash, &has) < 0 ||
		optional_hash(record, WP_FIELD_guest_digest, &receipt->guest_digest, &has) < 0 ||
		read_u64(record, WP_FIELD_time_ms, &receipt->time_ms) < 0 ||
		read_u64(record, WP_FIELD_memory_bytes, &receipt->memory_peak_bytes) < 0 ||
		copy_text(receipt->engine, sizeof receipt->engine,
			wp_record_text(record, WP_FIELD_engine)) < 0 ||
		copy_text(receipt->driver, sizeof receipt->driver,
			wp_record_text(record, WP_FIELD_driver)) < 0 ||
		copy_text(receipt->isolation, sizeof receipt->isolation,
			wp_record_text(record, WP_FIELD_isolation)) < 0)
		return -WP_E_FORMAT;
	receipt->verdict = wp_verdict_parse(wp_record_text(record, WP_FIELD_verdict));
	receipt->charged = wp_verdict_is_charged(receipt->verdict);
	receipt->runs = 1;
	return receipt->verdict == WP_VERDICT_NONE ? -WP_E_FORMAT : 0;
}

static int check_verdict(const struct wp_record *record, const struct wp_receipt *receipt,
	const struct wp_public_key *key)
{
	struct wp_verdict_statement statement = {
		.id = record->id,
		.task_hash = receipt->task_hash,
		.output_hash = receipt->output_hash,
		.verdict = receipt->verdict,
		.engine = receipt->engine,
		.guest_digest = receipt->guest_digest,
		.driver = receipt->driver,
		.isolation = receipt->isolation,
	};

	if (read_u64(record, WP_FIELD_verdict_fence, &statement.fence) < 0)
		return -WP_E_FORMAT;
	return wp_verdict_statement_verify(
		       &statement, wp_record_text(record, WP_FIELD_verdict_statement), key)
		       ? 0
		       : -WP_E_REFUSED;
}

int decided_check_payment(const struct wp_record *record, const struct payment *payment,
	const struct wp_public_key *key)
{
	struct wp_payment_statement statement = {
		.id = record->id,
		.chain_id = payment->chain_id,
		.asset = payment->asset,
		.payer = payment->authorization.from,
		.value = payment->authorization.value,
	};

	if (wp_record_hash(record, WP_FIELD_pay_tx, &statement.transaction) < 0 ||
		read_u64(record, WP_FIELD_pay_log, &statement.log_index) < 0)
		return -WP_E_FORMAT;
	return wp_payment_statement_verify(
		       &statement, wp_record_text(record, WP_FIELD_pay_statement), key)
		       ? 0
		       : -WP_E_REFUSED;
}

int decided_read(struct decided *ret_decided, const struct wp_record *record,
	const struct payment *payment, const struct decided_keys *keys,
	const struct wp_address *registry)
{
	bool expected;
	struct decided decided = { .receipt = { .chain_id = payment->chain_id,
					   .registry = *registry,
					   .id = record->id } };
	int status = read_task(record, &decided.receipt, &expected);

	if (status == 0)
		status = read_run(record, &decided.receipt);
	if (status == 0)
		status = check_verdict(record, &decided.receipt, &keys->verdict);
	if (status == 0)
		status = decided_check_payment(record, payment, &keys->payment);
	if (status < 0)
		return status;
	decided.verdict = decided.receipt.verdict;
	decided.attested =
		wp_verdict_attested(decided.verdict, wp_record_text(record, WP_FIELD_attest),
			expected, wp_record_text(record, WP_FIELD_error_code));
	wp_record_i64(record, WP_FIELD_deadline_ms, &decided.deadline_ms);
	*ret_decided = decided;
	return 0;
}

int decided_set_payment(
	struct wp_receipt *receipt, const struct payment *payment, const struct proof *proof)
{
	char asset[WP_ADDRESS_TEXT], transaction[WP_HASH_TEXT];
	int length = snprintf(receipt->payment, sizeof receipt->payment,
		"eip155:%" PRIu64 "/%s/%s/%" PRIu64, payment->chain_id,
		wp_address_text(asset, &payment->asset),
		wp_hash_text(transaction, &proof->transaction), proof->log_index);

	return length > 0 && (size_t)length < sizeof receipt->payment ? 0 : -WP_E_RANGE;
}
