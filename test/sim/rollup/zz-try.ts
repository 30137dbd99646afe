import { rollupScenario } from './rollup-scenario.ts'
const seed = Number(process.argv[2] ?? 1)
const lines: string[] = []
const t = Date.now()
const v = rollupScenario.run(seed, { ...(process.argv[3]==='quiet'?{schedule:[]}:{}), onLog: (line, at) => { if (line.level !== 'debug') lines.push(`${at.toFixed(0)} ${line.host ?? ''} ${line.level} ${line.event} ${JSON.stringify(line.fields)}`) } })
console.log(lines.filter(l=>!/ block /.test(l)).slice(0, Number(process.argv[4] ?? 40)).join('\n'))
console.log(v.violations, v.done, Date.now()-t, 'ms')
console.log(Object.entries(v.marks).filter(([k])=>/shard|rollup|liar/.test(k)))
