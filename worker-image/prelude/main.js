import './stand_ins.js'
import './bindings.js'
import { formatWithOptions } from 'node-inspect-extracted'
import { closeGlobals } from './globals.js'
import { installLocale } from './locale.js'

const native = globalThis.__native
const { apply } = Reflect
const none = {}
installLocale()
native.format = (...values) => formatWithOptions(none, ...values)
closeGlobals()
