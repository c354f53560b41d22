const people = [{ n: 'Zoe', a: 30 }, { n: 'adam', a: 25 }, { n: 'Bob', a: 30 }, { n: 'ada', a: 25 }]
console.log([...people].sort((x, y) => x.a - y.a || x.n.localeCompare(y.n)))
console.log(['b', 'a', 'C', 'A', 'c', 'B', '_', '1', ' ', 'é'.normalize('NFD')[0]].sort((a, b) => a.localeCompare(b)))
console.log([3, 1, 10, 2, undefined, , 'x'].sort(), [10, 9, 1].toSorted(), [1, 2, 3].toReversed(), [1, 2, 3].with(1, 9), [1, 2, 3, 4].toSpliced(1, 2))
console.log([5, 1, 4].sort((a, b) => b - a), [..."hello"].sort().join(''), [true, false].sort(), [[2, 1], [1, 2]].sort())
const many = Array.from({ length: 600 }, (_, i) => ({ k: i % 3, i })); many.sort((a, b) => a.k - b.k); console.log(many[0], many[200], many[599], many.every((v, i) => !i || many[i - 1].k < v.k || many[i - 1].i < v.i))
