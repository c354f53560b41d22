console.log(Object.defineProperty({}, 'hidden', { value: 1 }), Object.defineProperty([], 'x', { value: 1, enumerable: true }), Object.create({}, { a: { get() { return 1 }, enumerable: true } }))
console.log(Object.getOwnPropertyDescriptor({ get a() { return 1 } }, 'a'), Object.entries({ x: [1], y: { z: 1 } }), Object.getOwnPropertyNames('ab'))
class Base { constructor() { this.base = true } } class Derived extends Base { constructor() { super(); this.kind = new.target.name } toString() { return `[${super.toString()}]` } }
console.log(new Derived(), `${new Derived()}`, Object.getPrototypeOf(new Derived()), Derived.prototype, Object.getPrototypeOf(Derived) === Base, Base.prototype)
console.log(Object.setPrototypeOf({ a: 1 }, null), Object.create(Derived.prototype), Object.create(Object.create(null)), { constructor: 'x' }, { __proto__: { a: 1 }, b: 2 }, { ['__proto__']: 1 })
function Old(n) { this.n = n } Old.prototype.get = function () { return this.n }; console.log(new Old(3), new Old(4).get(), Old, Old.prototype)
