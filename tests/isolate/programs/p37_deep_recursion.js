const sum = n => n === 0 ? 0 : n + sum(n - 1); console.log(sum(8000))
const deep = n => n ? [deep(n - 1)] : []; console.log(JSON.stringify(deep(200)).length); console.log(deep(10))
function ack(m, n) { return m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)) } console.log(ack(2, 50))
