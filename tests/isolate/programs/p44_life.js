let g = ['.....', '..#..', '..#..', '..#..', '.....'].map(r => [...r].map(c => c === '#'))
const step = g => g.map((r, y) => r.map((c, x) => { let n = 0; for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) if ((dy || dx) && g[y + dy]?.[x + dx]) n++; return n === 3 || c && n === 2 }))
for (let i = 0; i < 3; i++) { console.log(g.map(r => r.map(c => c ? '#' : '.').join('')).join('\n') + '\n'); g = step(g) }
