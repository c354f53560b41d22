const tokens = s => s.match(/\d+\.?\d*|[-+*/()^]/g); const prec = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 }
const rpn = s => { const o = [], st = []; for (const t of tokens(s)) { if (/\d/.test(t)) o.push(+t); else if (t === '(') st.push(t); else if (t === ')') { while (st.at(-1) !== '(') o.push(st.pop()); st.pop() } else { while (st.length && prec[st.at(-1)] >= prec[t]) o.push(st.pop()); st.push(t) } } return [...o, ...st.reverse()] }
const run = r => r.reduce((s, t) => { if (typeof t === 'number') return [...s, t]; const b = s.pop(), a = s.pop(); return [...s, { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '^': a ** b }[t]] }, [])[0]
for (const e of ['1+2*3', '(1+2)*3', '2^10-24', '10/4/5', '3.5*2']) console.log(e, '=', run(rpn(e)), rpn(e))
