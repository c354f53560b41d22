// Prints random values, the same for the same SEED (check_random.py puts it in): what console.log makes of them must be
// what Node makes of them.
let s = SEED; const rnd = n => { s = (Math.imul(s, 1103515245) + 12345) & 0x7fffffff; return (s >>> 8) % n }
const words = ['a', 'name', 'key with space', 'x-y', '1', 'veryLongPropertyNameForTesting', 'ü', "it's", 'b"q', '', 'line\nbreak', '__proto__x', 'id', 'tags', '日本', 'valid_1', '$d']
const str = () => { const n = rnd(6); let r = ''; for (let i = 0; i < n; i++) r += words[rnd(words.length)] + (rnd(3) ? ' ' : ''); return r }
const num = () => [rnd(10), -rnd(1000), rnd(1e6) / 7, -0, NaN, Infinity, rnd(1000) / 10, 1e21 * rnd(9), rnd(100) * 1e-9, 2 ** rnd(60)][rnd(10)]
const val = d => {
  const k = rnd(d > 3 ? 9 : 30)
  switch (k) {
    case 0: case 1: return num(); case 2: case 3: return str(); case 4: return rnd(2) === 0; case 5: return null; case 6: return undefined; case 7: return BigInt(rnd(1e9)) * 12345678901n; case 8: return rnd(2) ? Symbol(str()) : Symbol.for('q')
    case 9: case 10: case 11: { const o = {}; for (let i = rnd(6); i > 0; i--) o[words[rnd(words.length)] + (rnd(2) ? i : '')] = val(d + 1); return o }
    case 12: case 13: case 14: { const a = []; for (let i = rnd(rnd(5) ? 9 : 130); i > 0; i--) a.push(val(d + 1)); if (rnd(8) === 0) a[a.length + 3] = 1; if (rnd(10) === 0) a.extra = val(d + 1); return a }
    case 15: { const a = []; const f = [num, str][rnd(2)]; for (let i = rnd(40); i > 0; i--) a.push(f()); return a }
    case 16: { const m = new Map(); for (let i = rnd(5); i > 0; i--) m.set(val(d + 1), val(d + 1)); return rnd(4) ? m : [m.keys(), m.values(), m.entries()][rnd(3)] }
    case 17: { const m = new Set(); for (let i = rnd(5); i > 0; i--) m.add(val(d + 1)); return rnd(4) ? m : [m.values(), m.entries()][rnd(2)] }
    case 18: return new Date(rnd(2e9) * 1000); case 19: return [/a+b/gi, /[/]\n/u][rnd(2)]
    case 20: return [function foo() {}, () => {}, class A {}, class B extends Map {}, async () => {}, function* g() {}, Math.max, async function* ag() {}][rnd(8)]
    case 21: return Object.assign(Object.create(rnd(2) ? null : { inherited: 1 }), { v: val(d + 1) })
    case 22: { class Pt { constructor() { this.x = val(d + 1); this.y = num() } get len() { return 1 } } return new Pt() }
    case 23: return [new Uint8Array(rnd(20)), new Float64Array([num(), num()]), new ArrayBuffer(rnd(12)), new DataView(new ArrayBuffer(3)), new BigInt64Array(2)][rnd(5)]
    case 24: return [Promise.resolve(val(d + 1)), new Promise(() => {}), Promise.resolve()][rnd(3)]
    case 25: { const o = { p: val(d + 1) }; o.self = o; if (rnd(2)) o.arr = [o, { o }]; return o }
    case 26: return [Object(1), Object('boxed'), Object(false), Object(2n), Object.assign(Object('ab'), { z: 1 }), new WeakMap(), new WeakSet()][rnd(7)]
    case 27: return Object.defineProperty({ get g() { return 1 }, set g(v) {}, get r() { return 2 }, set w(v) {} }, 'hid', { value: val(d + 1), enumerable: rnd(2) === 0 })
    case 28: return new Proxy([{ a: 1 }, [1, 2], function f() {}, new Map([[1, 2]])][rnd(4)], {})
    case 29: { const o = { [Symbol('k')]: val(d + 1), [Symbol.toStringTag]: 'Tag' + rnd(3) }; return rnd(2) ? o : Object.assign(() => {}, { a: val(d + 1) }) }
  }
}
for (let i = 0; i < 60; i++) { try { const v = val(0); if (rnd(6) === 0) console.log(['%s', '%o', '%O', '%d', '%i', '%j %s', '%f x'][rnd(7)], rnd(9) === 7 ? 1 : v); else if (rnd(3)) console.log(v); else console.log(str(), v, val(1)) } catch (e) { console.log('threw', e.name, e.constructor.name) } }
