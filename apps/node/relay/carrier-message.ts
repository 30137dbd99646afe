// What the main thread tells a worker thread about its links to other processes.

export type RelayMessage =
  /** The memory of the link that carries all of the thread's links to other processes. */
  | { readonly type: 'aitbc-carrier'; readonly memory: SharedArrayBuffer }
  /** The host `peer` can be reached: the main thread has opened its end. */
  | { readonly type: 'aitbc-reach'; readonly peer: string }

export function isRelayMessage(value: unknown): value is RelayMessage {
  const type = (value as RelayMessage | null)?.type
  return type === 'aitbc-carrier' || type === 'aitbc-reach'
}
