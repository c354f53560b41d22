var fs = []; for (var i = 0; i < 3; i++) fs.push(() => i); console.log(fs.map(f => f()))
let gs = []; for (let i = 0; i < 3; i++) gs.push(() => i); console.log(gs.map(f => f()))
console.log(typeof hoisted, hoisted2()); var hoisted = 1; function hoisted2() { return 'h' }
const curry = f => function c(...a) { return a.length >= f.length ? f(...a) : (...b) => c(...a, ...b) }
console.log(curry((a, b, c) => a + b + c)(1)(2)(3), (function () { return typeof this })(), (function () { 'use strict'; return typeof this })())
label: for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) { if (j === 1) continue label; if (i === 2) break label; console.log(i, j) }
switch (3) { case 1: console.log(1); case 3: console.log(3); case 4: console.log(4); break; default: console.log('d') }
console.log([0, '', null, undefined, NaN, [], {}].map(v => !!v), null ?? 'd', 0 || 'z', 0 ?? 'q', void 0, typeof null)
const { length } = 'hello', fnd = ({ a = 1, ...r } = {}, [b] = [2]) => [a, b, r]; console.log(length, fnd(), fnd({ a: 5, c: 6 }, [7]))
console.log(((a, b = 2, ...c) => {}).length, (() => {}).name, fnd.name, (class { static m() {} }).m.name, new (function F() { this.x = 1 })())
