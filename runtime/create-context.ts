// The context handed to one incarnation of an actor. Every callback it registers runs as a turn of
// that incarnation, and is dropped when the incarnation is gone.

import type { Actor, Strategy } from './actor.ts'
import type { AnyActor, Cell } from './cell.ts'
import type { AskOutcome, Context } from './context.ts'
import type { Host } from './host.ts'
import type { Verbs, Vocabulary } from './messages.ts'
import { type Ref, ref, refText } from './ref.ts'
import { runTask } from './run-task.ts'
import type { Store } from './store.ts'

function trace(host: Host, cell: Cell): { cause: string; hop: number } {
  const { current } = cell
  if (current) return { cause: current.cause, hop: current.hop + 1 }
  return { cause: `${host.name}:${refText(cell.ref)}:${cell.handled}`, hop: 0 }
}

export function createContext(host: Host, cell: Cell): Context {
  const { incarnation } = cell
  const { clock, entropy, storeFor } = host.options
  const turn = (run: () => void) => host.turn(cell, incarnation, run)
  const alive = () => cell.incarnation === incarnation && cell.state !== 'stopped'
  let wrapped: Store | undefined
  return {
    self: cell.ref,
    incarnation,
    now: () => clock.now(),
    wallTime: () => clock.wallTime(),
    random: (below) => entropy.random(below),
    tell(vocabulary, key, verb, body) {
      if (!alive()) return
      host.route(vocabulary as Vocabulary, {
        form: 'message',
        to: ref(vocabulary.kind, key),
        verb,
        body,
        askId: undefined,
        fromHost: host.name,
        deadline: undefined,
        ...trace(host, cell),
      })
    },
    ask(vocabulary, key, verb, body, outcome) {
      if (!alive()) return
      const { within, ok, failed } = outcome as AskOutcome<unknown>
      // An ask can fail before `start` returns: when the link to its target is down.
      let forget: () => void = () => {}
      let ended = false
      const end = () => {
        ended = true
        cell.cancels.delete(forget)
      }
      forget = host.asks.start(
        vocabulary as Vocabulary,
        ref(vocabulary.kind, key),
        verb,
        body,
        {
          within,
          ok: (reply) => {
            end()
            turn(() => ok(reply))
          },
          failed: (failure) => {
            end()
            turn(() => failed(failure))
          },
        },
        trace(host, cell),
      )
      if (!ended) cell.cancels.add(forget)
    },
    spawn<V extends Verbs, P>(
      child: Actor<V, P>,
      key: string,
      props: P,
      strategy: Strategy = 'one-for-one',
    ) {
      return host.addCell(child as unknown as AnyActor, key, props, cell, strategy).ref
    },
    watch: (target, terminated) => host.watch(target, (why) => turn(() => terminated(why))),
    stop(target?: Ref) {
      const victim = target ? host.cellOf(target) : cell
      if (!victim) return
      if (victim !== cell && victim.parent !== cell) {
        throw new Error(`${refText(cell.ref)} may stop its children and itself only`)
      }
      host.supervisor.stop(victim, 'stopped')
    },
    after(name, ms, run) {
      if (!alive()) return
      cell.timers.get(name)?.()
      cell.timers.delete(name)
      const cancel = clock.after(ms, () => {
        if (cell.timers.get(name) !== cancel) return
        cell.timers.delete(name)
        turn(run)
      })
      cell.setTimer(name, cancel)
    },
    cancel(name) {
      cell.timers.get(name)?.()
      cell.timers.delete(name)
    },
    stash: () => cell.stashCurrent(),
    unstash() {
      cell.mailbox.returnToHead(cell.stashed)
      cell.stashed = []
      host.wake(cell)
    },
    get store() {
      if (!wrapped) wrapped = asTurns(storeFor(cell.ref.kind, cell.ref.key), host, turn)
      return wrapped
    },
    run: (task, input, outcome) => runTask(host, cell, turn, task, input, outcome),
    log: (level, event, fields) => host.log(level, cell.ref, event, fields),
    reached: (mark) => host.options.reached?.(mark),
  }
}

/** The same store, whose commits answer in a turn of the actor. */
function asTurns(store: Store, host: Host, turn: (run: () => void) => void): Store {
  return {
    get: (table, key) => store.get(table, key),
    range: (table, options) => store.range(table, options),
    commit: (puts, done) => host.commit(store, puts, (error) => turn(() => done(error))),
  }
}
