#include "libcommon/conf.h"

#include "libcommon/base.h"
#include "libcommon/conf_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX       "WORKPROOF_"
#define FILE_SUFFIX  "_FILE"
#define VARIABLE_MAX 128   /* of a variable */
#define FILE_MAX     65536 /* bytes of the settings file and of a file that holds one setting */
#define SIMILAR_MAX  3     /* edits between an unknown name and the known one that is suggested */

/* Where a setting was found; the later source replaces the earlier. */
struct found {
	const char *value; /* NULL: not given */
	bool is_file;      /* value is the path of a file that holds it */
	int source;
};

struct load {
	const struct wp_conf_table *tables;
	size_t table_count;
	struct found *found; /* one per option, over all tables */
	FILE *problems;
	bool failed;
};

enum source { SOURCE_NONE, SOURCE_FILE, SOURCE_ENVIRONMENT };

static const char *const source_names[] = {
	[SOURCE_NONE] = "default",
	[SOURCE_FILE] = "settings file",
	[SOURCE_ENVIRONMENT] = "environment",
};

static void __attribute__((format(printf, 2, 3)))
problem(struct load *load, const char *format, ...)
{
	va_list arguments;

	load->failed = true;
	va_start(arguments, format);
	vfprintf(load->problems, format, arguments);
	va_end(arguments);
	fputc('\n', load->problems);
}

