// The metric families of other nodes that this process's nodes are linked to.

import type { AdminOptions } from '../admin-options.ts'
import type { Family, Sample } from '../open-metrics.ts'
import type { HostReading } from './host-metrics.ts'

const nodeOf = (host: string) => host.split('/')[0] as string

/** By node of this process: the other nodes that one of its hosts is linked to. */
export function peersOf(readings: readonly HostReading[], node: string): Set<string> {
  const links = readings
    .filter((one) => nodeOf(one.host) === node)
    .flatMap(({ figures }) => figures.links)
  return new Set(
    links
      .filter(({ up, peer }) => up !== 'down' && nodeOf(peer) !== node && !peer.endsWith('/main'))
      .map(({ peer }) => nodeOf(peer)),
  )
}

function sums(
  readings: readonly HostReading[],
  value: (link: HostReading['figures']['links'][number]) => number,
): Sample[] {
  const byPair = new Map<string, Sample>()
  for (const { host, figures } of readings) {
    for (const link of figures.links) {
      const [node, peer] = [nodeOf(host), nodeOf(link.peer)]
      if (node === peer) continue
      const id = `${node} ${peer}`
      const sum = (byPair.get(id)?.value ?? 0) + value(link)
      byPair.set(id, { labels: { node, peer_id: peer }, value: sum })
    }
  }
  return [...byPair.values()]
}

export function peerFamilies(options: AdminOptions, readings: readonly HostReading[]): Family[] {
  return [
    {
      name: 'p2p_peers',
      help: 'Other nodes that are linked.',
      type: 'gauge',
      samples: options.nodes.map((node) => ({
        labels: { node },
        value: peersOf(readings, node).size,
      })),
    },
    {
      name: 'p2p_message_receive_bytes',
      help: 'Bytes that came from another node.',
      unit: 'bytes',
      type: 'counter',
      samples: sums(readings, (link) => link.bytesIn),
    },
    {
      name: 'aitbc_peer_rubbish',
      help: 'What came from another node that no honest one sends; too much closes its links.',
      type: 'counter',
      samples: sums(readings, (link) => link.rubbish),
    },
    {
      name: 'aitbc_peer_quarantines',
      help: 'Times that the links to another node were closed for that.',
      type: 'counter',
      samples: sums(readings, (link) => link.quarantines),
    },
  ]
}
