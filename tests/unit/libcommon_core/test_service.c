/* service.c, service_admin.c: the life of a daemon, seen from outside. */
#include "support.h"

#include "libcommon/http_client.h"
#include "libcommon/time.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 30000
#define SETTINGS 12

struct fixture {
	struct test_redis server;
	char environment[SETTINGS][TEST_PATH * 2];
	int count;
	char port_file[TEST_PATH + 16];
	pid_t pid;
	int output; /* read end of the daemon's stdout and stderr */
	char text[16384];
	struct wp_loop *loop;
	struct wp_http_client *client;
	long status;
	char body[16384];
	bool done;
};

static void set(struct fixture *f, const char *name, const char *value)
{
	char line[sizeof f->environment[0]]; /* value may be a text of the fixture itself */

	assert_true(f->count < SETTINGS);
	snprintf(line, sizeof line, "%s=%s", name, value);
	memcpy(f->environment[f->count++], line, sizeof line);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	test_redis_start(&f->server);
	test_redis_load_registry(&f->server);
	snprintf(f->port_file, sizeof f->port_file, "%s/port", f->server.directory);
	set(f, "WORKPROOF_REDIS", f->server.socket);
	set(f, "WORKPROOF_BUS_DIRECTORY", f->server.directory);
	set(f, "WORKPROOF_ADMIN_PORT_FILE", f->port_file);
	f->loop = wp_loop_new();
	f->client = wp_http_client_new(f->loop);
	f->output = -1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, NULL, 0);
	}
	if (f->output >= 0)
		close(f->output);
	wp_http_client_free(f->client);
	wp_loop_free(f->loop);
	test_redis_stop(&f->server);
	free(f);
	return 0;
}

static void launch(struct fixture *f, const char *argument, const char *value)
{
	char *environment[SETTINGS + 1] = { NULL };
	char *arguments[] = { "wp-core", (char *)(uintptr_t)argument, (char *)(uintptr_t)value,
		NULL };
	int pipes[2];

	for (int i = 0; i < f->count; i++)
		environment[i] = f->environment[i];
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		execve(CORE_DAEMON, arguments, environment);
		_exit(127);
	}
	close(pipes[1]);
	f->output = pipes[0];
}

/* Reads all output and returns the exit status, or -signal. */
static int finish(struct fixture *f)
{
	size_t size = 0;
	int status = 0;

	for (ssize_t got; (got = read(f->output, f->text + size, sizeof f->text - 1 - size)) > 0;)
		size += (size_t)got;
	f->text[size] = '\0';
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	f->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Reads output until text appears. */
static void wait_output(struct fixture *f, const char *text)
{
	size_t size = 0;

	while (strstr(f->text, text) == NULL) {
		ssize_t got = read(f->output, f->text + size, sizeof f->text - 1 - size);

		assert_true(got > 0);
		size += (size_t)got;
		f->text[size] = '\0';
	}
}

static void on_answer(void *arg, const struct wp_http_answer *answer)
{
	struct fixture *f = arg;

	assert_int_equal(answer->error, 0);
	f->status = answer->status;
	snprintf(f->body, sizeof f->body, "%s", answer->body);
	f->done = true;
}

static void ask(struct fixture *f, const char *method, const char *path)
{
	char url[128];
	unsigned port = 0;
	FILE *file = fopen(f->port_file, "re");
	struct wp_http_request request = { .method = method, .url = url, .timeout_ms = LIMIT_MS };

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%u", &port), 1);
	fclose(file);
	snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
	f->done = false;
	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
}

/* The answer follows what the daemon learns of Redis, which announces nothing to us. */
static void wait_ready(struct fixture *f, long status)
{
	int64_t limit_ms = wp_time_monotonic_ms() + LIMIT_MS;

	do {
		ask(f, "GET", "/readyz");
		assert_true(wp_time_monotonic_ms() < limit_ms);
	} while (f->status != status);
}

/* ---- arguments and settings ---- */

static void valid_settings_are_told(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	launch(f, "--check-config", NULL);
	assert_int_equal(finish(f), 0);
	assert_string_equal(f->text, "settings are valid\n");
}

static void all_wrong_settings_are_told_at_once(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "10");
	set(f, "WORKPROOF_BUSY", "maybe");
	set(f, "WORKPROOF_BROKE", "true");
	launch(f, NULL, NULL);
	assert_int_equal(finish(f), 64);
	assert_non_null(strstr(f->text, "WORKPROOF_NUMBER (environment): must be a whole number"));
	assert_non_null(strstr(f->text, "WORKPROOF_BUSY (environment): must be true or false"));
	assert_non_null(strstr(f->text, "did you mean WORKPROOF_BROKEN?"));
}

