#include "services/cli/cli.h"

#include "libcommon/conf.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cli_fail(int status, const char *format, ...)
{
	va_list list;

	fputs("workproof: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	return status;
}

static void help(const char *usage, const struct cli_argument *arguments, size_t count)
{
	printf("usage: workproof %s\n", usage);
	for (size_t i = 0; i < count; i++)
		printf("  %-18s %s\n", arguments[i].name ? arguments[i].name : "WORD",
			arguments[i].help);
	fputs(CLI_EXIT_CODES, stdout);
}

/* The argument this word names, or the first plain one without a value yet. */
static const struct cli_argument *argument_find(
	const char *word, const struct cli_argument *arguments, size_t count)
{
	bool is_option = word[0] == '-' && word[1] != '\0';

	for (size_t i = 0; i < count; i++) {
		if (is_option && arguments[i].name && strcmp(word, arguments[i].name) == 0)
			return &arguments[i];
		if (!is_option && !arguments[i].name && !*arguments[i].value)
			return &arguments[i];
	}
	return NULL;
}

int cli_arguments(int argc, char **argv, const char *usage, const struct cli_argument *arguments,
	size_t count)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			help(usage, arguments, count);
			return -1;
		}
		const struct cli_argument *argument = argument_find(argv[i], arguments, count);

		if (!argument)
			return cli_fail(
				CLI_USAGE, "unexpected '%s'; usage: workproof %s", argv[i], usage);
		if (argument->flag)
			*argument->flag = true;
		else if (!argument->name)
			*argument->value = argv[i];
		else if (i + 1 < argc)
			*argument->value = argv[++i];
		else
			return cli_fail(CLI_USAGE, "%s needs a value", argv[i]);
	}
	for (size_t i = 0; i < count; i++)
		if (arguments[i].required && !*arguments[i].value)
			return cli_fail(CLI_USAGE, "%s is missing; usage: workproof %s",
				arguments[i].name ? arguments[i].name : arguments[i].help, usage);
	return CLI_OK;
}

const char *cli_url(const char *given)
{
	static const char prefix[] = "WORKPROOF_URL=";

	if (given)
		return given;
	for (const char *const *entry = wp_conf_environment(); *entry; entry++)
		if (strncmp(*entry, prefix, sizeof(prefix) - 1) == 0)
			return *entry + sizeof(prefix) - 1;
	return "http://127.0.0.1:8402";
}

int cli_read_file(struct wp_buffer *ret_content, const char *path, size_t limit)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct wp_buffer content = { 0 };
	char piece[65536];
	ssize_t n = 0;
	int rc = 0;

	if (fd < 0)
		return -errno;
	while (rc == 0 && (n = read(fd, piece, sizeof(piece))) > 0) {
		wp_buffer_append(&content, piece, (size_t)n);
		if (content.size > limit)
			rc = -WP_E_RANGE;
	}
	if (n < 0)
		rc = -errno;
	close(fd);
	wp_buffer_append(&content, "", 1);
	if (rc == 0 && content.failed)
		rc = -ENOMEM;
	if (rc < 0) {
		wp_buffer_free(&content);
		return rc;
	}
	content.size--;
	*ret_content = content;
	return 0;
}
