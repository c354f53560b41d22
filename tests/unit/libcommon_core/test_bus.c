/* bus.c, bus_socket.c: two and more instances on one real Redis, one of them in a process of its
 * own. */
#include "support.h"

#include "libcommon/base.h"
#include "libcommon/bus.h"
#include "libcommon/bus_socket.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 30000

struct side {
	struct fixture *f;
	struct wp_bus *bus;
	char last[64];
	int received;
};

struct fixture {
	struct test_redis server;
	struct wp_loop *loop;
	struct wp_redis *redis;
	struct side sender, one, two;
	int expected; /* messages over both receivers */
	size_t peers; /* wanted by wait_peers */
	struct wp_timer *look;
	bool done;
};

static void on_message(void *arg, const uint8_t *data, size_t size)
{
	struct side *side = arg;

	side->received++;
	snprintf(side->last, sizeof side->last, "%.*s", (int)size, (const char *)data);
	side->f->done = side->f->one.received + side->f->two.received + side->f->sender.received ==
			side->f->expected;
}

static struct wp_bus *open_bus(struct fixture *f, struct side *side, const char *service,
	const char *instance, const char *peer, int capacity)
{
	const char *peers[] = { peer, NULL };
	struct wp_bus_settings settings = { .service = service,
		.instance = instance,
		.directory = f->server.directory,
		.capacity = capacity,
		.peers = peers };

	side->f = f;
	side->bus = wp_bus_new(f->loop, f->redis, &settings, on_message, side);
	return side->bus;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	test_redis_start(&f->server);
	test_redis_load_registry(&f->server);
	f->loop = wp_loop_new();
	f->redis = wp_redis_new(f->loop, f->server.socket);
	assert_non_null(open_bus(f, &f->sender, "sender", "sender-1", "worker", 1000));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	wp_bus_free(f->sender.bus);
	wp_bus_free(f->one.bus);
	wp_bus_free(f->two.bus);
	wp_redis_free(f->redis);
	wp_loop_free(f->loop);
	test_redis_stop(&f->server);
	free(f);
	return 0;
}

static void on_look(void *arg)
{
	struct fixture *f = arg;

	if (wp_bus_peer_count(f->sender.bus, "worker") == f->peers)
		wp_loop_stop(f->loop);
}

static void wait_peers(struct fixture *f, size_t count)
{
	f->peers = count;
	f->look = wp_timer_new(f->loop, on_look, f);
	wp_timer_start(f->look, 0, 5);
	test_run(f->loop, LIMIT_MS);
	wp_timer_free(f->look);
}

static int push(struct fixture *f, const char *text)
{
	return wp_bus_push(f->sender.bus, "worker", (const uint8_t *)text, strlen(text));
}

struct pushing {
	struct fixture *f;
	struct wp_timer *timer;
	int left;
};

/* A new socket refuses until it is connected, which no event of the bus announces. */
static void on_push(void *arg)
{
	struct pushing *pushing = arg;

	while (pushing->left > 0 && push(pushing->f, "work") == 0)
		pushing->left--;
	if (pushing->left > 0)
		wp_timer_start(pushing->timer, 2, 0);
}

/* Pushes so many messages and waits until the receivers have expected ones in all. */
static void push_and_wait(struct fixture *f, int count, int expected)
{
	struct pushing pushing = { .f = f, .left = count };

	f->expected = expected;
	f->done = false;
	pushing.timer = wp_timer_new(f->loop, on_push, &pushing);
	wp_timer_start(pushing.timer, 0, 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(pushing.left, 0);
	wp_timer_free(pushing.timer);
}

static void messages_are_shared_by_the_instances_of_a_service(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, "early"), -ENOTCONN);
	assert_non_null(open_bus(f, &f->one, "worker", "worker-1", NULL, 1000));
	assert_non_null(open_bus(f, &f->two, "worker", "worker-2", NULL, 1000));
	wait_peers(f, 2);
	assert_true(wp_bus_alive(f->sender.bus, "worker", wp_bus_endpoint(f->one.bus)));
	assert_false(wp_bus_alive(f->sender.bus, "worker", wp_bus_endpoint(f->sender.bus)));
	assert_true(wp_bus_registered(f->one.bus));
	push_and_wait(f, 500, 500);
	assert_string_equal(f->one.last, "work");
	assert_true(f->one.received > 0);
	assert_true(f->two.received > 0);
	assert_int_equal(
		wp_bus_push(f->sender.bus, "stranger", (const uint8_t *)"x", 1), -ENOTCONN);
}

