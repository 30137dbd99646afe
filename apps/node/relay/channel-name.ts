// The name of the channel between two hosts of two processes: both ends make the same one.

export function channelName(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`
}

/** The two hosts of a channel; undefined for a name that is none. */
export function channelHosts(name: string): readonly [string, string] | undefined {
  const [a = '', b = '', ...rest] = name.split('|')
  return a && b && rest.length === 0 ? [a, b] : undefined
}
