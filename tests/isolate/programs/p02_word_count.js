const text = `It was the best of times, it was the worst of times; it was the age of wisdom.`
const counts = new Map()
for (const word of text.toLowerCase().match(/[a-z]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1)
console.log([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 5))
console.log(counts)
