// Stack traces of compiled files in lines of their sources: `node --import` this. PERF: Node's own
// --enable-source-maps reads the map of every module that is loaded, those of packages too; here a
// map is read when a stack names its file. Plain JavaScript, because it runs before anything else.

import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

/** By file; null where there is none. At most one for each compiled file. */
const maps = new Map()

function mapOf(file) {
  let map = maps.get(file)
  if (map === undefined) {
    try {
      map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')))
    } catch {
      map = null
    }
    maps.set(file, map)
  }
  return map
}

function placed(site) {
  const text = String(site)
  const url = site.getFileName()
  if (!url?.startsWith('file:') || !url.endsWith('.js') || url.includes('/node_modules/')) {
    return text
  }
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()]
  const found = mapOf(fileURLToPath(url))?.findEntry(line - 1, column - 1)
  if (!found?.originalSource) return text
  const source = fileURLToPath(new URL(found.originalSource, url))
  const { originalLine, originalColumn } = found
  return text.replace(`${url}:${line}:${column}`, () => {
    return `${source}:${originalLine + 1}:${originalColumn + 1}`
  })
}

function headOf(error) {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return '<error>'
  }
}

Error.prepareStackTrace = (error, sites) =>
  [headOf(error), ...sites.map((site) => `    at ${placed(site)}`)].join('\n')
