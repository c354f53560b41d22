// What node-inspect-extracted expects to find while it loads; gone when a program runs.
globalThis.URL = class URL {}
