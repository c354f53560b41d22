const items = [{ sku: 'A-1', qty: 3, price: 9.99 }, { sku: 'B-2', qty: 0, price: 24.5 }, { sku: 'C-3', qty: 12, price: 1.25 }]
const total = items.reduce((s, { qty, price }) => s + qty * price, 0)
console.log('total', total.toFixed(2))
console.log(items.filter(i => i.qty > 0).map(i => i.sku))
console.log(items)
