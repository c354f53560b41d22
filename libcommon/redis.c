/* redis.c - hiredis writes and reads the protocol; the connection itself is ours. hiredis's own
 * asynchronous context frees itself from inside callbacks, shifts its whole write buffer after each
 * partial write and has one allocation per command; with a queue of our own "exactly one answer per
 * command" is one loop, whatever a callback does. */
#include "libcommon/redis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKOFF_FIRST_MS 50
#define BACKOFF_LAST_MS  1000
#define READ_SIZE        16384
#define READS_PER_TURN   16

enum state {
	NEVER,     /* not connected yet: commands wait */
	GREETING,  /* connected, PING sent: a Redis that is loading its data is not there yet */
	CONNECTED, /* commands flow */
	LOST       /* commands fail */
};

struct command {
	wp_redis_fn *fn;
	void *arg;
};

/* First in, first out; grows. */
struct queue {
	struct command *ring;
	size_t capacity; /* a power of two, or 0 */
	size_t first, count;
};

struct buffer {
	char *data;
	size_t start, end, capacity;
};

struct wp_redis {
	struct wp_loop *loop;
	char *path;
	enum state state;
	bool was_connected;
	int fd;
	struct wp_watch *watch;
	struct wp_timer *reconnect;
	struct wp_timer *flush; /* writes once per turn what the turn's callbacks sent */
	struct wp_timer *fail;  /* answers the commands sent while the connection is lost */
	redisReader *reader;
	struct buffer out;
	struct queue underway;
	struct queue failing;
	int64_t backoff_ms;
	void (*on_change)(void *arg, bool connected);
	void *on_change_arg;
	unsigned depth; /* of callbacks: the struct outlives wp_redis_free until they return */
	bool freed;
};

/* ---- the queue ---- */

static int queue_push(struct queue *queue, wp_redis_fn *fn, void *arg)
{
	if (queue->count == queue->capacity) {
		size_t capacity = queue->capacity == 0 ? 64 : 2 * queue->capacity;
		struct command *ring = calloc(capacity, sizeof *ring);

		if (ring == NULL)
			return -ENOMEM;
		for (size_t i = 0; i < queue->count; i++)
			ring[i] = queue->ring[(queue->first + i) & (queue->capacity - 1)];
		free(queue->ring);
		queue->ring = ring;
		queue->capacity = capacity;
		queue->first = 0;
	}
	queue->ring[(queue->first + queue->count++) & (queue->capacity - 1)] =
		(struct command){ .fn = fn, .arg = arg };
	return 0;
}

static struct command queue_pop(struct queue *queue)
{
	struct command command = queue->ring[queue->first];

	queue->first = (queue->first + 1) & (queue->capacity - 1);
	queue->count--;
	return command;
}

/* ---- the write buffer ---- */

static int buffer_append(struct buffer *buffer, const char *data, size_t size)
{
	if (buffer->start == buffer->end)
		buffer->start = buffer->end = 0;
	/* Moved only when that frees at least half: then it is paid for by what was appended. */
	if (buffer->end + size > buffer->capacity && buffer->start > buffer->capacity / 2) {
		memmove(buffer->data, buffer->data + buffer->start, buffer->end - buffer->start);
		buffer->end -= buffer->start;
		buffer->start = 0;
	}
	if (buffer->end + size > buffer->capacity) {
		size_t capacity = buffer->capacity == 0 ? 4096 : buffer->capacity;
		while (capacity < buffer->end + size)
			capacity *= 2;
		char *grown = realloc(buffer->data, capacity);
		if (grown == NULL)
			return -ENOMEM;
		buffer->data = grown;
		buffer->capacity = capacity;
	}
	memcpy(buffer->data + buffer->end, data, size);
	buffer->end += size;
	return 0;
}

static void buffer_clear(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}

/* ---- answers ---- */

static void enter(struct wp_redis *redis)
{
	redis->depth++;
}

/* False if the struct is gone. */
static bool leave(struct wp_redis *redis)
{
	if (--redis->depth > 0 || !redis->freed)
		return !redis->freed;
	free(redis->underway.ring);
	free(redis->failing.ring);
	free(redis->path);
	free(redis);
	return false;
}

static void answer(struct command command, const redisReply *reply)
{
	if (command.fn != NULL)
		command.fn(command.arg, reply);
}

