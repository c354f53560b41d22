#include "services/vm-orchestrator/fitness.h"

#include "proto/task.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* "quickjs@1" → "quickjs"; false unless both halves are there and the name fits. */
static bool split_engine(struct fitness_facts *facts, const char *engine)
{
	const char *at = strchr(engine, '@');
	size_t length = at == NULL ? 0 : (size_t)(at - engine);

	if (length == 0 || length >= sizeof facts->engine_name ||
		strlen(engine) >= sizeof facts->engine)
		return false;
	memcpy(facts->engine_name, engine, length);
	facts->engine_name[length] = '\0';
	memcpy(facts->engine, engine, strlen(engine) + 1);
	return true;
}

/* The engine is fixed at admission: only exactly that version may run it (O9). */
static bool holds_engine(const struct fitness_facts *facts)
{
	const char *ours = wp_engine_resolve(facts->engine_name);

	return ours != NULL && strcmp(ours, facts->engine) == 0;
}

/* "none" runs nothing at all, so there is nothing that a minimum would protect from. */
static bool isolates_enough(const char *isolation, const char *minimum)
{
	if (strcmp(minimum, "vm") == 0)
		return strcmp(isolation, "vm") == 0 || strcmp(isolation, "none") == 0;
	return true;
}

static bool read_limits(struct fitness_facts *facts, const struct wp_record *record)
{
	struct wp_hash code_hash;
	struct wp_hash input_hash = { 0 };
	int status = wp_record_hash(record, WP_FIELD_input_hash, &input_hash);

	if (status < 0 && status != -ENOENT)
		return false;
	if (wp_record_hash(record, WP_FIELD_code_hash, &code_hash) < 0 ||
		wp_record_i64(record, WP_FIELD_timeout_ms, &facts->timeout_ms) < 0 ||
		wp_record_i64(record, WP_FIELD_clock_ms, &facts->clock_ms) < 0)
		return false;
	if (facts->timeout_ms < WP_TIMEOUT_MIN_S * 1000 ||
		facts->timeout_ms > WP_TIMEOUT_MAX_S * 1000)
		return false;
	wp_task_seed(facts->seed, &code_hash, &input_hash);
	return true;
}

enum fitness fitness_of(
	struct fitness_facts *ret_facts, const struct wp_record *record, const char *isolation)
{
	struct fitness_facts facts = { 0 };

	if (!split_engine(&facts, wp_record_text(record, WP_FIELD_engine)))
		return FITNESS_RECORD;
	if (!holds_engine(&facts))
		return FITNESS_ENGINE;
	if (!isolates_enough(isolation, wp_record_text(record, WP_FIELD_isolation_min)))
		return FITNESS_ISOLATION;
	if (!read_limits(&facts, record))
		return FITNESS_RECORD;
	*ret_facts = facts;
	return FITNESS_OK;
}

const char *fitness_text(enum fitness fitness)
{
	switch (fitness) {
	case FITNESS_OK:
		return "ok";
	case FITNESS_ENGINE:
		return "engine";
	case FITNESS_ISOLATION:
		return "isolation";
	case FITNESS_RECORD:
		return "record";
	}
	return "";
}
