import './stand_ins.js'
import './bindings.js'
import { formatWithOptions } from 'node-inspect-extracted'
import { closeGlobals } from './globals.js'
import { installLocale } from './locale.js'
import { installMath } from './math.js'

const native = globalThis.__native
const none = {}
installLocale()
installMath()
native.format = (...values) => formatWithOptions(none, ...values)
// the package loads parts of itself when they are first needed: now, not in a run
native.format('%s %o', new (class A {})(), new Map([[1, [2]]]), new Error('x'), Symbol('s'), function f() {}, new Proxy({}, {}))
closeGlobals()
