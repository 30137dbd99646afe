// The known name nearest to a mistyped one, for error messages that say what to do.

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      const swap = (previous[j - 1] as number) + change
      row.push(Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, swap))
    }
    previous = row
  }
  return previous[b.length] as number
}

/** Undefined when nothing is near (more than half of the letters differ). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.ceil(name.length / 2)) + 1
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase())
    if (d < bestDistance) {
      best = candidate
      bestDistance = d
    }
  }
  return best
}
