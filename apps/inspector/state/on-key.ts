// The next state after a key, and what the key asks of the outside. Dialogs take keys first, then
// the filter being typed, then the view.

import { ACTOR_SORT_DEFAULT } from '../query/actor-query.ts'
import { FILTER_CHARS_MAX } from '../query/row-filter.ts'
import type { ActorAction } from '../snapshot.ts'
import { shownColumns } from '../tables/view-rows.ts'
import type { Size } from '../terminal/cells.ts'
import type { Key } from '../terminal/key-parser.ts'
import { layout } from '../views/layout.ts'
import { type ActorTarget, type InspectorState, RATES, VIEWS } from './model.ts'
import { type Move, moved, selectedActor, withPane } from './selection.ts'

export type Effect =
  | { readonly type: 'quit' }
  /** Ask for the view at once: what is wanted has changed. */
  | { readonly type: 'poll' }
  | { readonly type: 'ask'; readonly target: ActorTarget; readonly action: ActorAction }
  | { readonly type: 'act'; readonly target: ActorTarget; readonly action: ActorAction }
  | { readonly type: 'tap'; readonly target: ActorTarget }
  | { readonly type: 'end-tap' }

export interface Step {
  readonly state: InspectorState
  readonly effects: readonly Effect[]
}

const POLL: readonly Effect[] = [{ type: 'poll' }]
export const NOTICE_MS = 6000

export function onKey(state: InspectorState, key: Key, size: Size): Step {
  if (key.name === 'ctrl-c') return { state, effects: [{ type: 'quit' }] }
  if (state.dialog) return dialogKey(state, key)
  if (state.typing !== undefined) return filterKey(state, key)
  if (state.help) return { state: { ...state, help: false }, effects: [] }
  return viewKey(state, key, size)
}

/** Only `y`, and only when the consequence has been on the screen. */
function dialogKey(state: InspectorState, { name }: Key): Step {
  const { dialog } = state
  if (!dialog) return { state, effects: [] }
  if (dialog.stage === 'doing') return { state, effects: [] }
  if (dialog.stage === 'confirm' && name === 'y') {
    const doing = { ...state, dialog: { ...dialog, stage: 'doing' as const } }
    return { state: doing, effects: [{ type: 'act', ...pick(dialog) }] }
  }
  if (['n', 'q', 'escape'].includes(name)) {
    return { state: { ...state, dialog: undefined }, effects: POLL }
  }
  return { state, effects: [] }
}

function pick({ target, action }: { target: ActorTarget; action: ActorAction }) {
  return { target, action }
}

function filterKey(state: InspectorState, key: Key): Step {
  const typing = state.typing ?? ''
  if (key.name === 'escape') return { state: { ...state, typing: undefined }, effects: POLL }
  if (key.name === 'enter') {
    const kept = withPane({ ...state, typing: undefined }, { filter: typing.trim(), scroll: 0 })
    return { state: kept, effects: POLL }
  }
  let text = typing
  if (key.name === 'backspace') text = [...typing].slice(0, -1).join('')
  else if (key.name === 'ctrl-u') text = ''
  else if (key.name === 'ctrl-w') text = typing.trimEnd().replace(/\S+$/, '')
  else text = (typing + key.text).slice(0, FILTER_CHARS_MAX)
  return { state: withPane({ ...state, typing: text }, { scroll: 0 }), effects: POLL }
}

const MOVES: Readonly<Record<string, Move>> = {
  j: 'down',
  down: 'down',
  k: 'up',
  up: 'up',
  g: 'first',
  home: 'first',
  G: 'last',
  end: 'last',
  pageup: 'pageup',
  'ctrl-b': 'pageup',
  pagedown: 'pagedown',
  'ctrl-f': 'pagedown',
}

const ACTIONS: Readonly<Record<string, ActorAction>> = { p: 'pause', r: 'restart', K: 'kill' }

