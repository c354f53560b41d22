const s = 'Hello, Wörld 👋🏽!'
console.log(s.length, [...s].length, s.codePointAt(14), s.at(-1), s.slice(-3), s.split(''), s.toUpperCase())
console.log('a,b,,c'.split(','), 'abc'.split(''), 'x'.concat(1, null), 'abcabc'.lastIndexOf('c'), 'abc'.localeCompare('abd'))
console.log('%s|%5d|%%', 'abc', 42); console.log('100%', 5); console.log('%c styled', 'color: red', 'x')
console.log('tab\there', "quote's", 'double"quote', `back\`tick`, ["it's", 'say "hi"', `both ' and "`, 'new\nline', '\u0000\x07\x1b'])
console.log('abc'.padEnd(6, '12'), 'ß'.toUpperCase(), 'İ'.toLowerCase().length, 'ﬁ'.normalize('NFKD'), 'é'.normalize('NFD').length)
console.log(['\ud800', 'a\udc00b'], '\ud83d')
console.log('aXbX'.replace(/x/gi, (m, o) => o), 'x-y'.replace('-', '$&$&'), 'John Smith'.replace(/(\w+)\s(\w+)/, '$2, $1'))
