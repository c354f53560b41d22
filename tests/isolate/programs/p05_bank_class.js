class InsufficientFunds extends Error { constructor(need) { super(`need ${need} more`); this.name = 'InsufficientFunds'; this.need = need } }
class Account { #balance = 0; static opened = 0; constructor(owner) { this.owner = owner; Account.opened++ } deposit(n) { this.#balance += n; return this } withdraw(n) { if (n > this.#balance) throw new InsufficientFunds(n - this.#balance); this.#balance -= n } get balance() { return this.#balance } }
const a = new Account('ada').deposit(100)
try { a.withdraw(150) } catch (e) { console.log(e.name, e.message, e.need, e instanceof InsufficientFunds, `${e}`) }
console.log(a, a.balance, Account.opened, Account)
