const csv = 'id,name,amount\n1,"Smith, J",10.5\n2,"O""Neil",7\n3,Lee,'
const parse = t => t.split('\n').map(l => { const r = []; let c = '', q = false; for (let i = 0; i < l.length; i++) { const ch = l[i]; if (q) { if (ch === '"' && l[i + 1] === '"') { c += '"'; i++ } else if (ch === '"') q = false; else c += ch } else if (ch === '"') q = true; else if (ch === ',') { r.push(c); c = '' } else c += ch } return [...r, c] })
const [head, ...rows] = parse(csv); const recs = rows.map(r => Object.fromEntries(head.map((h, i) => [h, r[i]]))); console.log(recs)
for (const { id, name, amount } of recs) console.log(`${id.padStart(3)} | ${name.padEnd(10)} | ${(+amount || 0).toFixed(2).padStart(8)}`)
