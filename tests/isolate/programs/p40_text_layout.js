const wrap = (t, w) => t.split(' ').reduce((ls, x) => { const l = ls.at(-1); if (l && (l + ' ' + x).length <= w) ls[ls.length - 1] = l + ' ' + x; else ls.push(x); return ls }, [])
console.log(wrap('the quick brown fox jumps over the lazy dog and runs away', 16).join('\n')); console.log('─'.repeat(20), '┌─┐', '日本語'.padEnd(8, '。'), 'naïve café')
const roman = n => [[1000, 'M'], [900, 'CM'], [500, 'D'], [400, 'CD'], [100, 'C'], [90, 'XC'], [50, 'L'], [40, 'XL'], [10, 'X'], [9, 'IX'], [5, 'V'], [4, 'IV'], [1, 'I']].reduce((s, [v, r]) => { while (n >= v) { s += r; n -= v } return s }, ''); console.log([1994, 2024, 3999].map(roman))
console.log(['日本', '中文', 'ab'], { '日本': 1, emoji: '😀', zwj: '👨‍👩‍👧' }, ['👍🏽', 'x'.repeat(10), 'e\u0301'], '\u200b|')