static void bad_usage_ends_with_64(void **state)
{
	struct fixture *f = *state;

	launch(f, "--nonsense", NULL);
	assert_int_equal(finish(f), 64);
	assert_non_null(strstr(f->text, "usage: wp-core"));
}

static void a_bad_instance_ends_with_64(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	set(f, "WORKPROOF_INSTANCE", "No/Name");
	launch(f, NULL, NULL);
	assert_int_equal(finish(f), 64);
}

static void help_names_every_setting(void **state)
{
	struct fixture *f = *state;

	launch(f, "--help", NULL);
	assert_int_equal(finish(f), 0);
	assert_non_null(strstr(f->text, "WORKPROOF_REDIS (path, required): unix socket of Redis"));
	assert_non_null(strstr(f->text, "WORKPROOF_NUMBER (number 1..9, required): a number"));
	assert_non_null(strstr(f->text, "WORKPROOF_BUSY (true|false, default false)"));
}

static void the_version_is_told(void **state)
{
	struct fixture *f = *state;

	launch(f, "--version", NULL);
	assert_int_equal(finish(f), 0);
	assert_string_equal(f->text, "wp-core " WORKPROOF_VERSION "\n");
}

static void a_settings_file_is_read(void **state)
{
	struct fixture *f = *state;
	char path[TEST_PATH + 16];
	FILE *file;

	snprintf(path, sizeof path, "%s/settings", f->server.directory);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("# comment\n\nWORKPROOF_NUMBER=7\n", file);
	fclose(file);
	launch(f, "--config", path);
	wait_output(f, "\"started\"");
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

/* ---- life ---- */

static void it_lives_is_ready_and_ends_on_sigterm(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	launch(f, NULL, NULL);
	wait_output(f, "\"started\"");
	ask(f, "GET", "/livez");
	assert_int_equal(f->status, 200);
	assert_string_equal(f->body, "ok\n");
	wait_ready(f, 200);
	assert_string_equal(f->body, "{\"ready\":true,\"checks\":{\"redis\":true,\"bus\":true,"
				     "\"service\":true,\"serving\":true}}");
	ask(f, "GET", "/metrics");
	assert_int_equal(f->status, 200);
	assert_non_null(strstr(f->body, "\nworkproof_core_messages_total 0\n"));
	assert_non_null(
		strstr(f->body, "\nworkproof_build_info{version=\"" WORKPROOF_VERSION "\"} 1\n"));
	assert_non_null(strstr(f->body, "\nprocess_resident_memory_bytes "));
	assert_non_null(strstr(f->body, "\nprocess_open_fds "));
	assert_non_null(strstr(f->body, "\nprocess_start_time_seconds 1"));
	ask(f, "GET", "/nothing");
	assert_int_equal(f->status, 404);
	ask(f, "POST", "/livez");
	assert_int_equal(f->status, 405);
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
	assert_non_null(strstr(f->text, "\"draining\""));
	assert_non_null(strstr(f->text, "\"stopped\""));
}

static void sigint_ends_it_too(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	launch(f, NULL, NULL);
	wait_output(f, "\"started\"");
	kill(f->pid, SIGINT);
	assert_int_equal(finish(f), 0);
}

static void work_under_way_has_its_grace(void **state)
{
	struct fixture *f = *state;
	int64_t start_ms;

	set(f, "WORKPROOF_NUMBER", "5");
	set(f, "WORKPROOF_BUSY", "true");
	set(f, "WORKPROOF_DRAIN", "300ms");
	launch(f, NULL, NULL);
	wait_output(f, "\"started\"");
	start_ms = wp_time_monotonic_ms();
	kill(f->pid, SIGTERM);
	wait_output(f, "\"draining\"");
	ask(f, "GET", "/readyz");
	assert_int_equal(f->status, 503);
	assert_int_equal(finish(f), 0);
	assert_true(wp_time_monotonic_ms() - start_ms >= 300);
}

static void a_second_signal_ends_the_grace(void **state)
{
	struct fixture *f = *state;
	int64_t start_ms = wp_time_monotonic_ms();

	set(f, "WORKPROOF_NUMBER", "5");
	set(f, "WORKPROOF_BUSY", "true");
	set(f, "WORKPROOF_DRAIN", "10m");
	launch(f, NULL, NULL);
	wait_output(f, "\"started\"");
	kill(f->pid, SIGTERM);
	wait_output(f, "\"draining\"");
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
	assert_true(wp_time_monotonic_ms() - start_ms < LIMIT_MS);
}

static void it_outlives_a_redis_that_goes_and_comes(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	launch(f, NULL, NULL);
	wait_output(f, "\"started\"");
	wait_ready(f, 200);
	test_redis_kill(&f->server);
	wait_ready(f, 503);
	assert_non_null(strstr(f->body, "\"redis\":false"));
	ask(f, "GET", "/livez");
	assert_int_equal(f->status, 200);
	test_redis_restart(&f->server);
	wait_ready(f, 200);
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

/* ---- what is not there ---- */

static void without_redis_it_ends_with_69(void **state)
{
	struct fixture *f = *state;

	test_redis_kill(&f->server);
	set(f, "WORKPROOF_NUMBER", "5");
	launch(f, NULL, NULL);
	assert_int_equal(finish(f), 69);
	assert_non_null(strstr(f->text, "Redis does not answer"));
}

static void while_it_waits_for_redis_it_can_be_ended(void **state)
{
	struct fixture *f = *state;

	test_redis_kill(&f->server);
	set(f, "WORKPROOF_NUMBER", "5");
	launch(f, NULL, NULL);
	for (int64_t start_ms = wp_time_monotonic_ms(); access(f->port_file, R_OK) < 0;) {
		/* A file that appears by rename announces nothing here. */
		assert_true(wp_time_monotonic_ms() - start_ms < LIMIT_MS);
		usleep(1000);
	}
	ask(f, "GET", "/livez");
	assert_int_equal(f->status, 200);
	ask(f, "GET", "/readyz");
	assert_int_equal(f->status, 503);
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

static void a_failed_opening_ends_with_69(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	set(f, "WORKPROOF_BROKEN", "true");
	launch(f, NULL, NULL);
	assert_int_equal(finish(f), 69);
	assert_non_null(strstr(f->text, "broken as asked for"));
}

static void a_listener_that_is_taken_ends_with_69(void **state)
{
	struct fixture *f = *state;

	set(f, "WORKPROOF_NUMBER", "5");
	set(f, "WORKPROOF_ADMIN_LISTEN", "192.0.2.1:1");
	launch(f, NULL, NULL);
	assert_int_equal(finish(f), 69);
	assert_non_null(strstr(f->text, "the admin listener cannot be opened"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(valid_settings_are_told),
		TEST(all_wrong_settings_are_told_at_once),
		TEST(bad_usage_ends_with_64),
		TEST(a_bad_instance_ends_with_64),
		TEST(help_names_every_setting),
		TEST(the_version_is_told),
		TEST(a_settings_file_is_read),
		TEST(it_lives_is_ready_and_ends_on_sigterm),
		TEST(sigint_ends_it_too),
		TEST(work_under_way_has_its_grace),
		TEST(a_second_signal_ends_the_grace),
		TEST(it_outlives_a_redis_that_goes_and_comes),
		TEST(without_redis_it_ends_with_69),
		TEST(while_it_waits_for_redis_it_can_be_ended),
		TEST(a_failed_opening_ends_with_69),
		TEST(a_listener_that_is_taken_ends_with_69),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
