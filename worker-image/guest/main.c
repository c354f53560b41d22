/* workproof-guest - what runs inside an isolate: engine, prelude, mathematics, protocol. */
#include "guest/engine.h"
#include "guest/protocol.h"
#include "guest/zygote.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("workproof-guest %s %s\n", GUEST_ENGINE_NAME, GUEST_ENGINE_VERSION);
		return 0;
	}
	if (argc != 3 || strcmp(argv[1], "--zygote") != 0) {
		fprintf(stderr,
			"workproof-guest is started by a driver; see worker-image/DESIGN.md\n");
		return 64;
	}
	/* the arguments lie one behind the other in memory */
	return zygote_main(
		&engine_quickjs, argv[0], (size_t)(argv[2] + strlen(argv[2]) + 1 - argv[0]));
}
