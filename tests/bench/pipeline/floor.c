#include "tests/bench/pipeline/floor.h"

#include "libcommon/loop.h"
#include "libcommon/redis.h"

#include <czmq.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct station {
	struct wp_loop *loop;
	struct wp_redis *redis;
	zsock_t *in, *other, *bench;
};

/* One move under way. */
struct moving {
	struct station *station;
	struct floor_message message;
	zsock_t *to;
	char kind;
};

static zsock_t *open_socket(const struct processes *processes, int type, const char *name)
{
	zsock_t *socket = zsock_new(type);

	zsock_set_linger(socket, 0);
	int status = type == ZMQ_PULL
			     ? zsock_bind(socket, "ipc://%s/bus/%s", processes->directory, name)
			     : zsock_connect(socket, "ipc://%s/bus/%s", processes->directory, name);
	return status < 0 ? NULL : socket;
}

static void send_on(zsock_t *socket, struct floor_message *message, char kind)
{
	message->kind = kind;
	zmq_send(zsock_resolve(socket), message, sizeof *message, 0);
}

static void on_moved(void *arg, const redisReply *reply)
{
	struct moving *moving = arg;

	if (reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == 3) {
		moving->message.fence = strtoull(reply->element[1]->str, NULL, 10);
		send_on(moving->to, &moving->message, moving->kind);
	}
	free(moving);
}

/* The same Redis function as the daemons call, with the least it takes; options ends with NULL. */
static void move(struct station *station, const struct floor_message *message, const char *from,
	const char *to, const char *const *options, zsock_t *next, char kind)
{
	char id[WP_ID_TEXT], fence[24];
	const char *argv[16] = { "FCALL", "wp_advance", "0", id, fence, from, to, "0", "0", "0" };
	int argc = 10;
	struct moving *moving = malloc(sizeof *moving);

	if (moving == NULL)
		return;
	*moving = (struct moving){ station, *message, next, kind };
	wp_id_text(id, &message->id);
	snprintf(fence, sizeof fence, "%" PRIu64, message->fence);
	while (*options != NULL)
		argv[argc++] = *options++;
	if (wp_redis_send(station->redis, argc, argv, NULL, on_moved, moving) != 0)
		free(moving);
}

static void free_slot(struct station *station, const struct wp_id *id)
{
	char text[WP_ID_TEXT];
	const char *argv[] = { "FCALL", "wp_slot_free", "0", wp_id_text(text, id), "1" };

	wp_redis_send(station->redis, 5, argv, NULL, NULL, NULL);
}

static void handle(struct station *station, struct floor_message *message)
{
	static const char *const slot[] = { "slot_max", "1000000", "slot_ms", "60000", NULL };
	static const char *const output[] = { "stdout", "null", NULL };

	switch (message->kind) {
	case 'P':
		move(station, message, "PAID", "RUNNING", slot, station->other, 'R');
		break;
	case 'R':
		send_on(station->other, message, 'Q');
		break;
	case 'Q':
		send_on(station->other, message, 'C');
		free_slot(station, &message->id);
		break;
	case 'C':
		move(station, message, "RUNNING", "DECIDED", output, station->bench, 'D');
		break;
	}
}

static void on_readable(void *arg, unsigned events)
{
	struct station *station = arg;
	struct floor_message message;

	(void)events;
	while (zmq_recv(zsock_resolve(station->in), &message, sizeof message, ZMQ_DONTWAIT) ==
		sizeof message)
		handle(station, &message);
}

static _Noreturn void serve(const struct processes *processes, const char *own, const char *other)
{
	struct station station = {
		.loop = wp_loop_new(),
		.in = open_socket(processes, ZMQ_PULL, own),
		.other = open_socket(processes, ZMQ_PUSH, other),
		.bench = open_socket(processes, ZMQ_PUSH, FLOOR_BENCH),
	};

	if (station.loop == NULL || station.in == NULL || station.other == NULL ||
		station.bench == NULL)
		_exit(1);
	station.redis = wp_redis_new(station.loop, processes->redis);
	if (station.redis == NULL ||
		wp_watch_socket_new(station.loop, station.in, on_readable, &station) == NULL)
		_exit(1);
	wp_loop_run(station.loop);
	_exit(0);
}

static int start(struct processes *processes, const char *own, const char *other)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		serve(processes, own, other);
	processes->pids[processes->count++] = pid;
	return 0;
}

int floor_start(struct processes *processes)
{
	int status = start(processes, FLOOR_A, FLOOR_B);

	return status < 0 ? status : start(processes, FLOOR_B, FLOOR_A);
}
