#include "services/log-streamer/streamer.h"

#include "libcommon/base.h"
#include "services/log-streamer/follow.h"

#include <stdlib.h>

#define PARK_MS 500

static const enum wp_state own_states[] = { WP_STATE_RUNNING };

static void free_state(struct streamer *streamer)
{
	wp_store_free(streamer->store);
	free(streamer);
}

void streamer_hold(struct streamer *streamer)
{
	streamer->held++;
}

void streamer_let_go(struct streamer *streamer)
{
	if (--streamer->held == 0 && streamer->stopped)
		free_state(streamer);
}

void streamer_count(struct streamer *streamer, enum streamer_metric metric, size_t label)
{
	wp_metric_add(streamer->context->metrics, streamer->metrics + (int)metric, label, 1);
}

static size_t room(const struct streamer *streamer)
{
	size_t capacity = (size_t)streamer->settings->capacity;

	if (streamer->draining || streamer->follows.count >= capacity)
		return 0;
	return capacity - streamer->follows.count;
}

static void on_parked(void *arg, const struct wp_moved *moved)
{
	(void)moved;
	streamer_let_go(arg);
}

/* Full or draining: due again at once for another instance, or for us later. */
static void hand_back(struct streamer *streamer, const struct wp_baton *baton)
{
	if (wp_store_park(streamer->store, &baton->id, baton->fence, WP_STATE_RUNNING,
		    streamer->draining ? 0 : PARK_MS, NULL, 0, on_parked, streamer) == 0)
		streamer_hold(streamer);
}

static void take(struct streamer *streamer, const struct wp_baton *baton)
{
	if (room(streamer) > 0)
		follow_baton(streamer, baton);
	else
		hand_back(streamer, baton);
}

static size_t claim_room(void *arg, enum wp_state state)
{
	(void)state;
	return room(arg);
}

static void on_claimed(void *arg, const struct wp_baton *baton)
{
	take(arg, baton);
}

int streamer_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct streamer *streamer = calloc(1, sizeof *streamer);

	if (streamer == NULL)
		return -ENOMEM;
	streamer->context = context;
	streamer->settings = settings;
	streamer->metrics = metrics_base;
	*ret_state = streamer;
	return 0;
}

int streamer_start(void *state)
{
	struct streamer *streamer = state;
	struct wp_context *context = streamer->context;

	streamer->store = wp_store_new(context->redis);
	if (streamer->store == NULL)
		return -ENOMEM;
	streamer->claimer = wp_claimer_new(context->loop, streamer->store, own_states,
		WP_ARRAY_LEN(own_states), claim_room, on_claimed, streamer);
	if (streamer->claimer == NULL)
		return -ENOMEM;
	streamer->installer = wp_installer_new(context->loop, context->redis);
	if (streamer->installer == NULL)
		return -ENOMEM;
	wp_claimer_start(streamer->claimer);
	return 0;
}

static void on_baton(struct streamer *streamer, const Workproof__Envelope *envelope)
{
	struct wp_baton baton;

	if (wp_baton_read(&baton, envelope) == 0 && baton.state == WP_STATE_RUNNING)
		take(streamer, &baton);
}

void streamer_on_message(void *state, const uint8_t *data, size_t size)
{
	struct streamer *streamer = state;
	Workproof__Envelope *envelope = wp_envelope_read(data, size);

	if (envelope == NULL)
		return;
	if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_BATON)
		on_baton(streamer, envelope);
	else if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_OUTPUT_CHUNK)
		follow_on_chunk(streamer, envelope->output_chunk);
	workproof__envelope__free_unpacked(envelope, NULL);
}

/* What is collected can be collected again by another instance from the host that keeps it. */
static void hand_back_node(void *arg, struct wp_id_node *node)
{
	struct follow *follow = (struct follow *)node;
	struct wp_baton baton = { .id = node->id, .fence = follow->fence };

	if (follow->deciding)
		return;
	hand_back(arg, &baton);
	follow_drop(follow);
}

void streamer_drain(void *state)
{
	struct streamer *streamer = state;

	streamer->draining = true;
	wp_claimer_stop(streamer->claimer);
	wp_id_table_each(&streamer->follows, hand_back_node, streamer);
}

bool streamer_drained(void *state)
{
	const struct streamer *streamer = state;

	return streamer->follows.count == 0 && streamer->held == 0;
}

void streamer_stop(void *state)
{
	struct streamer *streamer = state;

	wp_installer_free(streamer->installer);
	wp_claimer_free(streamer->claimer);
	follow_drop_all(streamer);
	streamer->stopped = true;
	if (streamer->held == 0)
		free_state(streamer);
}
