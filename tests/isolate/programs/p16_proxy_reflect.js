const seen = []
const p = new Proxy({ a: 1 }, { get(t, k, r) { seen.push(String(k)); return Reflect.get(t, k, r) }, has: () => true, ownKeys: () => ['a', 'zz'], getOwnPropertyDescriptor: (t, k) => ({ value: 1, configurable: true, enumerable: true }) })
console.log(p.a, 'b' in p, Object.keys(p), seen)
console.log(new Proxy({ x: [1] }, {}), new Proxy(function f() {}, {}), new Proxy([1, 2], {}), [new Proxy({}, {})])
console.log(Reflect.ownKeys({ b: 1, 2: 1, a: 1, 1: 1, [Symbol.for('s')]: 1 }), Reflect.has({ x: 1 }, 'x'))
