// The reference middleware in front of a route: express.mjs PORT_OR_PATH. Its facilitator is an object
// in the process, asked once at start: an unpaid request never reaches it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../clients/package.json', import.meta.url));
const stock = async (name) => import(pathToFileURL(require.resolve(name)));
const { default: express } = await stock('express');
const { paymentMiddleware, x402ResourceServer } = await stock('@x402/express');
const { ExactEvmScheme } = await stock('@x402/evm/exact/server');

const network = 'eip155:84532';
const unused = async () => { throw new Error('an unpaid request needs no facilitator'); };
const facilitator = {
	getSupported: async () => ({
		kinds: [{ x402Version: 2, scheme: 'exact', network }], extensions: [], signers: {},
	}),
	verify: unused,
	settle: unused,
};
const accepts = {
	scheme: 'exact', network, price: '$0.01', payTo: '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
};
const routes = { 'POST /v1/verifications': { accepts, description: 'verification', mimeType: 'application/json' } };
const app = express();
app.use(paymentMiddleware(routes, new x402ResourceServer(facilitator).register(network, new ExactEvmScheme())));
app.post('/v1/verifications', (request, response) => response.json({}));

const where = process.argv[2];
if (/^\d+$/.test(where)) app.listen(Number(where), '127.0.0.1');
else app.listen(where);
