const sieve = n => { const c = new Uint8Array(n + 1); const p = []; for (let i = 2; i <= n; i++) { if (c[i]) continue; p.push(i); for (let j = i * i; j <= n; j += i) c[j] = 1 } return p }
const primes = sieve(600)
console.log(primes.length, primes)
