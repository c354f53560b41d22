/* routes.h - method and path → handler, as one table. */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

#include "services/gateway/reply.h"

#include <stddef.h>

#define ROUTE_PARAMETER_MAX 64

typedef void route_fn(struct reply *reply, const char *parameter);

struct route {
	const char *method;
	const char *path; /* "*" stands for one segment: the handler's parameter */
	enum route_class class;
	route_fn *fn;
};

struct route_match {
	const struct route *route;           /* NULL: see allow */
	const char *allow;                   /* of the path, as a header line; NULL: no such path */
	char parameter[ROUTE_PARAMETER_MAX]; /* "" without one; a longer segment is cut */
};

/* HEAD is GET. Pure. */
void route_find(struct route_match *ret_match, const char *method, const char *path);

#endif
