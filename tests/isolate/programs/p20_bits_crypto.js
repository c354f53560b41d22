const crc = s => { let c = ~0; for (const ch of s) { c ^= ch.charCodeAt(0); for (let k = 0; k < 8; k++) c = c >>> 1 ^ (c & 1 ? 0xEDB88320 : 0) } return (~c >>> 0).toString(16) }
console.log(crc('The quick brown fox'), -1 >>> 0, 1 << 31, ~~-7.9, 5 & 3 | 8 ^ 2, Math.imul(0xffffffff, 5), Math.clz32(1))
const fnv = s => { let h = 0xcbf29ce484222325n; for (const b of s) h = BigInt.asUintN(64, (h ^ BigInt(b.charCodeAt(0))) * 0x100000001b3n); return h }
console.log(fnv('hello'), BigInt.asIntN(8, 200n), 2n ** 100n, -7n / 2n, -7n % 2n, (123n).toString(2), BigInt('0xff'), 5n > 4, 2n == 2, typeof 1n)
console.log(encodeURIComponent('a b&c=ü/?'), decodeURIComponent('%F0%9F%98%80'), encodeURI('http://x.y/ä?q=1'), escape('ü '), unescape('%u0041'))
