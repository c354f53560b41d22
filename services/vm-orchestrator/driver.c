#include "services/vm-orchestrator/driver.h"

#include "services/vm-orchestrator/driver_null.h"
#include "services/vm-orchestrator/driver_process.h"

#include <string.h>

static const struct driver *const drivers[] = { &driver_process, &driver_null };

const struct driver *driver_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	}
	return NULL;
}

const char *driver_error_code_text(enum driver_error_code code)
{
	switch (code) {
	case DRIVER_NONE:
		return "";
	case DRIVER_SYNTAX:
		return "SYNTAX";
	case DRIVER_RUNTIME:
		return "RUNTIME";
	case DRIVER_STACK:
		return "STACK";
	case DRIVER_MEMORY:
		return "MEMORY";
	case DRIVER_OUTPUT:
		return "OUTPUT";
	case DRIVER_UNSUPPORTED:
		return "UNSUPPORTED";
	case DRIVER_FUEL:
		return "FUEL";
	case DRIVER_TRAP:
		return "TRAP";
	}
	return "";
}

const char *driver_outcome_text(enum driver_outcome outcome)
{
	switch (outcome) {
	case DRIVER_OK:
		return "OK";
	case DRIVER_ERROR:
		return "ERROR";
	case DRIVER_TIMEOUT:
		return "TIMEOUT";
	case DRIVER_FAILED:
		return "FAILED";
	}
	return "FAILED";
}
