try { undefinedThing } catch (e) { console.log(e.name, e.message) }
try { null.foo } catch (e) { console.log(e.message) }
try { undefined.bar.baz } catch (e) { console.log(`${e}`) }
try { const c = 1; c = 2 } catch (e) { console.log(e.message) }
try { let o; o.x = 1 } catch (e) { console.log(e.message) }
try { tdz; let tdz = 1 } catch (e) { console.log(e.message) }
try { new Array(-1) } catch (e) { console.log(e.name, e.message) }
try { 1n / 0n } catch (e) { console.log(e.name, e.message) }
try { `${Symbol('x')}` } catch (e) { console.log(e.message) }
try { throw new TypeError('mine', { cause: 'why' }) } catch (e) { console.log(e.message, e.cause, Object.keys(e), e.toString()) }
console.log(Object.prototype.toString.call(new Error('x')), new Error('a').message, Error('b') instanceof Error)
console.log(new Error('first line').stack.split('\n')[0])
