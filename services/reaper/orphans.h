/* orphans.h - which isolates on this host have no right to live: those without a slot, and those
 * whose slot is past its hard end. Pure. */
#ifndef WP_REAPER_ORPHANS_H
#define WP_REAPER_ORPHANS_H

#include "libcommon/types.h"
#include "proto/store.h"
#include "services/vm-orchestrator/driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An isolate younger than this may have been started after the slots were read. */
#define ORPHANS_YOUNG_MS 3000

enum orphans_fate {
	ORPHANS_KEEP,
	ORPHANS_UNKNOWN, /* its name is not "<id>:<attempt>": not one of a verification; left alone
			  */
	ORPHANS_NO_SLOT,
	ORPHANS_OVERDUE
};

/* "0x<32 hex>:<decimal without leading zero>"; false for anything else. */
bool orphans_parse_name(struct wp_id *ret_id, uint32_t *ret_attempt, const char *name);

/* The fate of the isolate called name, alive for age_ms: slots are all that are held, read while it
 * was alive; grace_ms is what a slot may be past its hard end. */
enum orphans_fate orphans_fate_of(const char *name, int64_t age_ms, const struct wp_slot *slots,
	size_t slot_count, int64_t grace_ms);
/* "no-slot", "overdue"; "" for those that live. */
const char *orphans_fate_text(enum orphans_fate fate);

#endif