/* Only those that are in the queue now: their callbacks may send again. */
static void fail_all(struct queue *queue)
{
	for (size_t count = queue->count; count > 0 && queue->count > 0; count--)
		answer(queue_pop(queue), NULL);
}

static void on_fail(void *arg)
{
	struct wp_redis *redis = arg;

	enter(redis);
	fail_all(&redis->failing);
	leave(redis);
}

static void tell_change(struct wp_redis *redis, bool connected)
{
	if (redis->on_change != NULL)
		redis->on_change(redis->on_change_arg, connected);
}

/* ---- the connection ---- */

static void disconnect(struct wp_redis *redis)
{
	wp_watch_free(redis->watch);
	redis->watch = NULL;
	if (redis->fd >= 0)
		close(redis->fd);
	redis->fd = -1;
	if (redis->reader != NULL)
		redisReaderFree(redis->reader);
	redis->reader = NULL;
}

static void reconnect_later(struct wp_redis *redis)
{
	wp_timer_start(redis->reconnect, redis->backoff_ms, 0);
	redis->backoff_ms *= 2;
	if (redis->backoff_ms > BACKOFF_LAST_MS)
		redis->backoff_ms = BACKOFF_LAST_MS;
}

/* The caller holds the struct by enter(). */
static void lose(struct wp_redis *redis)
{
	bool connected = redis->state == CONNECTED;

	disconnect(redis);
	redis->state = redis->was_connected ? LOST : NEVER;
	reconnect_later(redis);
	if (!connected)
		return;
	wp_timer_stop(redis->flush);
	buffer_clear(&redis->out);
	tell_change(redis, false);
	fail_all(&redis->underway);
}

static void write_out(struct wp_redis *redis)
{
	struct buffer *out = &redis->out;

	while (out->start < out->end) {
		ssize_t written = send(redis->fd, out->data + out->start, out->end - out->start,
			MSG_NOSIGNAL | MSG_DONTWAIT);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN) {
			wp_watch_set(redis->watch, WP_LOOP_READ | WP_LOOP_WRITE);
			return;
		}
		/* A broken connection is seen by reading, which first delivers what had come. */
		if (written < 0)
			break;
		out->start += (size_t)written;
	}
	wp_watch_set(redis->watch, WP_LOOP_READ);
	/* A burst must not keep its memory. */
	if (out->capacity > 1u << 20)
		buffer_clear(out);
	out->start = out->end = 0;
}

static void on_flush(void *arg)
{
	struct wp_redis *redis = arg;

	if (redis->state == CONNECTED)
		write_out(redis);
}

static void greet(struct wp_redis *redis)
{
	static const char ping[] = "*1\r\n$4\r\nPING\r\n";

	/* An empty socket buffer takes these bytes whole; an error is seen by reading. */
	(void)!send(redis->fd, ping, sizeof ping - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void on_greeting(struct wp_redis *redis, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "LOADING", 7) == 0) {
		lose(redis);
		return;
	}
	redis->state = CONNECTED;
	redis->was_connected = true;
	redis->backoff_ms = BACKOFF_FIRST_MS;
	write_out(redis);
	tell_change(redis, true);
}

/* 0, or -errno when the connection is of no more use or was replaced by a callback. */
static int deliver(struct wp_redis *redis)
{
	redisReader *reader = redis->reader;

	for (;;) {
		void *reply = NULL;

		if (redisReaderGetReply(reader, &reply) != REDIS_OK)
			return -EPROTO;
		if (reply == NULL)
			return 0;
		if (redis->state == GREETING)
			on_greeting(redis, reply);
		else if (redis->underway.count > 0)
			answer(queue_pop(&redis->underway), reply);
		freeReplyObject(reply);
		if (redis->reader != reader)
			return -ESTALE;
	}
}

static void on_readable(struct wp_redis *redis)
{
	char data[READ_SIZE];

	for (int i = 0; i < READS_PER_TURN; i++) {
		ssize_t size = recv(redis->fd, data, sizeof data, MSG_DONTWAIT);

		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		int error = size > 0 ? redisReaderFeed(redis->reader, data, (size_t)size) : -EPIPE;
		if (error == 0)
			error = deliver(redis);
		if (error == -ESTALE)
			return;
		if (error != 0) {
			lose(redis);
			return;
		}
		if ((size_t)size < sizeof data)
			return;
	}
}

