console.log({ ...'hi' }, { ...[1, 2] }, { ...null, ...undefined, ...5, ...true }, [...'añ'], Object.assign({}, 'xy'), { ...{ a: 1 }, a: 2 }, Math.max(...'123'))
const { 0: first, ...others } = 'abc'; console.log(first, others)
