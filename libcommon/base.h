/* base.h - what every file of the suite may use: error numbers, array sizes, crash points. */
#ifndef WP_BASE_H
#define WP_BASE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Domain errors. Functions return 0, -errno or -WP_E_…; both ranges are disjoint. */
enum wp_error {
	WP_E_FIRST = 4096,
	WP_E_FORMAT = WP_E_FIRST, /* bytes are not of the stated form */
	WP_E_RANGE,               /* of the form, but outside its limits */
	WP_E_STALE,               /* the fence or the state moved on: somebody else has the baton */
	WP_E_FULL,                /* a stated capacity is reached */
	WP_E_CONFLICT,            /* exists already with other content */
	WP_E_GONE,                /* existed once, retention is over */
	WP_E_UNKNOWN,             /* the outcome could not be learned (connection lost, time out) */
	WP_E_REFUSED,             /* the peer answered with a definite no */
	WP_E_LAST
};

/* A short English text for -errno or -WP_E_…; never NULL. */
const char *wp_strerror(int error);

/* A named step at which a test may kill the process: WP_CRASH_AT=<service>:<step>, or several of
 * them separated by commas. The process ends with _exit(137) at the first one it reaches, once per
 * run directory: it creates the file $WP_CRASH_MARK first and does not fire where that exists
 * already; without WP_CRASH_MARK it always fires. Compiles to nothing unless the build has faults
 * on. */
#ifdef WORKPROOF_FAULTS
void wp_crash_service(const char *name); /* whose steps these are; name is borrowed */
void wp_crash_point(const char *step);
#define WP_CRASH_POINT(step) wp_crash_point(step)
#else
#define wp_crash_service(name) ((void)(name))
#define WP_CRASH_POINT(step)   ((void)0)
#endif

#endif