static void on_event(void *arg, unsigned events)
{
	struct wp_redis *redis = arg;

	enter(redis);
	if (events & WP_LOOP_WRITE)
		write_out(redis);
	if (events & WP_LOOP_READ)
		on_readable(redis);
	leave(redis);
}

static int dial(struct wp_redis *redis)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, redis->path, strlen(redis->path));
	redis->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (redis->fd < 0)
		return -errno;
	if (connect(redis->fd, (struct sockaddr *)&address, sizeof address) < 0)
		return -errno;
	redis->reader = redisReaderCreate();
	redis->watch = wp_watch_new(redis->loop, redis->fd, WP_LOOP_READ, on_event, redis);
	return redis->reader == NULL || redis->watch == NULL ? -ENOMEM : 0;
}

static void on_reconnect(void *arg)
{
	struct wp_redis *redis = arg;

	if (dial(redis) < 0) {
		disconnect(redis);
		reconnect_later(redis);
		return;
	}
	redis->state = GREETING;
	greet(redis);
}

/* ---- public ---- */

struct wp_redis *wp_redis_new(struct wp_loop *loop, const char *socket)
{
	struct wp_redis *redis = calloc(1, sizeof *redis);
	struct sockaddr_un address;

	if (redis == NULL)
		return NULL;
	redis->loop = loop;
	redis->fd = -1;
	redis->backoff_ms = BACKOFF_FIRST_MS;
	redis->path = strdup(socket);
	redis->reconnect = wp_timer_new(loop, on_reconnect, redis);
	redis->flush = wp_timer_new(loop, on_flush, redis);
	redis->fail = wp_timer_new(loop, on_fail, redis);
	if (redis->path == NULL || redis->reconnect == NULL || redis->flush == NULL ||
		redis->fail == NULL || strlen(socket) >= sizeof address.sun_path) {
		wp_redis_free(redis);
		errno = strlen(socket) >= sizeof address.sun_path ? ENAMETOOLONG : ENOMEM;
		return NULL;
	}
	wp_timer_start(redis->reconnect, 0, 0);
	return redis;
}

void wp_redis_free(struct wp_redis *redis)
{
	if (redis == NULL || redis->freed)
		return;
	enter(redis);
	redis->on_change = NULL;
	redis->was_connected = true;
	redis->state = LOST;
	redis->freed = true;
	disconnect(redis);
	wp_timer_free(redis->reconnect);
	wp_timer_free(redis->flush);
	wp_timer_free(redis->fail);
	buffer_clear(&redis->out);
	fail_all(&redis->failing);
	fail_all(&redis->underway);
	leave(redis);
}

bool wp_redis_connected(const struct wp_redis *redis)
{
	return redis->state == CONNECTED;
}

void wp_redis_on_change(struct wp_redis *redis, void (*fn)(void *arg, bool connected), void *arg)
{
	redis->on_change = fn;
	redis->on_change_arg = arg;
}

static int queue_failure(struct wp_redis *redis, wp_redis_fn *fn, void *arg)
{
	if (redis->failing.count >= WP_REDIS_UNDERWAY_MAX)
		return -ENOBUFS;
	int error = queue_push(&redis->failing, fn, arg);
	if (error == 0)
		wp_timer_start(redis->fail, 0, 0);
	return error;
}

int wp_redis_send(struct wp_redis *redis, int argc, const char *const *argv, const size_t *sizes,
	wp_redis_fn *fn, void *arg)
{
	char *text = NULL;
	int error;

	if (redis->freed)
		return -ENOBUFS;
	if (redis->was_connected && redis->state != CONNECTED)
		return queue_failure(redis, fn, arg);
	if (redis->underway.count >=
		(redis->was_connected ? WP_REDIS_UNDERWAY_MAX : WP_REDIS_WAITING_MAX))
		return -ENOBUFS;
	long long size = redisFormatCommandArgv(&text, argc, (const char **)(uintptr_t)argv, sizes);
	if (size < 0)
		return -ENOMEM;
	error = queue_push(&redis->underway, fn, arg);
	if (error < 0)
		goto out;
	error = buffer_append(&redis->out, text, (size_t)size);
	if (error < 0) {
		redis->underway.count--;
		goto out;
	}
	if (redis->state == CONNECTED && redis->out.end - redis->out.start == (size_t)size)
		wp_timer_start(redis->flush, 0, 0);
out:
	redisFreeCommand(text);
	return error;
}
