// The context of a real actor with something of it replaced: for actors that lie or are broken.

import type { Context } from '../../../runtime/context.ts'

export function withContext(ctx: Context, change: Partial<Context>): Context {
  return new Proxy(ctx, {
    get: (target, name) => {
      if (Object.hasOwn(change, name)) return change[name as keyof Context]
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
