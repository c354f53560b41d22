const log = '2024-01-15 ERROR [db] timeout after 30s\n2024-01-16 INFO [api] ok'
const re = /^(?<date>\d{4}-\d\d-\d\d) (?<level>[A-Z]+) \[(?<mod>\w+)\] (?<msg>.*)$/gm
for (const m of log.matchAll(re)) console.log({ ...m.groups })
console.log(log.match(re), /a(b)?/.exec('ac'), 'x'.match(/y/), /(?<=\$)\d+/.exec('cost $42')[0])
console.log('aaa'.lastIndexOf('a'), /\p{Lu}/u.test('É'), 'a.b.c'.split(/\./), /[\u{1F600}-\u{1F64F}]/u.test('😀'), /a.c/s.test('a\nc'))
const sticky = /foo/y; sticky.lastIndex = 3; console.log(sticky.test('barfoo'), sticky.lastIndex, sticky, [/x/g], { r: /[/]\/"/ })
console.log('one two'.replace(/(?<a>\w+) (?<b>\w+)/, '$<b> $<a>'), /(\d+)-\1/.test('12-12'), 'abc'.search(/c/))
console.log([...'a1b2'.matchAll(/[a-z]\d/g)].map(m => m.index), /x*/[Symbol.replace]('abc', '-'), RegExp('a/b').source, /d/dgi.flags)
console.log(/(?:(a)|b)*/.exec('ab'), /(?<year>\d+)/d.exec('in 2024').indices.groups)
