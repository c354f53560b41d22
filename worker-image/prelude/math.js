// Math.hypot as V8 computes it (compensated sum of the values over the largest), so that its bits are Node's.
const { abs, sqrt } = Math

const methods = {
	hypot(x, y) {
		const count = arguments.length
		const values = []
		let most = 0, infinite = false, nan = false
		for (let i = 0; i < count; i++) {
			const value = abs(+arguments[i])
			values[i] = value
			if (value === Infinity) infinite = true
			if (value !== value) nan = true
			if (value > most) most = value
		}
		if (infinite) return Infinity
		if (nan) return NaN
		if (most === 0) return 0
		let sum = 0, lost = 0
		for (let i = 0; i < count; i++) {
			const part = values[i] / most
			const summand = part * part - lost
			const next = sum + summand
			lost = next - sum - summand
			sum = next
		}
		return sqrt(sum) * most
	},
}

export function installMath() {
	Object.defineProperty(Math, 'hypot', { value: methods.hypot })
}
