/* verdict.c - questions to the table of verdicts. */
#include "proto/verdict.h"

#include "libcommon/base.h"

#include <string.h>

static const struct row {
	enum wp_verdict verdict;
	const char *text;
	bool is_charged;
	enum wp_attest_rule rule;
	const char *sentence;
} rows[] = {
#define X(name, number, kept, rule, sentence) { WP_VERDICT_##name, #name, kept, rule, sentence },
	WP_VERDICTS(X)
#undef X
};

static const struct row *row_of(enum wp_verdict verdict)
{
	static const struct row none = { WP_VERDICT_NONE, "", false, WP_ATTEST_NEVER, "" };

	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		if (rows[i].verdict == verdict)
			return &rows[i];
	}
	return &none;
}

const char *wp_verdict_text(enum wp_verdict verdict)
{
	return row_of(verdict)->text;
}

enum wp_verdict wp_verdict_parse(const char *text)
{
	for (size_t i = 0; text != NULL && i < WP_ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].text, text) == 0)
			return rows[i].verdict;
	}
	return WP_VERDICT_NONE;
}

bool wp_verdict_is_charged(enum wp_verdict verdict)
{
	return row_of(verdict)->is_charged;
}

enum wp_attest_rule wp_verdict_rule(enum wp_verdict verdict)
{
	return row_of(verdict)->rule;
}

const char *wp_verdict_sentence(enum wp_verdict verdict)
{
	return row_of(verdict)->sentence;
}

bool wp_verdict_attested(
	enum wp_verdict verdict, const char *attest, bool has_expected, const char *error_code)
{
	bool asked = strcmp(attest, "direct") == 0;

	switch (wp_verdict_rule(verdict)) {
	case WP_ATTEST_TRUE:
	case WP_ATTEST_FALSE:
		return asked || attest[0] == '\0';
	case WP_ATTEST_ON_REQUEST:
		return asked && (has_expected || verdict == WP_VERDICT_COMPUTED) &&
		       strcmp(error_code, "TRAP") != 0;
	case WP_ATTEST_NEVER:
		return false;
	}
	return false;
}
