const g = { A: { B: 7, C: 3 }, B: { D: 2 }, C: { B: 1, D: 8 }, D: {} }
const dijkstra = (s) => { const dist = Object.fromEntries(Object.keys(g).map(k => [k, Infinity])); dist[s] = 0; const q = new Set(Object.keys(g)); while (q.size) { const u = [...q].reduce((a, b) => dist[a] <= dist[b] ? a : b); q.delete(u); for (const [v, w] of Object.entries(g[u])) if (dist[u] + w < dist[v]) dist[v] = dist[u] + w } return dist }
console.log(dijkstra('A'))
const order = []; const visit = (n, seen = new Set()) => { if (seen.has(n)) return; seen.add(n); for (const m of Object.keys(g[n])) visit(m, seen); order.unshift(n) }; visit('A'); console.log(order.join(' -> '))
