/* protocol.h - what the host and the guest say to each other; the only header both include. The
 * host believes nothing of it but the bytes: length, hash, time and ids are its own. Integers are
 * in the host's byte order: both ends run on one machine. */
#ifndef GUEST_PROTOCOL_H
#define GUEST_PROTOCOL_H

#include <stdint.h>

#define GUEST_ENGINE_NAME    "quickjs"
#define GUEST_ENGINE_VERSION "2025-04-26"

/* Limits. Reaching one ends the run; a program can neither catch nor see it. */
#define GUEST_OUTPUT_MAX   (1u << 20)   /* bytes printed */
#define GUEST_RESULT_MAX   (1u << 20)   /* bytes of the completion value as JSON */
#define GUEST_MEMORY_MAX   (256u << 20) /* bytes of the engine's heap */
#define GUEST_CALLS_MAX    20000u       /* calls under way */
#define GUEST_STACK_MAX    (80u << 20)  /* bytes of machine stack: nesting that is no call */
#define GUEST_STACK_RLIMIT (96u << 20)  /* what the zygote's stack may grow to */
#define GUEST_ADDRESS_MAX  (768u << 20) /* RLIMIT_AS: the net below the heap's own limit */
#define GUEST_DEPTH_MAX    500          /* nesting of the completion value */
#define GUEST_MESSAGE_MAX  2048         /* bytes of an error message */

/* guest → host, on the run's socket: frames of a type, a length and a payload. OUTPUT and RESULT
 * may repeat; END is the last. */
struct guest_frame {
	uint32_t type;
	uint32_t size; /* of the payload that follows */
};
#define GUEST_FRAME_MAX (64u << 10)
enum guest_frame_type {
	GUEST_FRAME_OUTPUT = 1, /* printed bytes */
	GUEST_FRAME_RESULT = 2, /* JSON text */
	GUEST_FRAME_END = 3     /* one byte enum guest_end, then the message */
};
enum guest_end {
	GUEST_END_OK = 0,
	GUEST_END_SYNTAX = 1,
	GUEST_END_RUNTIME = 2,
	GUEST_END_STACK = 3,
	GUEST_END_MEMORY = 4,
	GUEST_END_OUTPUT = 5,
	GUEST_END_UNSUPPORTED = 6
};

/* host → guest, the task: a memory file with this header, the code, a NUL, the input, a NUL. */
#define GUEST_TASK_MAGIC 0x31545057u /* "WPT1" */
struct guest_task {
	uint32_t magic;
	uint32_t has_input;
	uint64_t code_size;
	uint64_t input_size;
	int64_t clock_ms;
	uint8_t seed[32];
};

/* host → zygote, one datagram per run, with two descriptors: the run's socket and its task. */
#define GUEST_ORDER_MAGIC 0x314f5057u /* "WPO1" */
struct guest_order {
	uint32_t magic;
	uint32_t cpu_limit_s; /* RLIMIT_CPU: the net below the host's own deadline */
	int64_t wall_ms;      /* the run's own alarm */
	char comm[16];        /* marks the installation; the guest cannot change it */
	char title[128]; /* the command line that ps shows; "workproof-run <installation> <name>" */
};
/* zygote → host, one datagram per order: the process, or -errno. */
struct guest_reply {
	int32_t pid;
};

/* zygote → host, once, when it is ready to take orders. */
#define GUEST_READY_MAGIC 0x31525057u /* "WPR1" */
struct guest_ready {
	uint32_t magic;
	uint32_t layers;       /* bits of enum guest_layer that hold */
	int32_t failed_errno;  /* of the first layer that does not, 0 if all do */
	uint32_t failed_layer; /* its bit */
};
enum guest_layer {
	GUEST_LAYER_USER =
		1u << 0, /* own user namespace without any identity; else: nobody, as root can */
	GUEST_LAYER_MOUNT = 1u << 1, /* empty read-only root */
	GUEST_LAYER_NET = 1u << 2,   /* no network but its own empty one */
	GUEST_LAYER_IPC = 1u << 3,
	GUEST_LAYER_UTS = 1u << 4,
	GUEST_LAYER_PID = 1u << 5,
	GUEST_LAYER_LANDLOCK = 1u << 6, /* no file system access at all */
	GUEST_LAYER_LIMITS = 1u << 7,
	GUEST_LAYER_SECCOMP = 1u << 8,
	GUEST_LAYER_ENGINE = 1u << 9 /* warm */
};
#define GUEST_LAYERS_ALL 0x3ffu
/* Without these there is no isolate. (Only root gets the others without USER.) */
#define GUEST_LAYERS_REQUIRED                                                                      \
	(GUEST_LAYERS_ALL & ~(uint32_t)(GUEST_LAYER_USER | GUEST_LAYER_LANDLOCK |                  \
					GUEST_LAYER_IPC | GUEST_LAYER_UTS))

#define GUEST_CONTROL_FD 3   /* the zygote's control socket, and in a run its own socket */
#define GUEST_TITLE_ROOM 160 /* bytes of argv the zygote is started with, for the title */

#endif
