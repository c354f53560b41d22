const a = new Set([1, 2, 3, 4]), b = new Set([3, 4, 5]); console.log(new Set([...a].filter(x => b.has(x))), new Set([...a, ...b]), [...a].filter(x => !b.has(x)), typeof a.union, typeof Object.groupBy, typeof Promise.withResolvers, typeof Array.fromAsync, typeof Iterator, typeof [].group)
const groups = ['apple', 'avocado', 'bean'].reduce((g, w) => ((g[w[0]] ??= []).push(w), g), {}); console.log(groups)
const wm = new WeakMap(), key = {}; wm.set(key, 1); console.log(wm.get(key), wm.has({})); let x = null; x ??= 5; x ||= 6; x &&= 7; console.log(x, 1_000_000, 0b101, 0o17, .5e1)
console.log(structured = Object.entries({ a: { b: 1 } }).flat(), Object.hasOwn({ q: 1 }, 'q'), 'abc'.at(1), [1, 2, 3].findLast(n => n < 3), Error('x', { cause: 1 }).cause)
