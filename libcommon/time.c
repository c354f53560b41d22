#include "libcommon/time.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

/* 9999-12-31T23:59:59.999Z: RFC 3339 has four digits for the year. */
#define LAST_WALL_MS INT64_C(253402300799999)

int64_t wp_time_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t wp_time_monotonic_ms(void)
{
	return wp_time_monotonic_us() / 1000;
}

int64_t wp_time_wall_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int wp_time_process_cpu_us(pid_t pid, int64_t *ret_us)
{
	clockid_t clock;
	struct timespec used;
	int error = clock_getcpuclockid(pid, &clock);

	if (error)
		return -error;
	if (clock_gettime(clock, &used))
		return errno == EINVAL ? -ESRCH : -errno;
	*ret_us = (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
	return 0;
}

char *wp_time_text(char text[static 25], int64_t wall_ms)
{
	if (wall_ms < 0)
		wall_ms = 0;
	if (wall_ms > LAST_WALL_MS)
		wall_ms = LAST_WALL_MS;
	time_t seconds = wall_ms / 1000;
	struct tm broken;
	gmtime_r(&seconds, &broken);
	size_t length = strftime(text, 25, "%Y-%m-%dT%H:%M:%S", &broken);
	snprintf(text + length, 25 - length, ".%03uZ", (unsigned)(wall_ms % 1000));
	return text;
}
