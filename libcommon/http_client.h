/* http_client.h - HTTP requests on the event loop (libcurl multi). */
#ifndef WP_HTTP_CLIENT_H
#define WP_HTTP_CLIENT_H

#include "libcommon/loop.h"

#include <stddef.h>
#include <stdint.h>

struct wp_http_client;

#define WP_HTTP_ANSWER_MAX (16u << 20)

struct wp_http_request {
	const char *method;         /* "GET", "POST", …; copied */
	const char *url;            /* http(s) only; copied */
	const char *unix_socket;    /* NULL, or connect there instead; copied */
	const char *const *headers; /* "Name: value" lines, NULL-terminated, may be NULL; copied */
	const void *body;           /* copied; NULL for none */
	size_t body_size;
	int64_t timeout_ms; /* whole exchange; above 0 */
	size_t answer_max;  /* bytes of answer body, 0: WP_HTTP_ANSWER_MAX; more is a failure */
};

struct wp_http_answer {
	int error; /* 0; -ECONNREFUSED: no connection, so the peer saw nothing; -EMSGSIZE: answer
		      too large; -ENOMEM; -ECANCELED; -WP_E_UNKNOWN: all else. text says why */
	const char *text; /* "" when error is 0 */
	long status;      /* HTTP status when error is 0 */
	const char *body; /* NUL-terminated behind body_size bytes; valid during the callback */
	size_t body_size;
};
typedef void wp_http_fn(void *arg, const struct wp_http_answer *answer);

struct wp_http_client *wp_http_client_new(struct wp_loop *loop); /* NULL: no memory */
/* Requests under way end with error -ECANCELED first. NULL is fine. */
void wp_http_client_free(struct wp_http_client *client);

/* fn is called exactly once, later, from the loop. Connections are reused. Redirects are not
 * followed. 0, -ENOMEM, -EINVAL (then fn is not called). */
int wp_http_send(struct wp_http_client *client, const struct wp_http_request *request,
	wp_http_fn *fn, void *arg);

#endif
