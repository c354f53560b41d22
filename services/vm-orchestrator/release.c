#include "services/vm-orchestrator/release.h"

#include "libcommon/base.h"

#include <stdlib.h>

struct release {
	struct orchestrator *orchestrator;
	struct release *next; /* of those to be sent again */
	struct wp_id id;
	uint32_t attempt;
};

static void keep(struct release *release)
{
	release->next = release->orchestrator->releases;
	release->orchestrator->releases = release;
}

static void on_freed(void *arg, int status, const char *text)
{
	struct release *release = arg;
	struct orchestrator *orchestrator = release->orchestrator;

	(void)text;
	if (status == 0 || orchestrator->stopped) {
		WP_CRASH_POINT("slot-freed");
		free(release);
	} else {
		keep(release);
	}
	orchestrator_let_go(orchestrator);
}

static void send_release(struct release *release)
{
	struct orchestrator *orchestrator = release->orchestrator;

	if (wp_store_slot_free(
		    orchestrator->store, &release->id, release->attempt, on_freed, release) == 0)
		orchestrator_hold(orchestrator);
	else
		keep(release);
}

void release_slot(struct orchestrator *orchestrator, const struct wp_id *id, uint32_t attempt)
{
	struct release *release = calloc(1, sizeof *release);

	/* Without memory the slot stays until its hard end, which is safe. */
	if (release == NULL)
		return;
	*release = (struct release){ .orchestrator = orchestrator, .id = *id, .attempt = attempt };
	send_release(release);
}

void release_retry(struct orchestrator *orchestrator)
{
	struct release *list = orchestrator->releases;

	orchestrator->releases = NULL;
	while (list != NULL) {
		struct release *release = list;

		list = release->next;
		send_release(release);
	}
}

void release_forget(struct orchestrator *orchestrator)
{
	while (orchestrator->releases != NULL) {
		struct release *release = orchestrator->releases;

		orchestrator->releases = release->next;
		free(release);
	}
}