function viewKey(state: InspectorState, { name }: Key, size: Size): Step {
  const move = MOVES[name]
  if (move) return { state: moved(state, move, size), effects: [] }
  const action = ACTIONS[name]
  if (action) return ask(state, action, size)
  const tab = VIEWS[Number(name) - 1]
  if (tab) return show(state, tab)
  switch (name) {
    case 'q':
      return { state, effects: [{ type: 'quit' }] }
    case 'tab':
    case 'shift-tab': {
      const step = name === 'tab' ? 1 : VIEWS.length - 1
      const next = (VIEWS.indexOf(state.view) + step) % VIEWS.length
      return show(state, VIEWS[next] as InspectorState['view'])
    }
    case '/':
      return { state: { ...state, typing: state.panes[state.view].filter }, effects: [] }
    case ' ':
      return { state: { ...state, frozen: !state.frozen }, effects: POLL }
    case '?':
      return { state: { ...state, help: true }, effects: [] }
    case 's':
      return sort(state, size)
    case 'S': {
      const { reverse } = state.panes[state.view]
      return { state: withPane(state, { reverse: !reverse, scroll: 0 }), effects: POLL }
    }
    case '+':
    case '=':
    case '-':
      return { state: { ...state, hz: nextRate(state.hz, name === '-' ? -1 : 1) }, effects: POLL }
    case 'enter':
      return detail(state, size)
    case 'escape':
      return close(state)
    case 'l':
      return logOf(state)
    case 't':
      return tap(state, size)
    default:
      return { state, effects: [] }
  }
}

function show(state: InspectorState, view: InspectorState['view']): Step {
  return { state: { ...state, view, detail: false }, effects: POLL }
}

function sort(state: InspectorState, size: Size): Step {
  const columns = shownColumns(state.view, layout(state, size).table.width - 2)
  const at = columns.indexOf(state.panes[state.view].sort)
  const next = columns[(at + 1) % columns.length] ?? ACTOR_SORT_DEFAULT
  return { state: withPane(state, { sort: next, reverse: false, scroll: 0 }), effects: POLL }
}

function nextRate(hz: number, step: number): number {
  const at = RATES.indexOf(hz)
  return RATES[Math.max(0, Math.min(RATES.length - 1, at + step))] ?? hz
}

function detail(state: InspectorState, size: Size): Step {
  const { selected } = state.panes[state.view]
  const chosen = selected === undefined ? moved(state, 'first', size) : state
  return { state: { ...chosen, detail: true }, effects: POLL }
}

/** Closes the innermost open thing: the trace, the detail pane, the selection. */
function close(state: InspectorState): Step {
  if (state.tap && !state.tap.reply && !state.tap.failure) {
    return { state: { ...state, tap: undefined }, effects: [{ type: 'end-tap' }] }
  }
  if (state.detail) return { state: { ...state, detail: false, tap: undefined }, effects: POLL }
  return { state: withPane(state, { selected: undefined }), effects: POLL }
}

function logOf(state: InspectorState): Step {
  const id = state.panes.actors.selected
  if (state.view !== 'actors' || id === undefined) return say(state, 'select an actor first')
  const log = withPane({ ...state, view: 'log', detail: false }, { filter: `actor:${id}` })
  return { state: log, effects: POLL }
}

export function say(state: InspectorState, text: string, bad = true): Step {
  const notice = { text, bad, until: state.now + NOTICE_MS }
  return { state: { ...state, notice }, effects: [] }
}

/** The actor that a key is about; a step that says why there is none otherwise. */
function target(state: InspectorState, size: Size, what: string): ActorTarget | Step {
  if (state.view !== 'actors') return say(state, `${what} is for actors: press 1`)
  if (!state.admin) return say(state, `read-only: start with --admin to ${what}`)
  return selectedActor(state, size) ?? say(state, 'select an actor first: j and k')
}

function ask(state: InspectorState, wanted: ActorAction, size: Size): Step {
  const found = target(state, size, wanted)
  if ('effects' in found) return found
  const paused = state.watched?.id === found.id && state.watched.last.state === 'paused'
  const action = wanted === 'pause' && paused ? 'resume' : wanted
  const dialog = { target: found, action, stage: 'asking' as const, words: '' }
  return { state: { ...state, dialog }, effects: [{ type: 'ask', target: found, action }] }
}

function tap(state: InspectorState, size: Size): Step {
  const found = target(state, size, 'trace')
  if ('effects' in found) return found
  if (state.tap && !state.tap.reply && !state.tap.failure) {
    return say(state, `a trace of ${state.tap.target.id} runs: Esc ends it`)
  }
  const begun = { target: found, startedAt: state.now, reply: undefined, failure: undefined }
  return {
    state: { ...state, tap: begun, detail: true },
    effects: [{ type: 'tap', target: found }],
  }
}
