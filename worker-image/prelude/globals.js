// Leaves a program what Node 20 gives it of ES2023, minus what is no part of a deterministic, closed world.
const allowed = new Set(['Object', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Math', 'JSON', 'Date',
	'RegExp', 'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError',
	'AggregateError', 'Promise', 'Proxy', 'Reflect', 'Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'DataView',
	'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
	'BigInt64Array', 'BigUint64Array', 'Float32Array', 'Float64Array', 'parseInt', 'parseFloat', 'isNaN', 'isFinite',
	'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'escape', 'unescape', 'NaN', 'Infinity',
	'undefined', 'globalThis', 'console'])

// Properties of QuickJS that Node 20 does not have: a program that looks for them must find what it finds there.
const newer = [
	[Array, ['fromAsync']],
	[Promise, ['try', 'withResolvers']],
	[Object, ['groupBy']],
	[Map, ['groupBy']],
	[Set.prototype, ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf',
		'isDisjointFrom']],
	[RegExp, ['escape']],
	[Math, ['f16round', 'sumPrecise']],
	[Error, ['isError']],
	[JSON, ['rawJSON', 'isRawJSON']],
]

export function closeGlobals() {
	for (const [object, names] of newer)
		for (const name of names) delete object[name]
	const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))
	for (const key of Reflect.ownKeys(iterator)) if (key !== Symbol.iterator) delete iterator[key]
	for (const key of Reflect.ownKeys(globalThis)) if (typeof key === 'string' && !allowed.has(key)) delete globalThis[key]
}
