const data = { name: 'x', nested: { list: [1, null, true, 'é', '\u2028'], date: new Date(0) }, skip: undefined, f() {}, big: 1e21, small: 1e-7, neg: -0 }
console.log(JSON.stringify(data))
console.log(JSON.stringify(data, null, 2))
console.log(JSON.stringify(data, ['name', 'nested', 'list']))
console.log(JSON.parse('{"a":[1,2,{"b":"\\u00e9"}]}', (k, v) => typeof v === 'number' ? v * 2 : v))
