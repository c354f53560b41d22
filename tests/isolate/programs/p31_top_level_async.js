const sleep = v => new Promise(r => r(v))
async function main() { const out = []; for (const x of ['a', 'b', 'c']) out.push(await sleep(x)); try { await Promise.reject(new Error('late')) } catch (e) { out.push(e.message) } finally { out.push('finally') } return out }
main().then(r => console.log(r)).finally(() => console.log('end'))
queue = []; Promise.resolve(1).then(v => { queue.push(v); return Promise.resolve(2) }).then(v => queue.push(v)); Promise.resolve('p').then(v => queue.push(v)).then(() => queue.push('q')).then(() => queue.push('r')).then(() => queue.push('s')).then(() => console.log(queue))
const thenable = { then(r) { console.log('then called'); r('thenable') } }; (async () => console.log(await thenable))()
