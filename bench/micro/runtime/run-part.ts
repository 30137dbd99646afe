// One part of the runtime bench in a process of its own: its figures are one line of JSON.

import { PARTS } from './parts.ts'

const part = PARTS.find(({ name }) => name === process.argv[2])
if (!part) throw new Error(`no part ${process.argv[2]}`)
// By its address, as a program that was compiled has other endings.
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const module = await import(new URL(`${part.module}.${ending}`, import.meta.url).href)
const figures = await module[part.run]()
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0))
