function* walk(tree) { if (!tree) return; yield* walk(tree.l); yield tree.v; yield* walk(tree.r) }
const t = { v: 4, l: { v: 2, l: { v: 1 } }, r: { v: 6 } }
console.log([...walk(t)], Math.max(...walk(t)))
const it = walk(t); console.log(it.next(), it.return(9), it.next(), it, walk)
const fib = { *[Symbol.iterator]() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b] } } }
for (const n of fib) { if (n > 50) break; console.log(n) }
const [x, , ...rest] = new Set([1, 2, 3, 4]); console.log(x, rest)
console.log(Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [k.toUpperCase(), v * v])))
async function* ag() { yield 1; yield 2 } ; (async () => { for await (const v of ag()) console.log('ag', v); console.log(ag(), ag) })()
