/* driver.h - one interface to every kind of isolate. A run is one program in one fresh isolate: it
 * is started, its output comes back in pieces, it ends once. The owner polls one descriptor per
 * run, so a daemon's loop and a command line tool use drivers alike. Nothing here blocks for longer
 * than it takes to start an isolate. */
#ifndef WP_DRIVER_H
#define WP_DRIVER_H

#include "libcommon/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DRIVER_OUTPUT_MAX  (1u << 20) /* bytes a program may print (X2) */
#define DRIVER_RESULT_MAX  (1u << 20) /* bytes of a completion value as JSON */
#define DRIVER_MESSAGE_MAX 2048       /* bytes of an error message, cut at a character */
#define DRIVER_NAME_MAX    64         /* "0x<32 hex>:<attempt>" and NUL fit */

enum driver_outcome {
	DRIVER_OK,
	DRIVER_ERROR,   /* the program failed; error_code says how */
	DRIVER_TIMEOUT, /* it used up its own CPU time */
	DRIVER_FAILED   /* we failed: not started, lost, wall time gone; never a charged verdict */
};

enum driver_error_code { /* of DRIVER_ERROR */
	DRIVER_NONE,
	DRIVER_SYNTAX,
	DRIVER_RUNTIME,
	DRIVER_STACK,
	DRIVER_MEMORY,
	DRIVER_OUTPUT,
	DRIVER_UNSUPPORTED,
	DRIVER_FUEL,
	DRIVER_TRAP
};

struct driver_task {
	const char *name; /* unique among live runs, [0-9a-z:_-]; "<id>:<attempt>" */
	const char *code;
	size_t code_size;
	const char *input; /* NULL: the program sees undefined */
	size_t input_size;
	const char *engine; /* "quickjs" */
	int64_t timeout_ms; /* CPU time of the program */
	int64_t wall_ms;  /* hard end from start; the isolate's own alarm, whatever becomes of us */
	int64_t clock_ms; /* what Date.now() says */
	uint8_t seed[32]; /* of Math.random */
};

struct driver_result {
	enum driver_outcome outcome;
	enum driver_error_code error_code;
	char error_message[DRIVER_MESSAGE_MAX + 1]; /* UTF-8 */
	char *result; /* JSON text, "null" if there is none; owned by the run */
	size_t result_size;
	struct wp_hash
		output_hash; /* H1: of the printed bytes, or of result when nothing was printed */
	size_t output_bytes;
	int64_t time_ms; /* CPU time */
	int64_t wall_time_us;
	int64_t memory_peak_bytes;
	char engine_name[32];
	char engine_version[32];
	struct wp_hash guest_digest; /* SHA-256 of the guest image */
};

struct driver_run;

/* Called from driver_run_step. data is valid during the call. */
typedef void driver_output_fn(void *arg, const uint8_t *data, size_t size);

struct driver_settings {
	const char *installation; /* marks our isolates on this host, [0-9a-z-]{1,32} */
	const char *guest_path;   /* the guest binary; NULL: beside our own executable */
	unsigned capacity;        /* isolates at once */
};

struct driver {
	const char *name;      /* "process" */
	const char *isolation; /* class in the receipt: "process", "vm", "none" */
	/* Makes ready (zygotes, images). 0 or -errno; ret_why says in words what the host lacks. */
	int (*open)(const struct driver_settings *settings, void **ret_state, const char **ret_why);
	/* Ends every run, frees all. NULL is fine. */
	void (*close)(void *state);
	/* Starts a run. 0, -EAGAIN (no isolate free now), -errno. task is copied. */
	int (*spawn)(void *state, const struct driver_task *task, driver_output_fn *output,
		void *arg, struct driver_run **ret_run);
	/* The descriptor to poll for reading: when readable, call step. */
	int (*fd)(const struct driver_run *run);
	/* Handles what happened. NULL: goes on; else the result (valid until free), once, and the
	 * isolate is dead. */
	const struct driver_result *(*step)(struct driver_run *run);
	/* Ends it now; the result comes by step as DRIVER_FAILED. */
	void (*kill)(struct driver_run *run);
	/* Frees; a run still alive is killed first and waited for. NULL is fine. */
	void (*free)(struct driver_run *run);
	/* Calls fn with the name and age of each isolate of this installation on this host, whoever
	 * started it. 0 or -errno: then nothing is known, which is not the same as none. */
	int (*list)(
		void *state, void (*fn)(void *arg, const char *name, int64_t age_ms), void *arg);
	/* Ends an isolate by name, whoever started it. 0, -ESRCH, -errno. */
	int (*kill_by_name)(void *state, const char *name);
};

/* "process", "null"; NULL when there is no such driver. */
const struct driver *driver_by_name(const char *name);
/* "SYNTAX", …; "" for DRIVER_NONE. */
const char *driver_error_code_text(enum driver_error_code code);
/* "OK", …; never NULL. */
const char *driver_outcome_text(enum driver_outcome outcome);

#endif
