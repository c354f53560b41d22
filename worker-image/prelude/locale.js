// Text that depends on a locale: exactly what Node prints for its fixed locale en-US, or the run ends UNSUPPORTED.
const { unsupported } = globalThis.__native
const { apply } = Reflect
const define = (object, name, value) => {
	Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true })
}
const charCodeAt = String.prototype.charCodeAt
const numberToString = Number.prototype.toString
const numberValue = Number.prototype.valueOf
const bigintToString = BigInt.prototype.toString
const stringValue = String.prototype.toString
const isEnglish = locales => locales === undefined || locales === 'en-US' || locales === 'en'

// The root collation's order of printable ASCII, letters apart.
const symbols = ' _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789'
const rank = []
for (let i = 0; i < 128; i++) rank[i] = -1
for (let i = 0; i < symbols.length; i++) rank[apply(charCodeAt, symbols, [i])] = i
for (let i = 0; i < 26; i++) rank[65 + i] = rank[97 + i] = symbols.length + i

function compareAscii(a, b) {
	const n = a.length < b.length ? a.length : b.length
	let byCase = 0
	for (let i = 0; i < n; i++) {
		const x = apply(charCodeAt, a, [i]), y = apply(charCodeAt, b, [i])
		if (rank[x] !== rank[y]) return rank[x] < rank[y] ? -1 : 1
		if (byCase === 0 && x !== y) byCase = x > y ? -1 : 1
	}
	return a.length !== b.length ? (a.length < b.length ? -1 : 1) : byCase
}

function isRanked(s) {
	for (let i = 0; i < s.length; i++) {
		const c = apply(charCodeAt, s, [i])
		if (c > 127 || rank[c] < 0) return false
	}
	return true
}

function localeCompare(that, locales, options) {
	if (this === undefined || this === null) throw new TypeError('String.prototype.localeCompare called on null or undefined')
	const a = `${this}`, b = `${that}`
	if (!isEnglish(locales) || options !== undefined || !isRanked(a) || !isRanked(b))
		unsupported('String.prototype.localeCompare with these arguments')
	return compareAscii(a, b)
}

function grouped(digits) {
	let text = ''
	for (let i = 0; i < digits.length; i++) {
		if (i > 0 && (digits.length - i) % 3 === 0) text += ','
		text += digits[i]
	}
	return text
}

// Decimal digits of a finite number's shortest form, without exponent: [integer, fraction].
function decimal(number) {
	const text = apply(numberToString, number, [])
	let mantissa = '', exponent = 0, point = -1
	for (let i = 0; i < text.length; i++) {
		if (text[i] === '.') point = mantissa.length
		else if (text[i] === 'e') {
			for (let k = i + 2; k < text.length; k++) exponent = exponent * 10 + +text[k]
			if (text[i + 1] === '-') exponent = -exponent
			break
		} else mantissa += text[i]
	}
	if (point < 0) point = mantissa.length
	point += exponent
	while (point > mantissa.length) mantissa += '0'
	while (point < 1) { mantissa = '0' + mantissa; point++ }
	let integer = '', fraction = ''
	for (let i = 0; i < mantissa.length; i++) {
		if (i < point) integer += mantissa[i]
		else fraction += mantissa[i]
	}
	return [integer, fraction]
}

// Half away from zero, on the shortest decimal form.
function rounded(integer, fraction, places) {
	if (fraction.length <= places) return [integer, fraction]
	let digits = '', carry = fraction[places] >= '5' ? 1 : 0, out = ''
	for (let i = 0; i < integer.length; i++) digits += integer[i]
	for (let i = 0; i < places; i++) digits += fraction[i]
	for (let i = digits.length - 1; i >= 0; i--) {
		const d = +digits[i] + carry
		carry = d > 9 ? 1 : 0
		out = `${d % 10}${out}`
	}
	if (carry) out = `1${out}`
	let head = '', tail = ''
	for (let i = 0; i < out.length; i++) {
		if (i < out.length - places) head += out[i]
		else tail += out[i]
	}
	return [head, tail]
}

// [least, most] fraction digits, or undefined when the options ask for more than that.
function fractionDigits(options) {
	if (options === undefined) return [0, 3]
	if (options === null || typeof options !== 'object') return undefined
	const keys = Reflect.ownKeys(options)
	let least, most
	for (let i = 0; i < keys.length; i++) {
		const value = options[keys[i]]
		if (keys[i] === 'minimumFractionDigits') least = value
		else if (keys[i] === 'maximumFractionDigits') most = value
		else return undefined
	}
	least ??= most < 0 ? undefined : 0
	most ??= least > 3 ? least : 3
	const fine = n => typeof n === 'number' && n >= 0 && n <= 20 && n % 1 === 0
	return fine(least) && fine(most) && least <= most ? [least, most] : undefined
}

function numberToLocaleString(locales, options) {
	const number = apply(numberValue, this, [])
	const limits = isEnglish(locales) ? fractionDigits(options) : undefined
	if (!limits) unsupported('Number.prototype.toLocaleString with these arguments')
	if (number !== number) return 'NaN'
	const sign = number < 0 || (number === 0 && 1 / number < 0) ? '-' : ''
	const size = sign ? -number : number
	if (size === Infinity) return `${sign}∞`
	const parts = decimal(size)
	let [integer, fraction] = rounded(parts[0], parts[1], limits[1])
	let end = fraction.length
	while (end > limits[0] && fraction[end - 1] === '0') end--
	let tail = ''
	for (let i = 0; i < end; i++) tail += fraction[i]
	while (tail.length < limits[0]) tail += '0'
	return sign + grouped(integer) + (tail ? `.${tail}` : '')
}

function bigintToLocaleString(locales, options) {
	if (!isEnglish(locales) || options !== undefined) unsupported('BigInt.prototype.toLocaleString with these arguments')
	const text = apply(bigintToString, this, [])
	return text[0] === '-' ? `-${grouped(apply(String.prototype.slice, text, [1]))}` : grouped(text)
}

const lower = String.prototype.toLowerCase
const upper = String.prototype.toUpperCase

function localeCase(name, plain) {
	return {
		[name](locales) {
			if (!isEnglish(locales)) unsupported(`String.prototype.${name} with a locale`)
			return apply(plain, this, [])
		},
	}[name]
}

function refuse(object, owner, name) {
	define(object, name, {
		[name]() { unsupported(`${owner}.prototype.${name}`) },
	}[name])
}

export function installLocale() {
	define(String.prototype, 'localeCompare', localeCompare)
	define(Number.prototype, 'toLocaleString', { toLocaleString: numberToLocaleString }.toLocaleString)
	define(BigInt.prototype, 'toLocaleString', { toLocaleString: bigintToLocaleString }.toLocaleString)
	define(String.prototype, 'toLocaleLowerCase', localeCase('toLocaleLowerCase', lower))
	define(String.prototype, 'toLocaleUpperCase', localeCase('toLocaleUpperCase', upper))
	for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) refuse(Date.prototype, 'Date', name)
}
