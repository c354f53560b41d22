console.log(Math.max(), Math.min(1, '2'), Math.hypot(3, 4), Math.sqrt(2), Math.cbrt(27), Math.trunc(-4.7), Math.fround(5.5), Math.PI, Math.E)
console.log(Math.floor(-0.5), Math.ceil(-0.5), Math.abs(-3.2), Math.log2(8), Math.log10(1000), Math.pow(2, 10), 2 ** 0.5, Math.atan2(1, 1), Math.exp(0), Math.sign(-0))
const mean = a => a.reduce((x, y) => x + y) / a.length, sd = a => Math.sqrt(mean(a.map(x => (x - mean(a)) ** 2)))
console.log(mean([1, 2, 3, 4]), sd([2, 4, 4, 4, 5, 5, 7, 9]), +(0.1 * 3).toFixed(10), Math.round(1.005 * 100) / 100)
