#include "services/chain-writer/rawtx.h"

#include "libcommon/base.h"
#include "libcommon/evm/rlp.h"

#include <string.h>

#define TYPE_EIP1559 0x02

static int take(
	struct wp_rlp_item *ret_item, bool is_list, const uint8_t **cursor, const uint8_t *end)
{
	struct wp_rlp_item item;

	if (wp_rlp_next(&item, cursor, end) < 0 || item.is_list != is_list)
		return -WP_E_FORMAT;
	*ret_item = item;
	return 0;
}

static int take_amount(struct wp_amount *ret_amount, const uint8_t **cursor, const uint8_t *end)
{
	struct wp_rlp_item item;
	uint8_t word[32] = { 0 };

	if (take(&item, false, cursor, end) < 0 || item.size > sizeof word ||
		(item.size > 0 && item.data[0] == 0))
		return -WP_E_FORMAT;
	if (item.size > 0)
		memcpy(word + sizeof word - item.size, item.data, item.size);
	*ret_amount = wp_amount_from_be(word);
	return 0;
}

static int take_u64(uint64_t *ret_value, const uint8_t **cursor, const uint8_t *end)
{
	struct wp_amount amount;

	if (take_amount(&amount, cursor, end) < 0 || !wp_amount_to_u64(ret_value, &amount))
		return -WP_E_FORMAT;
	return 0;
}

/* access list, yParity, r, s */
static int check_tail(const uint8_t *cursor, const uint8_t *end)
{
	struct wp_rlp_item list;
	struct wp_amount word;

	if (take(&list, true, &cursor, end) < 0 || list.size != 0)
		return -WP_E_FORMAT;
	for (int i = 0; i < 3; i++)
		if (take_amount(&word, &cursor, end) < 0)
			return -WP_E_FORMAT;
	return cursor == end ? 0 : -WP_E_FORMAT;
}

int rawtx_read(struct wp_tx *ret_tx, const uint8_t *bytes, size_t size)
{
	struct wp_tx tx = { 0 };
	struct wp_rlp_item list, to, data;
	const uint8_t *cursor = bytes + 1;
	const uint8_t *end = bytes + size;

	if (size < 2 || bytes[0] != TYPE_EIP1559 || take(&list, true, &cursor, end) < 0 ||
		cursor != end)
		return -WP_E_FORMAT;
	cursor = list.data;
	if (take_u64(&tx.chain_id, &cursor, end) < 0 || take_u64(&tx.nonce, &cursor, end) < 0 ||
		take_amount(&tx.max_priority_fee, &cursor, end) < 0 ||
		take_amount(&tx.max_fee, &cursor, end) < 0 ||
		take_u64(&tx.gas_limit, &cursor, end) < 0 || take(&to, false, &cursor, end) < 0 ||
		to.size != sizeof tx.to.bytes || take_amount(&tx.value, &cursor, end) < 0 ||
		take(&data, false, &cursor, end) < 0 || check_tail(cursor, end) < 0)
		return -WP_E_FORMAT;
	memcpy(tx.to.bytes, to.data, sizeof tx.to.bytes);
	tx.data = data.data;
	tx.data_size = data.size;
	*ret_tx = tx;
	return 0;
}
