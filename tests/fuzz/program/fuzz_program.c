/* The program checks never read past the text, name a position inside it, and are silent about
 * anything that stands in a comment, whatever it is. Built inputs are words of the scan's own
 * tables. */
#include "proto/program.h"
#include "tests/fuzz/harness.h"

static const char *const words[] = { "import ", "export ", "require(", "process.", "fetch", "(",
	")", "{", "}", "`", "${", "'", "\"", "/", "//", "/*", "*/", "\n", ";", "=>", "const ",
	"await ", "if", ".", "?.", "a", "1", "\\", "[", "]", "globalThis", "this", "&&",
	"function ", "\xe2\x80\xa8", "catch" };

static enum wp_program_refusal check(const char *code, size_t size)
{
	struct wp_program_problem problem;
	enum wp_program_refusal refusal = wp_program_check(code, size, &problem);

	CHECK((refusal == WP_PROGRAM_FINE) == (problem.text[0] == '\0'));
	CHECK(problem.line <= size + 1 && problem.column <= size + 1);
	CHECK((refusal != WP_PROGRAM_BLOCKED && refusal != WP_PROGRAM_UNICODE) || problem.line > 0);
	return refusal;
}

/* Line ends would end the comment or exceed the lines. */
static void check_comment(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 4);
	size_t used = 2;

	memcpy(text, "/*", 2);
	for (size_t i = 0; i < size; i++)
		text[used++] =
			data[i] == '*' || data[i] == '\n' || data[i] == '\r' ? ' ' : (char)data[i];
	memcpy(text + used, "*/", 2);
	enum wp_program_refusal refusal = check(text, used + 2);
	CHECK(refusal != WP_PROGRAM_BLOCKED);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		char *copy = malloc(size); /* its own block: a read past it is seen */
		memcpy(copy, data + 1, size - 1);
		fuzz_count(check(copy, size - 1) == WP_PROGRAM_FINE);
		free(copy);
		check_comment(data + 1, size - 1);
		return 0;
	}
	char text[4096];
	size_t used = 0;
	for (size_t i = 1; i < size && used < sizeof(text) - 32; i++) {
		const char *word = words[data[i] % (sizeof(words) / sizeof(words[0]))];
		memcpy(text + used, word, strlen(word));
		used += strlen(word);
	}
	fuzz_count(check(text, used) != WP_PROGRAM_UNICODE);
	return 0;
}
