/* engine.h - one interface to every JavaScript engine. A process warms an engine once; each run is
 * a fork of it and ends with the process. */
#ifndef GUEST_ENGINE_H
#define GUEST_ENGINE_H

#include <stddef.h>

struct engine_program {
	const char *code; /* UTF-8, a NUL behind it */
	size_t code_size;
	const char *input; /* NULL: undefined; else UTF-8, a NUL behind it */
	size_t input_size;
};

struct engine {
	const char *name;
	/* Builds the context and evaluates the prelude. 0 or -errno. */
	int (*warm)(void);
	/* Runs the program and tells the host all of it (wire.h). Does not return. */
	void (*run)(const struct engine_program *program);
};

extern const struct engine engine_quickjs;

#endif
