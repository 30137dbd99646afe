// libp2p 3 calls Promise.withResolvers (ES2024), which Node 20 lacks. Imported before libp2p.

interface Resolvers<T> {
  promise: Promise<T>
  resolve: (value: T | PromiseLike<T>) => void
  reject: (reason?: unknown) => void
}

function withResolvers<T>(this: PromiseConstructor): Resolvers<T> {
  const resolvers = {} as Resolvers<T>
  resolvers.promise = new Promise<T>((resolve, reject) => {
    resolvers.resolve = resolve
    resolvers.reject = reject
  })
  return resolvers
}

if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', {
    value: withResolvers,
    writable: true,
    configurable: true,
  })
}
