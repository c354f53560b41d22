function plain(a, b) { return a + b } const arrow = x => x * 2; class K { m() {} static s() {} }
console.log(plain, arrow, K, K.prototype.m, [plain, arrow], plain.toString(), String(arrow), `${K}`, Math.max, String(Math.max), plain.bind(null), (() => {}).toString())
console.log(async () => {}, function* g() {}, async function* ag() {}, Object, Array.prototype.map, Symbol, Proxy, (function () {}).name === '', plain.length)
