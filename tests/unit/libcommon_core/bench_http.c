/* bench_http - serves a small 402 on 127.0.0.1 until SIGTERM, to be measured with wrk. Prints the
 * port, and at the end the requests, the CPU time per request and the resident memory. /later
 * answers from a later turn of the loop. */
#include "libcommon/http_server.h"
#include "libcommon/time.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const char body[] =
	"{\"type\":\"about:blank\",\"title\":\"Payment Required\",\"status\":402,"
	"\"detail\":\"pay 10000 units of the token to go on\",\"x402Version\":2}";
static const char *const headers[] = { "Content-Type: application/problem+json",
	"PAYMENT-REQUIRED: eyJ4NDAyVmVyc2lvbiI6MiwiYWNjZXB0cyI6W3sic2NoZW1lIjoiZXhhY3QifV19",
	NULL };

static struct wp_loop *loop;
static long requests;

static void answer(void *arg)
{
	wp_exchange_answer(arg, 402, headers, body, sizeof body - 1);
}

static void on_request(void *arg, struct wp_exchange *exchange)
{
	(void)arg;
	requests++;
	if (strcmp(wp_exchange_path(exchange), "/later") != 0) {
		answer(exchange);
		return;
	}
	wp_exchange_keep(exchange, NULL, NULL);
	if (wp_loop_defer(loop, answer, exchange) < 0)
		answer(exchange);
}

static void on_end(void *arg, unsigned events)
{
	(void)arg;
	(void)events;
	wp_loop_stop(loop);
}

int main(int argc, char **argv)
{
	struct wp_http_server_settings settings = { .listen = argc > 1 ? argv[1] : "127.0.0.1:0",
		.body_max = 65536,
		.idle_timeout_s = 30,
		.connection_max = 1000 };
	struct rusage usage;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	loop = wp_loop_new();
	struct wp_http_server *server =
		loop != NULL ? wp_http_server_new(loop, &settings, on_request, on_request, NULL)
			     : NULL;
	int fd = signalfd(-1, &signals, 0);
	if (server == NULL || fd < 0 || wp_watch_new(loop, fd, WP_LOOP_READ, on_end, NULL) == NULL)
		return EXIT_FAILURE;
	printf("%u\n", wp_http_server_port(server));
	fflush(stdout);
	wp_loop_run(loop);
	getrusage(RUSAGE_SELF, &usage);
	double cpu_us = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
			(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	printf("requests %ld, CPU %.2f us/request, resident at most %ld KB\n", requests,
		requests > 0 ? cpu_us / (double)requests : 0, usage.ru_maxrss);
	wp_http_server_free(server);
	return EXIT_SUCCESS;
}
