// The resolved plan of a topology as a small drawing: processes, their nodes, threads and actors.

import type { NodePlan, TopologyPlan } from '../../node/topology-plan.ts'
import { table } from './table.ts'

function portsText(node: NodePlan): string {
  const ports = Object.entries(node.ports).map(([what, port]) => `${what} ${port || 'any'}`)
  return ports.join(' · ')
}

function serversOf(node: NodePlan): string[] {
  return [
    ...(node.roles.includes('gateway') ? ['JSON-RPC'] : []),
    ...(node.roles.includes('coordinator') ? ['REST'] : []),
  ]
}

function nodeRows(node: NodePlan, main: boolean): string[][] {
  const servers = [...serversOf(node), ...(main ? ['metrics'] : [])]
  const threads = [
    ...(servers.length > 0 ? [['main', servers.join(', ')]] : []),
    ...node.threads.map(({ name, actors }) => [name, actors.join(' ')]),
  ]
  const threadRows = threads.map(([name = '', what = ''], i) => {
    const branch = i + 1 < threads.length ? '├─' : '└─'
    return [`│  ${branch} ${name}`, what, '', '']
  })
  const memory = `${node.memory_mb} MB`
  const head = [`├─ ${node.name}`, node.roles.join(' '), portsText(node), memory]
  return [head, ...threadRows]
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : what.endsWith('s') ? 'es' : 's'}`
}

export function topologyLines(plan: TopologyPlan): string[] {
  const processes = [...new Set(plan.nodes.map((node) => node.process))]
  const threads = plan.nodes.flatMap((node) => node.threads)
  const actors = threads.flatMap((thread) => thread.actors)
  const validators = plan.nodes.filter((node) => node.roles.includes('validator')).length
  const rows = processes.flatMap((process) => {
    const nodes = plan.nodes.filter((node) => node.process === process)
    return [[`process ${process}`, '', '', ''], ...nodes.flatMap((n, i) => nodeRows(n, i === 0))]
  })
  const totals = [
    count(plan.nodes.length, 'node'),
    count(processes.length, 'process'),
    count(threads.length, 'worker thread'),
    count(actors.length, 'actor'),
    `about ${plan.memory_mb} MB`,
  ]
  return [
    `${plan.name}: network ${plan.network}, epoch ${plan.epoch}`,
    `  ${totals.join(' · ')}`,
    '',
    ...table(rows).map((line) => `  ${line}`),
    '',
    `  ${plan.faults_tolerated} of ${validators} validators may fail at the same time`,
    ...plan.warnings.map((warning) => `  ! ${warning}`),
  ]
}
