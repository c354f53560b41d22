const tag = (s, ...v) => s.raw.map((r, i) => r + (v[i] === undefined ? '' : `{${v[i]}}`)).join('')
console.log(tag`a${1}\n${'x'}b`, String.raw`\u00e9${2}`, `${[1, [2, 3]]}`, `${{}}`, `${null} ${undefined}`, `line1
line2`)
console.log(((s) => s === (s))`x`, ((s) => s)`a${1}b`, `${`nested ${`deep`}`}`)
