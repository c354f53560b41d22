/* main.c - the gateway: REST and x402 offers in front, payment-verifier behind. */
#include "services/gateway/gateway.h"

int main(int argc, char **argv)
{
	struct wp_service service = gateway_service;
	service.options = gateway_options;
	service.option_count = gateway_option_count;
	return wp_service_main(&service, argc, argv);
}
