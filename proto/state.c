/* state.c - questions to the table of the states. */
#include "proto/state.gen.h"

#include <stddef.h>
#include <string.h>

static const struct wp_state_row *row_of(enum wp_state state)
{
	unsigned index = (unsigned)state;

	return &wp_state_rows[index < WP_STATE_COUNT ? index : WP_STATE_NONE];
}

const char *wp_state_text(enum wp_state state)
{
	return row_of(state)->name;
}

enum wp_state wp_state_parse(const char *text)
{
	if (text == NULL)
		return WP_STATE_NONE;
	for (unsigned i = 1; i < WP_STATE_COUNT; i++) {
		if (strcmp(wp_state_rows[i].name, text) == 0)
			return (enum wp_state)i;
	}
	return WP_STATE_NONE;
}

const char *wp_state_public(enum wp_state state)
{
	return row_of(state)->status;
}

const char *wp_state_mover(enum wp_state state)
{
	return row_of(state)->mover;
}

int64_t wp_state_lease_ms(enum wp_state state)
{
	return row_of(state)->lease_ms;
}

bool wp_state_is_end(enum wp_state state)
{
	return row_of(state)->is_end;
}

bool wp_state_may_move(enum wp_state from, enum wp_state to)
{
	unsigned index = (unsigned)to;

	return index < WP_STATE_COUNT && (row_of(from)->moves >> index & 1u) != 0;
}
