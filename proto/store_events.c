/* store_events.c - follows the stream of moves. A blocking read occupies its connection, so it has
 * its own. Position and meaning are separate: what lies before the position is told by lost(). */
#include "libcommon/base.h"
#include "proto/store_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM    "wp:ev"
#define READ_MOST "1000"
#define NOTHING   "0-0" /* the stream was empty */
#define RETRY_MS  500

struct wp_events {
	struct wp_redis *redis;
	struct wp_timer *retry;
	wp_store_event_fn *fn;
	void (*lost)(void *arg);
	void *arg;
	char last[48];   /* entry read last: "<ms>-<number>" */
	char before[48]; /* the one read last before that read */
};

struct position {
	uint64_t ms, number;
};

static struct position position_of(const char *text)
{
	struct position position = { 0 };
	char *end = NULL;

	position.ms = strtoull(text, &end, 10);
	if (*end == '-')
		position.number = strtoull(end + 1, NULL, 10);
	return position;
}

static bool is_after(const char *a, const char *b)
{
	struct position left = position_of(a), right = position_of(b);

	return left.ms != right.ms ? left.ms > right.ms : left.number > right.number;
}

static void on_entries(void *arg, const redisReply *reply);
static void on_newest(void *arg, const redisReply *reply);

/* A command that can not be sent is tried again; the connection's return begins anew anyway. */
static void ask(struct wp_events *events, int argc, const char *const *argv, wp_redis_fn *fn)
{
	if (wp_redis_send(events->redis, argc, argv, NULL, fn, events) != 0)
		wp_timer_start(events->retry, RETRY_MS, 0);
}

static void begin(void *arg)
{
	static const char *const newest[] = { "XREVRANGE", STREAM, "+", "-", "COUNT", "1" };

	ask(arg, WP_ARRAY_LEN(newest), newest, on_newest);
}

static void follow(struct wp_events *events)
{
	const char *const read[] = { "XREAD", "COUNT", READ_MOST, "BLOCK", "0", "STREAMS", STREAM,
		events->last };

	ask(events, WP_ARRAY_LEN(read), read, on_entries);
}

/* False after an error; on a lost connection its return begins anew. */
static bool is_answer(struct wp_events *events, const redisReply *reply)
{
	if (reply != NULL && reply->type == REDIS_REPLY_ARRAY)
		return true;
	if (reply != NULL)
		wp_timer_start(events->retry, RETRY_MS, 0);
	return false;
}

static void on_newest(void *arg, const redisReply *reply)
{
	struct wp_events *events = arg;

	if (!is_answer(events, reply))
		return;
	const char *id = wp_reply_text(wp_reply_at(wp_reply_at(reply, 0), 0));
	snprintf(events->last, sizeof events->last, "%s", id[0] != '\0' ? id : NOTHING);
	events->lost(events->arg);
	follow(events);
}

/* The stream is cut at its old end. If nothing is left of what was there before the read, entries
 * may have been cut unread: asked after the read, this is never missed, at worst said in vain. */
static void on_oldest(void *arg, const redisReply *reply)
{
	struct wp_events *events = arg;

	if (!is_answer(events, reply))
		return;
	const char *oldest = wp_reply_text(wp_reply_at(wp_reply_at(reply, 0), 0));
	if (strcmp(events->before, NOTHING) != 0 && is_after(oldest, events->before))
		begin(events);
	else
		follow(events);
}

static const char *field_of(const redisReply *fields, const char *name)
{
	for (size_t i = 0; fields != NULL && i + 1 < fields->elements; i += 2) {
		if (strcmp(wp_reply_text(fields->element[i]), name) == 0)
			return wp_reply_text(fields->element[i + 1]);
	}
	return "";
}

static void deliver(struct wp_events *events, const redisReply *entry)
{
	const redisReply *fields = wp_reply_at(entry, 1);
	struct wp_event event = { 0 };

	snprintf(events->last, sizeof events->last, "%s", wp_reply_text(wp_reply_at(entry, 0)));
	event.from = wp_state_parse(field_of(fields, "from"));
	event.to = wp_state_parse(field_of(fields, "to"));
	event.at_ms = (int64_t)position_of(events->last).ms;
	if (wp_id_parse(&event.id, field_of(fields, "id")) == 0 && event.to != WP_STATE_NONE)
		events->fn(events->arg, &event);
}

static void on_entries(void *arg, const redisReply *reply)
{
	static const char *const oldest[] = { "XRANGE", STREAM, "-", "+", "COUNT", "1" };
	struct wp_events *events = arg;

	if (!is_answer(events, reply))
		return;
	const redisReply *entries = wp_reply_at(wp_reply_at(reply, 0), 1);
	snprintf(events->before, sizeof events->before, "%s", events->last);
	for (size_t i = 0; entries != NULL && i < entries->elements; i++)
		deliver(events, entries->element[i]);
	ask(events, WP_ARRAY_LEN(oldest), oldest, on_oldest);
}

static void on_change(void *arg, bool connected)
{
	struct wp_events *events = arg;

	wp_timer_stop(events->retry);
	if (connected)
		begin(events);
}

struct wp_events *wp_events_new(struct wp_loop *loop, const char *socket, wp_store_event_fn *fn,
	void (*lost)(void *arg), void *arg)
{
	struct wp_events *events = calloc(1, sizeof *events);

	if (events == NULL)
		return NULL;
	events->fn = fn;
	events->lost = lost;
	events->arg = arg;
	events->retry = wp_timer_new(loop, begin, events);
	events->redis = wp_redis_new(loop, socket);
	if (events->retry == NULL || events->redis == NULL) {
		wp_events_free(events);
		return NULL;
	}
	wp_redis_on_change(events->redis, on_change, events);
	return events;
}

void wp_events_free(struct wp_events *events)
{
	if (events == NULL)
		return;
	wp_redis_free(events->redis);
	wp_timer_free(events->retry);
	free(events);
}
