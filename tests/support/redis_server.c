#include "tests/support/redis_server.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY "ready to accept connections"

static void exec_server(const struct wp_test_redis *server, int log)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(log, STDOUT_FILENO);
	execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", server->socket,
		"--dir", server->directory, "--appendonly", "yes", "--appendfsync", "always",
		"--save", "", "--maxmemory-policy", "noeviction", "--logfile", "", (char *)NULL);
	_exit(127);
}

/* Reads the server's log until it says that it is ready. */
static int await_ready(int log)
{
	char text[8192] = "";
	size_t size = 0;

	while (strstr(text, READY) == NULL) {
		ssize_t got = read(log, text + size, sizeof text - 1 - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -EIO;
		size += (size_t)got;
		text[size] = '\0';
		if (size > sizeof text / 2) { /* keep the end */
			memmove(text, text + size - 128, 129);
			size = 128;
		}
	}
	return 0;
}

static int launch(struct wp_test_redis *server)
{
	int log[2];

	if (pipe(log) != 0)
		return -errno;
	server->pid = fork();
	if (server->pid == 0)
		exec_server(server, log[1]);
	close(log[1]);
	int rc = server->pid < 0 ? -errno : await_ready(log[0]);
	close(log[0]); /* Redis does without its log */
	if (rc == 0) {
		server->connection = redisConnectUnix(server->socket);
		if (server->connection == NULL || server->connection->err != 0)
			rc = -EIO;
	}
	return rc;
}

int wp_test_redis_start(struct wp_test_redis *server)
{
	memset(server, 0, sizeof *server);
	snprintf(server->directory, sizeof server->directory, "/tmp/wp-redis-XXXXXX");
	if (mkdtemp(server->directory) == NULL)
		return -errno;
	snprintf(server->socket, sizeof server->socket, "%s/redis.sock", server->directory);
	int rc = launch(server);
	if (rc != 0)
		wp_test_redis_stop(server);
	return rc;
}

static void end(struct wp_test_redis *server, int signal)
{
	if (server->connection != NULL)
		redisFree(server->connection);
	server->connection = NULL;
	if (server->pid > 0) {
		kill(server->pid, signal);
		waitpid(server->pid, NULL, 0);
	}
	server->pid = 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

void wp_test_redis_stop(struct wp_test_redis *server)
{
	end(server, SIGKILL);
	if (server->directory[0] != '\0')
		nftw(server->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void wp_test_redis_kill(struct wp_test_redis *server)
{
	end(server, SIGKILL);
}

int wp_test_redis_restart(struct wp_test_redis *server)
{
	unlink(server->socket);
	return launch(server);
}

static redisReply *command(struct wp_test_redis *server, const char *format, va_list arguments)
{
	redisReply *reply = redisvCommand(server->connection, format, arguments);

	if (reply == NULL) {
		fprintf(stderr, "redis: %s: %s\n", format, server->connection->errstr);
		abort();
	}
	return reply;
}

redisReply *wp_test_redis_command(struct wp_test_redis *server, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	redisReply *reply = command(server, format, arguments);
	va_end(arguments);
	return reply;
}

long long wp_test_redis_integer(struct wp_test_redis *server, const char *format, ...)
{
	va_list arguments;
	long long value = -1;

	va_start(arguments, format);
	redisReply *reply = command(server, format, arguments);
	va_end(arguments);
	if (reply->type == REDIS_REPLY_INTEGER)
		value = reply->integer;
	else if (reply->str != NULL)
		value = strtoll(reply->str, NULL, 10);
	freeReplyObject(reply);
	return value;
}

const char *wp_test_redis_text(struct wp_test_redis *server, const char *format, ...)
{
	static char texts[8][4096];
	static unsigned turn;
	char *text = texts[turn++ % 8];
	va_list arguments;

	va_start(arguments, format);
	redisReply *reply = command(server, format, arguments);
	va_end(arguments);
	snprintf(text, sizeof texts[0], "%s", reply->str != NULL ? reply->str : "");
	freeReplyObject(reply);
	return text;
}
