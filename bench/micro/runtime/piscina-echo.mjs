// What the piscina of the bench between threads runs: nothing.

export default (order) => order