static void an_instance_that_withdraws_is_not_found_but_still_hears(void **state)
{
	struct fixture *f = *state;

	assert_non_null(open_bus(f, &f->one, "worker", "worker-1", NULL, 1000));
	wait_peers(f, 1);
	push_and_wait(f, 1, 1);
	wp_bus_withdraw(f->one.bus);
	wait_peers(f, 0);
	assert_false(wp_bus_registered(f->one.bus));
	assert_int_equal(push(f, "x"), -ENOTCONN);
	f->expected = 2;
	f->done = false;
	assert_int_equal(wp_bus_send(f->sender.bus, wp_bus_endpoint(f->one.bus),
				 (const uint8_t *)"answer", 6),
		0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_string_equal(f->one.last, "answer");
}

static void an_instance_that_was_killed_is_forgotten_and_the_other_gets_its_share(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	assert_non_null(open_bus(f, &f->one, "worker", "worker-1", NULL, 1000));
	wait_peers(f, 1);
	push_and_wait(f, 1, 1);
	/* A registration whose owner is gone, and a socket nobody listens at. */
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		redisContext *context = redisConnectUnix(f->server.socket);
		redisReply *reply = redisCommand(context,
			"FCALL wp_service_beat 0 worker worker-9 ipc://%s/worker-9.sock 1 10 2000",
			f->server.directory);
		_exit(reply != NULL && reply->type != REDIS_REPLY_ERROR ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	wait_peers(f, 2);
	push_and_wait(f, 100, 101);
	assert_int_equal(f->one.received, 101);
	wait_peers(f, 1);
}

static void the_registry_may_be_away(void **state)
{
	struct fixture *f = *state;

	assert_non_null(open_bus(f, &f->one, "worker", "worker-1", NULL, 1000));
	wait_peers(f, 1);
	push_and_wait(f, 1, 1);
	test_redis_kill(&f->server);
	push_and_wait(f, 100, 101);
	assert_int_equal(wp_bus_peer_count(f->sender.bus, "worker"), 1);
	test_redis_restart(&f->server);
	push_and_wait(f, 1, 102);
}

static void a_full_receiver_refuses(void **state)
{
	struct fixture *f = *state;
	int sent = 0;

	assert_non_null(open_bus(f, &f->one, "worker", "worker-1", NULL, 10));
	wait_peers(f, 1);
	push_and_wait(f, 1, 1);
	/* The receiver does not run meanwhile. Both high-water marks and the kernel's buffers fill.
	 */
	static uint8_t large[100000];
	while (sent < 5000 && wp_bus_push(f->sender.bus, "worker", large, sizeof large) == 0)
		sent++;
	assert_true(sent >= 10);
	assert_true(sent < 5000);
	assert_int_equal(wp_bus_push(f->sender.bus, "worker", large, sizeof large), -EAGAIN);
}

static void the_largest_message_passes_and_a_larger_one_does_not(void **state)
{
	struct fixture *f = *state;
	uint8_t *data = calloc(1, WP_BUS_MESSAGE_MAX + 1);
	const char *to;

	assert_non_null(open_bus(f, &f->one, "worker", "worker-1", NULL, 10));
	to = wp_bus_endpoint(f->one.bus);
	f->expected = 1;
	assert_int_equal(wp_bus_send(f->sender.bus, to, data, WP_BUS_MESSAGE_MAX + 1), 0);
	/* It closes that connection; this one comes over the next, or over another sender's. */
	assert_non_null(open_bus(f, &f->two, "other", "other-1", NULL, 10));
	assert_int_equal(wp_bus_send(f->two.bus, to, data, WP_BUS_MESSAGE_MAX), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->one.received, 1);
	free(data);
}

static void endpoints_outside_are_refused(void **state)
{
	(void)state;
	assert_true(wp_bus_endpoint_allowed("ipc:///run/wp/a-1.sock", "/run/wp"));
	assert_true(wp_bus_endpoint_allowed("tcp://127.0.0.1:99", "/run/wp"));
	assert_true(wp_bus_endpoint_allowed("tcp://[::1]:99", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("ipc:///run/wp/../a.sock", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("ipc:///run/wp/.a", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("ipc:///run/wp/a/b", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("ipc:///run/wp/", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("ipc:///run/wpx/a", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("inproc://a", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("tcp://", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("tcp://a", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("tcp://a;b:1", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("udp://a:1", "/run/wp"));
	assert_false(wp_bus_endpoint_allowed("", "/run/wp"));
	char text[WP_BUS_ENDPOINT_MAX + 1];
	memset(text, '1', sizeof text);
	memcpy(text, "tcp://1:", 8);
	text[WP_BUS_ENDPOINT_MAX - 1] = '\0';
	assert_true(wp_bus_endpoint_allowed(text, "/run/wp"));
	text[WP_BUS_ENDPOINT_MAX - 1] = '1';
	text[WP_BUS_ENDPOINT_MAX] = '\0';
	assert_false(wp_bus_endpoint_allowed(text, "/run/wp"));
}

static void sockets_on_demand_are_limited_and_the_oldest_gives_way(void **state)
{
	struct fixture *f = *state;
	struct wp_bus_links *links = calloc(1, sizeof *links);
	char endpoint[WP_BUS_ENDPOINT_MAX];
	zsock_t *first;

	snprintf(endpoint, sizeof endpoint, "ipc://%s/first.sock", f->server.directory);
	first = wp_bus_links_get(links, endpoint, 1);
	assert_non_null(first);
	for (int i = 1; i < WP_BUS_LINKS_MAX; i++) {
		snprintf(endpoint, sizeof endpoint, "ipc://%s/%d.sock", f->server.directory, i);
		assert_non_null(wp_bus_links_get(links, endpoint, 1));
	}
	assert_int_equal(links->count, WP_BUS_LINKS_MAX);
	snprintf(endpoint, sizeof endpoint, "ipc://%s/first.sock", f->server.directory);
	assert_ptr_equal(wp_bus_links_get(links, endpoint, 1), first);
	snprintf(endpoint, sizeof endpoint, "ipc://%s/more.sock", f->server.directory);
	assert_non_null(wp_bus_links_get(links, endpoint, 1));
	assert_int_equal(links->count, WP_BUS_LINKS_MAX);
	bool first_there = false;
	bool oldest_there = false;
	snprintf(endpoint, sizeof endpoint, "ipc://%s/1.sock", f->server.directory);
	for (size_t i = 0; i < links->count; i++) {
		first_there = first_there || links->links[i].socket == first;
		oldest_there = oldest_there || strcmp(links->links[i].endpoint, endpoint) == 0;
	}
	assert_true(first_there);
	assert_false(oldest_there);
	wp_bus_links_clear(links);
	free(links);
}

static void names_and_paths_are_checked(void **state)
{
	struct fixture *f = *state;
	char directory[120];
	struct wp_bus_settings settings = {
		.service = "x", .instance = "x-1", .capacity = 1, .directory = directory
	};
	char name[WP_BUS_INSTANCE_MAX + 2];

	assert_false(wp_bus_is_instance(""));
	assert_false(wp_bus_is_instance("A"));
	assert_false(wp_bus_is_instance("a/b"));
	memset(name, 'a', sizeof name);
	name[WP_BUS_INSTANCE_MAX] = '\0';
	assert_true(wp_bus_is_instance(name));
	name[WP_BUS_INSTANCE_MAX] = 'a';
	name[WP_BUS_INSTANCE_MAX + 1] = '\0';
	assert_false(wp_bus_is_instance(name));

	/* <directory>/x-1.sock of 107 bytes is looked for, of 108 it is refused. */
	memset(directory, 'd', sizeof directory);
	directory[0] = '/';
	directory[107 - 9] = '\0';
	assert_null(wp_bus_new(f->loop, f->redis, &settings, on_message, NULL));
	assert_int_equal(errno, ENOENT);
	directory[107 - 9] = 'd';
	directory[108 - 9] = '\0';
	assert_null(wp_bus_new(f->loop, f->redis, &settings, on_message, NULL));
	assert_int_equal(errno, ENAMETOOLONG);
	settings.capacity = 0;
	assert_null(wp_bus_new(f->loop, f->redis, &settings, on_message, NULL));
	assert_int_equal(errno, EINVAL);
}

static void on_free(void *arg, const uint8_t *data, size_t size)
{
	struct side *side = arg;
	struct wp_bus *bus = side->bus;

	(void)data;
	(void)size;
	side->bus = NULL;
	wp_bus_free(bus);
	side->f->done = true;
}

static void the_bus_may_be_freed_by_a_message(void **state)
{
	struct fixture *f = *state;
	struct wp_bus_settings settings = { .service = "worker",
		.instance = "worker-1",
		.directory = f->server.directory,
		.capacity = 10 };

	f->one.f = f;
	f->one.bus = wp_bus_new(f->loop, f->redis, &settings, on_free, &f->one);
	assert_non_null(f->one.bus);
	for (int i = 0; i < 3; i++)
		assert_int_equal(wp_bus_send(f->sender.bus, wp_bus_endpoint(f->one.bus),
					 (const uint8_t *)"x", 1),
			0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_null(f->one.bus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_are_shared_by_the_instances_of_a_service),
		TEST(an_instance_that_withdraws_is_not_found_but_still_hears),
		TEST(an_instance_that_was_killed_is_forgotten_and_the_other_gets_its_share),
		TEST(the_registry_may_be_away),
		TEST(a_full_receiver_refuses),
		TEST(the_largest_message_passes_and_a_larger_one_does_not),
		cmocka_unit_test(endpoints_outside_are_refused),
		TEST(sockets_on_demand_are_limited_and_the_oldest_gives_way),
		TEST(names_and_paths_are_checked),
		TEST(the_bus_may_be_freed_by_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
