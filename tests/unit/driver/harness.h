/* harness.h - runs one task on a driver to its end. */
#ifndef DRIVER_HARNESS_H
#define DRIVER_HARNESS_H

#include "services/vm-orchestrator/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	char *data;
	size_t size;
	unsigned pieces;
};

static inline void keep_output(void *arg, const uint8_t *data, size_t size)
{
	struct kept *kept = arg;

	kept->data = realloc(kept->data, kept->size + size + 1);
	memcpy(kept->data + kept->size, data, size);
	kept->size += size;
	kept->data[kept->size] = '\0';
	kept->pieces++;
}

static inline void *open_driver(const struct driver *driver, const char *guest, unsigned capacity)
{
	struct driver_settings settings = {
		.installation = "unit-test", .guest_path = guest, .capacity = capacity
	};
	const char *why = NULL;
	void *state = NULL;

	if (driver->open(&settings, &state, &why))
		fail_msg("open: %s", why);
	return state;
}

static inline struct driver_task task_of(const char *name, const char *code)
{
	return (struct driver_task){ .name = name,
		.code = code,
		.code_size = strlen(code),
		.engine = "quickjs",
		.timeout_ms = 5000,
		.wall_ms = 60000,
		.clock_ms = 1767225600000 };
}

static inline const struct driver_result *wait_end(
	const struct driver *driver, struct driver_run *run)
{
	const struct driver_result *result;

	while (!(result = driver->step(run))) {
		struct pollfd poll_fd = { driver->fd(run), POLLIN, 0 };
		assert_true(poll(&poll_fd, 1, 60000) == 1);
	}
	assert_null(driver->step(run)); /* once */
	return result;
}

static inline struct driver_run *start(
	const struct driver *driver, void *state, const struct driver_task *task, struct kept *kept)
{
	struct driver_run *run = NULL;

	assert_int_equal(driver->spawn(state, task, keep_output, kept, &run), 0);
	return run;
}

#endif
