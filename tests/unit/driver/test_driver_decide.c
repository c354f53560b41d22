/* Who pays for which death (V5, X7): the table of driver_run_decide. */
#include "services/vm-orchestrator/driver_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>

#define EXITED(code)      ((code) << 8)
#define SIGNALLED(number) (number)

struct row {
	struct driver_run_end end;
	enum driver_frames_state frames;
	enum driver_error_code code;
	const char *result;
	enum driver_outcome outcome;
	enum driver_error_code error_code;
};

static const struct row rows[] = {
	{ { DRIVER_RUN_DONE, SIGNALLED(SIGKILL), 1, 9, false }, DRIVER_FRAMES_ENDED, DRIVER_NONE,
		"1", DRIVER_OK, DRIVER_NONE },
	{ { DRIVER_RUN_ALIVE, EXITED(0), 1, 9, false }, DRIVER_FRAMES_ENDED, DRIVER_NONE, "1",
		DRIVER_OK, DRIVER_NONE },
	{ { DRIVER_RUN_DONE, 0, 1, 9, false }, DRIVER_FRAMES_ENDED, DRIVER_MEMORY, NULL,
		DRIVER_ERROR, DRIVER_MEMORY },
	{ { DRIVER_RUN_DONE, 0, 1, 9, false }, DRIVER_FRAMES_ENDED, DRIVER_NONE, "1,2",
		DRIVER_ERROR, DRIVER_TRAP },
	{ { DRIVER_RUN_DONE, 0, 1, 9, false }, DRIVER_FRAMES_FULL, DRIVER_NONE, NULL, DRIVER_ERROR,
		DRIVER_OUTPUT },
	{ { DRIVER_RUN_DONE, 0, 1, 9, false }, DRIVER_FRAMES_VIOLATED, DRIVER_NONE, NULL,
		DRIVER_ERROR, DRIVER_TRAP },
	/* we killed it */
	{ { DRIVER_RUN_CPU, SIGNALLED(SIGKILL), 9, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_TIMEOUT, DRIVER_NONE },
	{ { DRIVER_RUN_WALL, SIGNALLED(SIGKILL), 8, 9, true }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_FAILED, DRIVER_NONE },
	{ { DRIVER_RUN_REQUEST, SIGNALLED(SIGKILL), 1, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_FAILED, DRIVER_NONE },
	{ { DRIVER_RUN_TROUBLE, SIGNALLED(SIGKILL), 1, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_FAILED, DRIVER_NONE },
	/* it died by itself */
	{ { DRIVER_RUN_ALIVE, SIGNALLED(SIGSEGV), 1, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_ERROR, DRIVER_TRAP },
	{ { DRIVER_RUN_ALIVE, SIGNALLED(SIGSYS), 1, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_ERROR, DRIVER_TRAP },
	{ { DRIVER_RUN_ALIVE, SIGNALLED(SIGKILL), 1, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_FAILED, DRIVER_NONE },
	{ { DRIVER_RUN_ALIVE, SIGNALLED(SIGKILL), 9, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE,
		NULL, DRIVER_TIMEOUT, DRIVER_NONE },
	{ { DRIVER_RUN_ALIVE, EXITED(0), 1, 9, false }, DRIVER_FRAMES_OPEN, DRIVER_NONE, NULL,
		DRIVER_ERROR, DRIVER_TRAP },
	{ { DRIVER_RUN_ALIVE, EXITED(0), 1, 9, true }, DRIVER_FRAMES_OPEN, DRIVER_NONE, NULL,
		DRIVER_FAILED, DRIVER_NONE },
};

static void every_death_has_its_verdict_V5(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct driver_frames frames;
		struct driver_result result = { 0 };
		driver_frames_open(&frames);
		frames.state = rows[i].frames;
		frames.code = rows[i].code;
		frames.result = (char *)(uintptr_t)rows[i].result;
		frames.result_size = rows[i].result ? strlen(rows[i].result) : 0;
		driver_run_decide(&rows[i].end, &frames, &result);
		if (result.outcome != rows[i].outcome || result.error_code != rows[i].error_code)
			fail_msg("row %zu: %d %d %s", i, result.outcome, result.error_code,
				result.error_message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_death_has_its_verdict_V5) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
