#include "libcommon/base.h"

#ifdef WORKPROOF_FAULTS

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The status a shell reports for SIGKILL, which the crash stands for. */
#define CRASH_STATUS 137

static const char *service_name = "";

void wp_crash_service(const char *name)
{
	service_name = name;
}

/* Is entry[0..length) this service's step? */
static bool entry_names(const char *entry, size_t length, const char *step)
{
	size_t service_length = strlen(service_name);
	return length == service_length + 1 + strlen(step) &&
	       memcmp(entry, service_name, service_length) == 0 && entry[service_length] == ':' &&
	       memcmp(entry + service_length + 1, step, strlen(step)) == 0;
}

static bool list_names(const char *list, const char *step)
{
	while (list) {
		const char *comma = strchr(list, ',');
		if (entry_names(list, comma ? (size_t)(comma - list) : strlen(list), step))
			return true;
		list = comma ? comma + 1 : NULL;
	}
	return false;
}

void wp_crash_point(const char *step)
{
	if (!list_names(getenv("WP_CRASH_AT"), step))
		return;
	/* O_EXCL decides between processes; a marker that cannot be made still ends the process, so
	 * that a wrong path shows as a crash loop and not as a test that silently passes. */
	const char *mark = getenv("WP_CRASH_MARK");
	if (mark && open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0 &&
		errno == EEXIST)
		return;
	_exit(CRASH_STATUS);
}

#endif
