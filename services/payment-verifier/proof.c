#include "services/payment-verifier/proof.h"

#include "libcommon/evm/abi.h"
#include "libcommon/evm/keccak.h"

#include <string.h>

static struct wp_hash topic(const char *signature)
{
	return wp_keccak256(signature, strlen(signature));
}

struct wp_hash proof_topic_used(void)
{
	return topic("AuthorizationUsed(address,bytes32)");
}

struct wp_hash proof_topic_canceled(void)
{
	return topic("AuthorizationCanceled(address,bytes32)");
}

struct wp_hash proof_topic_transfer(void)
{
	return topic("Transfer(address,address,uint256)");
}

static bool topic_is_address(const struct wp_hash *word, const struct wp_address *address)
{
	struct wp_abi_value expected = wp_abi_address(address);

	return memcmp(word->bytes, expected.word, sizeof expected.word) == 0;
}

static bool is_mark(
	const struct wp_evm_log *log, const struct wp_hash *event, const struct proof_claim *claim)
{
	return !log->removed && wp_address_equal(&log->address, &claim->token) &&
	       log->topic_count == 3 && wp_hash_equal(&log->topics[0], event) &&
	       topic_is_address(&log->topics[1], &claim->from) &&
	       wp_hash_equal(&log->topics[2], &claim->nonce);
}

static bool is_transfer(const struct wp_evm_log *log, const struct proof_claim *claim)
{
	struct wp_hash event = proof_topic_transfer();
	struct wp_amount value = wp_amount_from_be(log->data);

	return !log->removed && wp_address_equal(&log->address, &claim->token) &&
	       log->topic_count == 3 && wp_hash_equal(&log->topics[0], &event) &&
	       topic_is_address(&log->topics[1], &claim->from) &&
	       topic_is_address(&log->topics[2], &claim->to) && log->data_size == 32 &&
	       wp_amount_compare(&value, &claim->value) == 0;
}

const struct wp_evm_log *proof_mark(
	const struct proof_claim *claim, const struct proof_evidence *evidence, bool *ret_used)
{
	const struct wp_hash events[] = { proof_topic_used(), proof_topic_canceled() };

	for (size_t e = 0; e < 2; e++) {
		for (size_t i = evidence->mark_count; i-- > 0;) {
			if (is_mark(&evidence->marks[i], &events[e], claim)) {
				*ret_used = e == 0;
				return &evidence->marks[i];
			}
		}
	}
	return NULL;
}

static bool is_expired(const struct proof_claim *claim, const struct proof_evidence *evidence)
{
	/* EIP-3009 wants block.timestamp < validBefore, and block times do not go back. */
	return evidence->final.timestamp >= claim->valid_before;
}

bool proof_needs_state(const struct proof_claim *claim, const struct proof_evidence *evidence)
{
	bool used = false;
	const struct wp_evm_log *mark = proof_mark(claim, evidence, &used);

	if (!evidence->final.known || (mark != NULL && used))
		return false;
	return mark != NULL || is_expired(claim, evidence);
}

static struct proof answer(enum proof_verdict verdict, const char *reason)
{
	return (struct proof){ .verdict = verdict, .reason = reason };
}

static bool is_canonical(
	const struct proof_block *block, uint64_t number, const struct wp_hash *hash)
{
	return block->known && block->number == number && wp_hash_equal(&block->hash, hash);
}

bool proof_is_used(const struct proof_claim *claim, const struct wp_evm_log *log)
{
	struct wp_hash event = proof_topic_used();

	return is_mark(log, &event, claim);
}

/* NULL, or the AuthorizationUsed of the claim in the receipt. */
static const struct wp_evm_log *used_in_receipt(
	const struct proof_claim *claim, const struct proof_receipt *receipt)
{
	for (size_t i = 0; i < receipt->log_count; i++)
		if (proof_is_used(claim, &receipt->logs[i]))
			return &receipt->logs[i];
	return NULL;
}

static const struct wp_evm_log *next_log(
	const struct proof_receipt *receipt, const struct wp_evm_log *log)
{
	for (size_t i = 0; i < receipt->log_count; i++)
		if (receipt->logs[i].log_index == log->log_index + 1)
			return &receipt->logs[i];
	return NULL;
}

static struct proof paid(const struct proof_claim *claim, const struct proof_evidence *evidence,
	const struct wp_evm_log *transfer)
{
	const struct proof_receipt *receipt = &evidence->receipt;
	struct proof proof = answer(PROOF_WAIT, "confirmations");

	if (evidence->head.number < receipt->block_number)
		return proof;
	proof.confirmations = evidence->head.number - receipt->block_number + 1;
	proof.transaction = receipt->transaction;
	proof.block_hash = receipt->block_hash;
	proof.block_number = receipt->block_number;
	proof.log_index = transfer->log_index;
	proof.final = receipt->block_number <= evidence->final.number;
	memcpy(proof.payer.bytes, transfer->topics[1].bytes + 12, sizeof proof.payer.bytes);
	proof.value = wp_amount_from_be(transfer->data);
	if (proof.confirmations >= claim->confirmations) {
		proof.verdict = PROOF_PAID;
		proof.reason = "paid";
	}
	return proof;
}

static struct proof decide_used(
	const struct proof_claim *claim, const struct proof_evidence *evidence)
{
	const struct proof_receipt *receipt = &evidence->receipt;

	if (!receipt->known || !receipt->success)
		return answer(PROOF_WAIT, "no-receipt");
	if (!is_canonical(&evidence->block, receipt->block_number, &receipt->block_hash))
		return answer(PROOF_WAIT, "not-canonical");
	const struct wp_evm_log *used = used_in_receipt(claim, receipt);
	if (used == NULL)
		return answer(PROOF_WAIT, "no-log");
	const struct wp_evm_log *transfer = next_log(receipt, used);
	if (transfer != NULL && is_transfer(transfer, claim))
		return paid(claim, evidence, transfer);
	if (receipt->block_number <= evidence->final.number)
		return answer(PROOF_NEVER, "authorization_used_elsewhere");
	return answer(PROOF_WAIT, "used-elsewhere");
}

static struct proof decide_canceled(
	const struct proof_evidence *evidence, const struct wp_evm_log *mark)
{
	if (mark->block_number <= evidence->final.number &&
		is_canonical(&evidence->block, mark->block_number, &mark->block_hash) &&
		evidence->state_at_final == PROOF_STATE_USED)
		return answer(PROOF_NEVER, "authorization_canceled");
	return answer(PROOF_WAIT, "canceled");
}

struct proof proof_decide(const struct proof_claim *claim, const struct proof_evidence *evidence)
{
	bool used = false;
	const struct wp_evm_log *mark = proof_mark(claim, evidence, &used);

	if (!evidence->head.known || !evidence->final.known)
		return answer(PROOF_WAIT, "no-block");
	if (mark != NULL)
		return used ? decide_used(claim, evidence) : decide_canceled(evidence, mark);
	/* The state must agree that nothing happened: a node that lost its logs shows none. */
	if (is_expired(claim, evidence) && evidence->state_at_final == PROOF_STATE_UNUSED)
		return answer(PROOF_NEVER, "payment_expired");
	return answer(PROOF_WAIT, "not-seen");
}
