// The questions Node's own util asks its C++ side, answered by the engine (guest/native.c) instead of by
// looking at what a program can change. tools/bundle.sh hooks this into node-inspect-extracted.
const native = globalThis.__native
const { className, promiseParts, proxyParts, iteratorRest, isPlainFunction } = native
const { getOwnPropertyNames, getOwnPropertySymbols, getOwnPropertyDescriptor } = Object
const { ownKeys, apply } = Reflect
const test = RegExp.prototype.exec
const isOneOf = (...names) => {
	const set = new Set(names)
	const has = Set.prototype.has
	return value => apply(has, set, [className(value)])
}
const isTypedArray = isOneOf('Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array',
	'Uint32Array', 'BigInt64Array', 'BigUint64Array', 'Float32Array', 'Float64Array')

export const types = {
	isAsyncFunction: isOneOf('AsyncFunction', 'AsyncGeneratorFunction'),
	isGeneratorFunction: isOneOf('GeneratorFunction', 'AsyncGeneratorFunction'),
	isAnyArrayBuffer: isOneOf('ArrayBuffer', 'SharedArrayBuffer'),
	isArrayBuffer: isOneOf('ArrayBuffer'),
	isArgumentsObject: isOneOf('Arguments'),
	isBoxedPrimitive: isOneOf('Number', 'String', 'Boolean', 'BigInt', 'Symbol'),
	isNumberObject: isOneOf('Number'),
	isStringObject: isOneOf('String'),
	isBooleanObject: isOneOf('Boolean'),
	isBigIntObject: isOneOf('BigInt'),
	isSymbolObject: isOneOf('Symbol'),
	isDataView: isOneOf('DataView'),
	isExternal: () => false,
	isMap: isOneOf('Map'),
	isMapIterator: isOneOf('Map Iterator'),
	isModuleNamespaceObject: () => false,
	isNativeError: isOneOf('Error'),
	isPromise: isOneOf('Promise'),
	isSet: isOneOf('Set'),
	isSetIterator: isOneOf('Set Iterator'),
	isWeakMap: isOneOf('WeakMap'),
	isWeakSet: isOneOf('WeakSet'),
	isRegExp: isOneOf('RegExp'),
	isDate: isOneOf('Date'),
	isGeneratorObject: isOneOf('Generator', 'AsyncGenerator'),
	isProxy: isOneOf('Proxy'),
	isTypedArray,
	isArrayBufferView: value => isTypedArray(value) || className(value) === 'DataView',
	isUint8Array: isOneOf('Uint8Array'),
	isUint8ClampedArray: isOneOf('Uint8ClampedArray'),
	isUint16Array: isOneOf('Uint16Array'),
	isUint32Array: isOneOf('Uint32Array'),
	isInt8Array: isOneOf('Int8Array'),
	isInt16Array: isOneOf('Int16Array'),
	isInt32Array: isOneOf('Int32Array'),
	isFloat32Array: isOneOf('Float32Array'),
	isFloat64Array: isOneOf('Float64Array'),
	isBigInt64Array: isOneOf('BigInt64Array'),
	isBigUint64Array: isOneOf('BigUint64Array'),
}

const constants = { kPending: 0, kFulfilled: 1, kRejected: 2, ALL_PROPERTIES: 0, ONLY_ENUMERABLE: 2 }
const arrayIndex = /^(?:0|[1-9][0-9]{0,9})$/
const isArrayIndex = key => typeof key === 'string' && apply(test, arrayIndex, [key]) !== null && +key < 4294967295

export const util = {
	constants,
	getOwnNonIndexProperties(object, filter = constants.ONLY_ENUMERABLE) {
		const found = []
		const keys = ownKeys(object)
		for (let i = 0; i < keys.length; i++) {
			if (isArrayIndex(keys[i])) continue
			if (filter === constants.ONLY_ENUMERABLE && !getOwnPropertyDescriptor(object, keys[i])?.enumerable) continue
			found[found.length] = keys[i]
		}
		return found
	},
	getPromiseDetails: promiseParts,
	getProxyDetails(value, both = true) {
		const parts = proxyParts(value)
		if (parts === undefined) return undefined
		if (parts === null) return both ? [null, null] : null
		return both ? parts : parts[0]
	},
	Proxy,
	previewEntries(object, isIterator) {
		const parts = iteratorRest(object)
		const entries = parts[0] === undefined ? [] : parts[0]
		return isIterator ? [entries, parts[1]] : entries
	},
	getConstructorName(object) {
		return className(object)
	},
	getExternalValue: () => 0n,
	getCallSites: () => [],
}

// V8 gives plain functions the hidden properties arguments and caller, between name and prototype.
const hidden = {
	keys(value, names) {
		if (!isPlainFunction(value)) return names
		const all = []
		for (let i = 0; i < names.length; i++) {
			if (names[i] === 'prototype') { all[all.length] = 'arguments'; all[all.length] = 'caller' }
			all[all.length] = names[i]
		}
		return all
	},
	property(value, key) {
		if ((key === 'arguments' || key === 'caller') && isPlainFunction(value)) return { value: null, enumerable: false }
		return { value: value[key], enumerable: true }
	},
}
globalThis.__bindings = { types, util, hidden }
