#include "services/gateway/fetch.h"

#include "libcommon/base.h"

#include <stdlib.h>
#include <string.h>

struct fetch {
	fetch_fn *fn;
	void *arg;
	size_t pending; /* answers to come */
	int output_status;
	bool has_output;
	struct wp_output output; /* texts are ours */
};

static void fetch_free(struct fetch *fetch)
{
	free((void *)(uintptr_t)fetch->output.out_stdout);
	free((void *)(uintptr_t)fetch->output.result);
	free((void *)(uintptr_t)fetch->output.error_message);
	free(fetch);
}

static bool copy_output(struct wp_output *copy, const struct wp_output *output)
{
	char *text = malloc(output->out_stdout_size + 1);
	if (text && output->out_stdout_size > 0)
		memcpy(text, output->out_stdout, output->out_stdout_size);
	copy->out_stdout = text;
	copy->out_stdout_size = output->out_stdout_size;
	copy->result = strdup(output->result ? output->result : "");
	copy->error_message = strdup(output->error_message ? output->error_message : "");
	return text && copy->result && copy->error_message;
}

static void on_output(void *arg, int status, const struct wp_output *output)
{
	struct fetch *fetch = arg;
	fetch->output_status = status == -ENOENT || status == -WP_E_GONE ? 0 : status;
	if (status == 0) {
		fetch->has_output = copy_output(&fetch->output, output);
		if (!fetch->has_output)
			fetch->output_status = -ENOMEM;
	}
	if (--fetch->pending == 0)
		fetch_free(fetch);
}

/* Redis answers in the order it was asked: the output, if any, is here already. */
static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct fetch *fetch = arg;
	if (status == 0)
		status = fetch->output_status;
	fetch->fn(fetch->arg, status, status == 0 ? record : NULL,
		fetch->has_output ? &fetch->output : NULL);
	if (--fetch->pending == 0)
		fetch_free(fetch);
}

static void on_nothing(
	void *arg, int status, const struct wp_record *record, const struct wp_output *output)
{
	(void)arg;
	(void)status;
	(void)record;
	(void)output;
}

int fetch_verification(
	struct wp_store *store, const struct wp_id *id, bool with_output, fetch_fn *fn, void *arg)
{
	struct fetch *fetch = calloc(1, sizeof(*fetch));
	if (!fetch)
		return -ENOMEM;
	*fetch = (struct fetch){ .fn = fn, .arg = arg };
	int error = with_output ? wp_store_get_output(store, id, on_output, fetch) : 0;
	if (with_output && !error)
		fetch->pending++;
	if (!error)
		error = wp_store_get(store, id, on_record, fetch);
	if (!error) {
		fetch->pending++;
		return 0;
	}
	fetch->fn = on_nothing;
	if (fetch->pending == 0)
		fetch_free(fetch);
	return error;
}