static char *variable_name(char text[static VARIABLE_MAX], const struct wp_option *option)
{
	int size = snprintf(text, VARIABLE_MAX, PREFIX "%s", option->name);

	for (int i = 0; i < size && i < VARIABLE_MAX; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	return text;
}

/* ---- names ---- */

/* The option that name means, and whether it means the file of its value. NULL: unknown. */
static struct found *find_option(const struct load *load, const char *name,
	const struct wp_option **ret_option, bool *ret_file)
{
	size_t size = strlen(name);
	size_t suffix = strlen(FILE_SUFFIX);
	bool may_be_file = size > suffix && strcmp(name + size - suffix, FILE_SUFFIX) == 0;
	struct found *file_match = NULL;
	size_t number = 0;

	for (size_t t = 0; t < load->table_count; t++)
		for (size_t i = 0; i < load->tables[t].count; i++, number++) {
			const struct wp_option *option = &load->tables[t].options[i];
			char known[VARIABLE_MAX];

			variable_name(known, option);
			if (strcmp(known, name) == 0) {
				*ret_option = option;
				*ret_file = false;
				return &load->found[number];
			}
			if (may_be_file && strlen(known) == size - suffix &&
				strncmp(known, name, size - suffix) == 0) {
				*ret_option = option;
				*ret_file = true;
				file_match = &load->found[number];
			}
		}
	return file_match;
}

/* Levenshtein distance, at most limit + 1. */
static size_t edit_distance(const char *a, const char *b, size_t limit)
{
	size_t row[VARIABLE_MAX + 1];
	size_t b_size = strlen(b);

	if (b_size > VARIABLE_MAX)
		return limit + 1;
	for (size_t j = 0; j <= b_size; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_size] <= limit ? row[b_size] : limit + 1;
}

static void unknown_name(struct load *load, const char *name, enum source source)
{
	char closest[VARIABLE_MAX] = "";
	size_t least = SIMILAR_MAX + 1;

	for (size_t t = 0; t < load->table_count; t++)
		for (size_t i = 0; i < load->tables[t].count; i++) {
			char known[VARIABLE_MAX];
			size_t distance = edit_distance(name,
				variable_name(known, &load->tables[t].options[i]), SIMILAR_MAX);

			if (distance < least) {
				least = distance;
				memcpy(closest, known, sizeof closest);
			}
		}
	if (closest[0] != '\0')
		problem(load, "%.100s (%s): no such setting; did you mean %s?", name,
			source_names[source], closest);
	else
		problem(load, "%.100s (%s): no such setting", name, source_names[source]);
}

/* ---- sources ---- */

static void note(struct load *load, const char *name, const char *value, enum source source)
{
	const struct wp_option *option = NULL;
	bool is_file = false;
	struct found *found = find_option(load, name, &option, &is_file);
	char known[VARIABLE_MAX];

	if (found == NULL) {
		unknown_name(load, name, source);
		return;
	}
	variable_name(known, option);
	if (option->type == WP_CONF_KEY && !is_file) {
		problem(load,
			"%s (%s): a key is never given in clear; name its file in %s" FILE_SUFFIX,
			known, source_names[source], known);
		return;
	}
	if (found->value != NULL && found->source == (int)source) {
		problem(load, "%s (%s): given twice", known, source_names[source]);
		return;
	}
	*found = (struct found){ .value = value, .is_file = is_file, .source = (int)source };
}

static void note_environment(struct load *load, const char *const *environment, char *names)
{
	for (size_t i = 0; environment != NULL && environment[i] != NULL; i++) {
		const char *equals = strchr(environment[i], '=');
		size_t size = equals != NULL ? (size_t)(equals - environment[i]) : 0;

		if (strncmp(environment[i], PREFIX, strlen(PREFIX)) != 0 || equals == NULL)
			continue;
		if (size >= VARIABLE_MAX) {
			problem(load, "%.40s… (environment): no such setting", environment[i]);
			continue;
		}
		memcpy(names, environment[i], size);
		names[size] = '\0';
		note(load, names, equals + 1, SOURCE_ENVIRONMENT);
	}
}

/* Reads a regular file of at most FILE_MAX bytes without NUL. NULL: why is in ret_why. */
static char *read_file(const char *path, const char **ret_why)
{
	struct stat status;
	char *text = NULL;
	FILE *file = NULL;

	*ret_why = NULL;
	if (stat(path, &status) < 0)
		*ret_why = strerror(errno);
	else if (!S_ISREG(status.st_mode))
		*ret_why = "not a regular file";
	else if ((file = fopen(path, "re")) == NULL)
		*ret_why = strerror(errno);
	if (*ret_why != NULL)
		return NULL;
	text = calloc(1, FILE_MAX + 2);
	size_t size = text != NULL ? fread(text, 1, FILE_MAX + 1, file) : 0;
	if (text == NULL)
		*ret_why = "no memory";
	else if (ferror(file))
		*ret_why = "cannot be read";
	else if (size > FILE_MAX)
		*ret_why = "larger than 64 KB";
	else if (strlen(text) != size)
		*ret_why = "holds a NUL byte";
	fclose(file);
	if (*ret_why == NULL)
		return text;
	free(text);
	return NULL;
}

/* Lines KEY=value; empty ones and those that begin with # are left out. Cuts text into pieces. */
static void note_lines(struct load *load, char *text, const char *path)
{
	unsigned number = 0;

	for (char *line = text, *next; line != NULL; line = next) {
		char *end = strchr(line, '\n');
		char *equals;

		number++;
		next = end != NULL ? end + 1 : NULL;
		if (end != NULL)
			*end = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		equals = strchr(line, '=');
		if (equals == NULL) {
			problem(load, "%s:%u: not of the form KEY=value", path, number);
			continue;
		}
		*equals = '\0';
		note(load, line, equals + 1, SOURCE_FILE);
	}
}

/* ---- values ---- */

static int store_file(void *member, const struct wp_option *option, const char *path,
	char ret_what[static WP_CONF_WHAT_MAX])
{
	const char *why;
	int error;

	if (option->type == WP_CONF_KEY)
		return wp_conf_value_load_key(member, path, ret_what);
	char *text = read_file(path, &why);
	if (text == NULL) {
		snprintf(ret_what, WP_CONF_WHAT_MAX, "%s", why);
		return -EINVAL;
	}
	size_t size = strlen(text);
	if (size > 0 && text[size - 1] == '\n')
		text[size - 1] = '\0';
	error = wp_conf_value_parse(member, option, text, ret_what);
	free(text);
	return error;
}

static void store(struct load *load, void *settings, const struct wp_option *option,
	const struct found *found)
{
	char what[WP_CONF_WHAT_MAX] = "no memory";
	char name[VARIABLE_MAX];
	void *member = (char *)settings + option->offset;
	int error;

	variable_name(name, option);
	if (found->value == NULL && option->fallback == NULL) {
		problem(load, "%s%s: must be given", name,
			option->type == WP_CONF_KEY ? FILE_SUFFIX : "");
		return;
	}
	if (found->value == NULL)
		error = wp_conf_value_parse(member, option, option->fallback, what);
	else if (found->is_file)
		error = store_file(member, option, found->value, what);
	else
		error = wp_conf_value_parse(member, option, found->value, what);
	if (error < 0)
		problem(load, "%s%s (%s): %s", name, found->is_file ? FILE_SUFFIX : "",
			source_names[found->source], what);
}

int wp_conf_load(const struct wp_conf_table *tables, size_t table_count,
	const struct wp_conf_source *source, FILE *problems)
{
	struct load load = { .tables = tables, .table_count = table_count, .problems = problems };
	char name[VARIABLE_MAX];
	char *text = NULL;
	const char *why;
	size_t count = 0;

	for (size_t t = 0; t < table_count; t++)
		count += tables[t].count;
	load.found = calloc(count + 1, sizeof *load.found);
	if (load.found == NULL) {
		problem(&load, "no memory");
		return -EINVAL;
	}
	if (source->file != NULL) {
		text = read_file(source->file, &why);
		if (text != NULL)
			note_lines(&load, text, source->file);
		else
			problem(&load, "%s: %s", source->file, why);
	}
	note_environment(&load, source->environment, name);
	const struct found *found = load.found;
	for (size_t t = 0; t < table_count; t++)
		for (size_t i = 0; i < tables[t].count; i++)
			store(&load, tables[t].settings, &tables[t].options[i], found++);
	free(load.found);
	free(text);
	return load.failed ? -EINVAL : 0;
}

void wp_conf_free(const struct wp_conf_table *tables, size_t table_count)
{
	for (size_t t = 0; t < table_count; t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct wp_option *option = &tables[t].options[i];
			wp_conf_value_free((char *)tables[t].settings + option->offset, option);
		}
}

void wp_conf_help(const struct wp_conf_table *tables, size_t table_count, FILE *out)
{
	for (size_t t = 0; t < table_count; t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct wp_option *option = &tables[t].options[i];
			char name[VARIABLE_MAX];

			fprintf(out, "  %s%s (", variable_name(name, option),
				option->type == WP_CONF_KEY ? FILE_SUFFIX : "");
			wp_conf_value_type(option, out);
			if (option->fallback == NULL)
				fprintf(out, ", required");
			else if (option->fallback[0] != '\0')
				fprintf(out, ", default %s", option->fallback);
			else
				fprintf(out, ", optional");
			fprintf(out, "): %s\n", option->help);
		}
}

const char *const *wp_conf_environment(void)
{
	return (const char *const *)environ;
}
