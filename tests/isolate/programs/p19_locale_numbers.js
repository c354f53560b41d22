console.log((1234567.891).toLocaleString(), (0).toLocaleString(), (-1234.5).toLocaleString('en-US'), (1e21).toLocaleString(), (0.0005).toLocaleString(), (999.9996).toLocaleString())
console.log((1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 }), (1234.567).toLocaleString(undefined, { maximumFractionDigits: 1 }), (5).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }))
console.log(NaN.toLocaleString(), (-Infinity).toLocaleString(), 12345678901234567890n.toLocaleString(), (1.0005).toLocaleString(), (2.5).toLocaleString('en-US', { maximumFractionDigits: 0 }))
console.log([1234.5, 'a', null].toLocaleString(), 'ABC'.toLocaleLowerCase(), 'abc'.toLocaleUpperCase('en-US'))
