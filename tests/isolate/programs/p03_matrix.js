const multiply = (a, b) => a.map(row => b[0].map((_, j) => row.reduce((s, v, k) => s + v * b[k][j], 0)))
console.log(multiply([[1, 2], [3, 4]], [[5, 6], [7, 8]]))
console.log(Array.from({ length: 7 }, (_, i) => Array.from({ length: 7 }, (_, j) => i * j)))
