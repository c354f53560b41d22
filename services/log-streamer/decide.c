#include "services/log-streamer/decide.h"

#include "libcommon/base.h"
#include "proto/task.h"

#include <string.h>

int decide_read_facts(struct decide_facts *ret_facts, const struct wp_record *record)
{
	struct decide_facts facts = {
		.id = record->id,
		.attempt = wp_record_attempt(record),
		.has_expected = wp_record_has(record, WP_FIELD_expected_hash),
		.trapped = strcmp(wp_record_text(record, WP_FIELD_error_code), "TRAP") == 0,
		.engine = wp_record_text(record, WP_FIELD_engine),
		.driver = wp_record_text(record, WP_FIELD_driver),
		.isolation = wp_record_text(record, WP_FIELD_isolation),
	};

	if (facts.has_expected &&
		wp_record_hash(record, WP_FIELD_expected_hash, &facts.expected_hash) < 0)
		return -WP_E_FORMAT;
	*ret_facts = facts;
	return 0;
}

/* H1: the hash is of what was printed, else of the completion value. A program that failed without
 * printing has neither. */
static bool hash_matches(const struct wp_result *result, const void *output, size_t output_size)
{
	struct wp_hash hash;

	if (output_size > 0)
		hash = wp_sha256(output, output_size);
	else if (strcmp(result->outcome, "OK") == 0)
		hash = wp_sha256(result->result, strlen(result->result));
	else
		return true;
	return wp_hash_equal(&hash, &result->output_hash);
}

bool decide_believes(const struct decide_facts *facts, const struct wp_result *result,
	const void *output, size_t output_size)
{
	return wp_id_equal(&facts->id, &result->id) && facts->attempt == result->attempt &&
	       strcmp(facts->engine, result->engine) == 0 &&
	       strcmp(facts->driver, result->driver) == 0 &&
	       strcmp(facts->isolation, result->isolation) == 0 &&
	       result->output_bytes == output_size && hash_matches(result, output, output_size);
}

static struct decision verdict_of(enum wp_verdict verdict)
{
	return (struct decision){ .action = DECIDE_VERDICT, .verdict = verdict };
}

static struct decision run_again(const struct decide_facts *facts, enum decide_cause cause)
{
	if (facts->attempt < WP_ATTEMPTS_MAX)
		return (struct decision){ .action = DECIDE_RERUN, .cause = cause };
	return (struct decision){
		.action = DECIDE_REFUND, .cause = cause, .verdict = WP_VERDICT_FAILED
	};
}

static struct decision compare(const struct decide_facts *facts, const struct wp_result *result)
{
	if (!facts->has_expected)
		return verdict_of(WP_VERDICT_COMPUTED);
	if (wp_hash_equal(&facts->expected_hash, &result->output_hash))
		return verdict_of(WP_VERDICT_VALID);
	return verdict_of(WP_VERDICT_INVALID);
}

struct decision decide_end(
	const struct decide_facts *facts, const struct wp_result *result, enum decide_cause cause)
{
	if (result == NULL)
		return run_again(facts, cause);
	if (strcmp(result->outcome, "OK") == 0)
		return compare(facts, result);
	if (strcmp(result->outcome, "TIMEOUT") == 0)
		return verdict_of(WP_VERDICT_TIMEOUT);
	if (strcmp(result->outcome, "ERROR") == 0) {
		/* A guest that dies may be our fault once; twice is its own doing (V5). */
		if (strcmp(result->error_code, "TRAP") == 0 && !facts->trapped)
			return run_again(facts, DECIDE_CAUSE_TRAP);
		return verdict_of(WP_VERDICT_ERROR);
	}
	return run_again(facts, DECIDE_CAUSE_FAILED);
}

const char *decide_cause_text(enum decide_cause cause)
{
	switch (cause) {
	case DECIDE_CAUSE_NONE:
		return "none";
	case DECIDE_CAUSE_LOST:
		return "lost";
	case DECIDE_CAUSE_FAILED:
		return "failed";
	case DECIDE_CAUSE_FORGED:
		return "forged";
	case DECIDE_CAUSE_TRAP:
		return "trap";
	}
	return "";
}
