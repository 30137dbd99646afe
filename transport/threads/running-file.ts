// The URL of a sibling module with the ending that is running now: `.ts` under tsx, `.js` compiled.

export function runningFile(metaUrl: string, path: string): URL {
  const ending = metaUrl.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`${path}${ending}`, metaUrl)
}
