const lcs = (a, b) => { const d = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0)); for (let i = 1; i <= a.length; i++) for (let j = 1; j <= b.length; j++) d[i][j] = a[i - 1] === b[j - 1] ? d[i - 1][j - 1] + 1 : Math.max(d[i - 1][j], d[i][j - 1]); return d.at(-1).at(-1) }
console.log(lcs('AGGTABQWERTY', 'GXTXAYBWRT'))
const memo = new Map(), ways = (n, c) => { const k = `${n},${c}`; if (n === 0) return 1n; if (n < 0 || !c.length) return 0n; if (memo.has(k)) return memo.get(k); const r = ways(n - c[0], c) + ways(n, c.slice(1)); memo.set(k, r); return r }
console.log(ways(200, [1, 2, 5, 10, 20, 50, 100, 200]))
console.log(Array.from({ length: 10 }, (_, n) => { let r = 1; for (let k = 0; k < n; k++) r = r * 2 * (2 * k + 1) / (k + 2); return r }))
