// Rewrites node-inspect-extracted (which follows newer versions of Node) to print as Node 20 does, and hooks our
// answers in for those it guesses. Usage: node20.mjs inspect.js (in place). Every pattern must be there exactly once.
import { readFileSync, writeFileSync } from 'node:fs'

const changes = [
	['"use strict";var t={537', '"use strict";const $hidden=globalThis.__bindings.hidden;var t={537'],
	// modules 499 (types) and 727 (util) are overlaid with prelude/bindings.js before the first module starts
	['return function n(r){const o=e[r]',
		'for(const[k,v]of[[499,"types"],[727,"util"]]){const f=t[k];t[k]=(m,x,n)=>{f(m,x,n);' +
		'm.exports=Object.assign({},m.exports,globalThis.__bindings[v])}}return function n(r){const o=e[r]'],
	// a symbol key stands in brackets, a hidden key too, but not twice
	['s=t.stylize(e,"symbol")}else s=null!==It(Ln,r)?"__proto__"===r?"[\'__proto__\']":t.stylize(r,"name"):' +
		't.stylize(Gn(r),"string");return!1===i.enumerable&&(s=`[${s}]`),',
	's=`[${t.stylize(e,"symbol")}]`}else if("__proto__"===r)s="[\'__proto__\']";else if(!1===i.enumerable)' +
		's=`[${jt(On,r,Un)}]`;else s=null!==It(Ln,r)?t.stylize(r,"name"):t.stylize(Gn(r),"string");return '],
	// a proxy prints as its target
	['for(let n=0;n<s;n++)e=`${t.stylize("Proxy(","special")}${e}${t.stylize(")","special")}`;return e', 'return e'],
	['if(0!==s)for(let e=0;e<s;e++)u=`${t.stylize("Proxy(","special")}${u}${t.stylize(")","special")}`;return u',
		'return u'],
	// nesting ends the run here, it is no exception: and looking for one would overflow the stack
	['isStackOverflowError:function(t){', 'isStackOverflowError:function(t){return!1;'],
	['void 0!==(i=i||pt(e,r)).value', 'void 0!==(i=i||pt(e,r)||$hidden.property(e,r)).value'],
	['function tr(t,e){let n;const r=gt(t);if(e)n=yt(t),', 'function tr(t,e){let n;const r=gt(t);if(e)n=$hidden.keys(t,yt(t)),'],
	// what buffers tell of themselves are plain keys
	['return n+`{ [byteLength]: ', 'return n+`{ byteLength: '],
	['f[0]=`${n}{`,E=["byteLength"]}', 'f[0]=`${n}{`,l.unshift("byteLength")}'],
	['E=["byteLength","byteOffset","buffer"];', 'l.unshift("byteLength","byteOffset","buffer");'],
]

const file = process.argv[2]
let text = readFileSync(file, 'utf8')
for (const [from, to] of changes) {
	if (text.split(from).length !== 2) {
		console.error(`node20.mjs: node-inspect-extracted is not the expected one: ${from.slice(0, 60)}`)
		process.exit(1)
	}
	text = text.replace(from, () => to)
}
writeFileSync(file, text)
