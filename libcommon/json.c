#include "libcommon/json.h"

#include "libcommon/base.h"

#include <math.h>
#include <string.h>

/* The member, provided that its type is one of types. */
static int member(const cJSON **ret_member, const cJSON *object, const char *name, int types)
{
	const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!found)
		return -ENOENT;
	if (!(found->type & types))
		return -WP_E_FORMAT;
	*ret_member = found;
	return 0;
}

int wp_json_string(const cJSON *object, const char *name, const char **ret_text)
{
	const cJSON *found;
	int error = member(&found, object, name, cJSON_String);
	if (!error)
		*ret_text = found->valuestring;
	return error;
}

int wp_json_bool(const cJSON *object, const char *name, bool *ret_value)
{
	const cJSON *found;
	int error = member(&found, object, name, cJSON_True | cJSON_False);
	if (!error)
		*ret_value = cJSON_IsTrue(found);
	return error;
}

int wp_json_object(const cJSON *object, const char *name, const cJSON **ret_object)
{
	return member(ret_object, object, name, cJSON_Object);
}

int wp_json_array(const cJSON *object, const char *name, const cJSON **ret_array)
{
	return member(ret_array, object, name, cJSON_Array);
}

int wp_json_integer(
	const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *ret_value)
{
	const cJSON *found;
	int error = member(&found, object, name, cJSON_Number);
	if (error)
		return error;
	double value = found->valuedouble;
	if (!(trunc(value) == value))
		return -WP_E_FORMAT;
	if (value < (double)min || value > (double)max)
		return -WP_E_RANGE;
	*ret_value = (int64_t)value;
	return 0;
}

static bool listed(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

const cJSON *wp_json_unknown_member(const cJSON *object, const char *const *names)
{
	const cJSON *found;
	cJSON_ArrayForEach(found, object)
	{
		if (!listed(names, found->string))
			return found;
	}
	return NULL;
}
