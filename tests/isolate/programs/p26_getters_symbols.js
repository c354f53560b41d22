class Temp { static #n = 0; #c = 0; get f() { return this.#c * 9 / 5 + 32 } set f(v) { this.#c = (v - 32) * 5 / 9 } static { Temp.#n = 7 } static n() { return Temp.#n } get [Symbol.toStringTag]() { return 'Temp!' } has(o) { return #c in o } }
const t = new Temp(); t.f = 212; console.log(t.f, Temp.n(), String(t), t.has(t), t.has({}), t)
console.log({ [Symbol.toPrimitive]: h => h === 'number' ? 42 : h }, +{ [Symbol.toPrimitive]: () => 7 }, `${{ toString: () => 'ts' }}`, [] + {}, [] + [], [2] * [3], '5' - 2, '5' + 2)
const inst = { [Symbol.for('nodejs.util.inspect.custom')](d, o) { return `<custom ${d}>` } }; console.log(inst, [inst], `${typeof inst}`)
console.log(Symbol('d').description, Symbol.for('a') === Symbol.for('a'), Symbol.keyFor(Symbol.for('zz')), Object.getOwnPropertySymbols({ [Symbol('s')]: 1 }))
console.log(class A { static x = 1 }, class B extends Temp {}, Object.freeze({ a: 1 }), new Temp)
