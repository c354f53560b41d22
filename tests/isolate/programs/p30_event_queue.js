class Emitter { #h = new Map(); on(e, f) { (this.#h.get(e) ?? this.#h.set(e, []).get(e)).push(f); return this } emit(e, ...a) { for (const f of this.#h.get(e) ?? []) f.apply(this, a); return this.#h.has(e) } }
const e = new Emitter().on('x', (...a) => console.log('x', ...a)).on('x', function () { console.log(this === e) }); console.log(e.emit('x', 1, { a: 2 }), e.emit('y'), e)
class Node { constructor(v, next = null) { this.v = v; this.next = next } } class List { head = null; size = 0; add(v) { this.head = new Node(v, this.head); this.size++; return this } *[Symbol.iterator]() { for (let n = this.head; n; n = n.next) yield n.v } }
const l = new List().add(1).add(2).add(3).add(4); console.log([...l], l)
