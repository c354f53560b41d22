const a = [1, 2, 3, 4, 5, 6]
console.log(a.findLast(x => x % 2), a.findLastIndex(x => x > 9), a.flatMap(x => [x, [x]]), [1, [2, [3, [4]]]].flat(Infinity), a.copyWithin(0, 4), a.includes(NaN), [NaN].includes(NaN), [NaN].indexOf(NaN))
console.log(Array.of(7), Array.from('abc', c => c + c), [3, 2, 1].entries().next(), [, 1].map(x => 2), Array.isArray([]), [1, 2, 3].fill(0, 1), [..."ab"].entries().toString())
console.log([1, 2, 3].reduceRight((x, y) => x + '-' + y), [5, 6].keys().next(), [1, 2, 3, 4].splice(1, 2), [].concat(1, [2], [[3]]), [1, 2] + '', [1, [2, [3]]].toString(), [null, undefined, 1].join('-'))
const arr = [1, 2]; arr.extra = 'x'; arr[-1] = 'neg'; arr[5] = 6; console.log(arr, arr.length, delete arr[0], arr, Object.keys(arr))
console.log([3, 4].at(-1), [1, 2, 3].some(x => x > 2), [].every(x => false), a.lastIndexOf(6), Array.prototype.slice.call({ 0: 'a', length: 1 }), [10, 1, 3].map(String), ['1', '2', '3'].map(parseInt))
let out = ''; for (const k in { b: 1, a: 2, 1: 3 }) out += k; for (const v of 'ab') out += v; console.log(out, 'done')
