// docs/LIMITS.md out of config/limits.ts and what goes with it: its groups, notes and values.

const HEAD = `# Limits

Every number that limits something, from \`config/limits.ts\` and \`config/shard-limits.ts\`. Made
by \`npm run docs\`; do not edit. Times end in \`_MS\`, sizes in \`BYTES_MAX\`.
`

function inWords(value: number, name: string): string {
  if (name.endsWith('_MS') && value >= 1000) return `${value} (${value / 1000} s)`
  if (!name.includes('BYTES')) return String(value)
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (value >= size && value % size === 0) return `${value} (${value / size} ${unit})`
  }
  return String(value)
}

function commentText(line: string): string | undefined {
  const match = /^(?:\/\*\*\s*(.*?)\s*\*\/|\/\/\s*(.*))$/.exec(line)
  return match ? (match[1] ?? match[2]) : undefined
}

/** `values` are the module's exports; a constant without a number is left out. */
export function limitsPage(source: string, values: Readonly<Record<string, unknown>>): string {
  const out: string[] = [HEAD]
  let notes: string[] = []
  let afterBlank = false
  for (const line of source.split('\n').slice(headLength(source))) {
    const comment = commentText(line)
    const name = /^export const (\w+)/.exec(line)?.[1]
    if (line === '') {
      afterBlank = true
      notes = []
    } else if (comment !== undefined && afterBlank) {
      out.push(`\n## ${comment.replace(/\.$/, '')}\n\n| limit | value | note |\n|---|---|---|\n`)
      afterBlank = false
    } else if (comment !== undefined) {
      notes.push(comment)
    } else if (name !== undefined && typeof values[name] === 'number') {
      out.push(`| \`${name}\` | ${inWords(values[name], name)} | ${notes.join(' ')} |\n`)
      notes = []
    }
  }
  return out.join('')
}

/** Lines of the opening comment of the file. */
function headLength(source: string): number {
  return source.split('\n').findIndex((line) => !line.startsWith('//'))
}
