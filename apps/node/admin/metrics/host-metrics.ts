// The metric families of actors, links and event loops, from the counters of every thread's host.
// Times are recorded only while somebody reads, so their counts may be below those of messages.

import type { Histogram, HostFigures } from '../../../../runtime/metrics/read-counters.ts'
import type { Family, HistogramSample, Labels, Sample } from '../open-metrics.ts'

export interface HostReading {
  readonly host: string
  readonly node: string
  readonly figures: HostFigures
}

type Kind = HostFigures['kinds'][number]
type Link = HostFigures['links'][number]

/** Powers of two in microseconds, as counted, become bounds in seconds. */
function histogram(labels: Labels, { buckets, sum }: Histogram): HistogramSample {
  const bounds = buckets.slice(0, -1).map((_, i) => 2 ** i / 1e6)
  return { labels, bounds, counts: buckets, sum: sum / 1e6 }
}

function ofKinds(readings: readonly HostReading[], value: (kind: Kind) => number): Sample[] {
  return readings.flatMap(({ host, node, figures }) =>
    figures.kinds.map((kind) => ({
      labels: { node, host, kind: kind.kind },
      value: value(kind),
    })),
  )
}

function ofLinks(
  readings: readonly HostReading[],
  value: (link: Link) => number | undefined,
  more: Labels = {},
): Sample[] {
  return readings.flatMap(({ host, node, figures }) =>
    figures.links.flatMap((link) => {
      const read = value(link)
      const labels = { node, host, peer: link.peer, ...more }
      return read === undefined ? [] : [{ labels, value: read }]
    }),
  )
}

function actorFamilies(readings: readonly HostReading[]): Family[] {
  const gauge = (name: string, help: string, value: (kind: Kind) => number): Family => {
    return { name, help, type: 'gauge', samples: ofKinds(readings, value) }
  }
  const counter = (name: string, help: string, value: (kind: Kind) => number): Family => {
    return { name, help, type: 'counter', samples: ofKinds(readings, value) }
  }
  return [
    gauge('aitbc_actors', 'Actors that run.', (kind) => kind.actors),
    gauge('aitbc_mailbox_depth', 'Messages that wait in mailboxes.', (kind) => kind.depth),
    gauge(
      'aitbc_mailbox_high_water',
      'The most messages that waited in one mailbox.',
      (kind) => kind.highWater,
    ),
    counter('aitbc_messages_handled', 'Messages handled.', (kind) => kind.handled),
    counter('aitbc_actor_restarts', 'Restarts after a failure.', (kind) => kind.restarts),
    counter(
      'aitbc_actor_dead_letters',
      'Messages to this kind that were not handled.',
      (kind) => kind.deadLetters,
    ),
    {
      name: 'aitbc_handling_seconds',
      help: 'Time that handling a message took; recorded only while somebody reads.',
      unit: 'seconds',
      type: 'histogram',
      samples: readings.flatMap(({ host, node, figures }) =>
        figures.kinds.map(({ kind, handling }) => histogram({ node, host, kind }, handling)),
      ),
    },
  ]
}

function linkFamilies(readings: readonly HostReading[]): Family[] {
  const both = (incoming: (link: Link) => number, outgoing: (link: Link) => number) => [
    ...ofLinks(readings, incoming, { direction: 'in' }),
    ...ofLinks(readings, outgoing, { direction: 'out' }),
  ]
  return [
    {
      name: 'aitbc_link_frames',
      help: 'Frames over a link.',
      type: 'counter',
      samples: both(
        (link) => link.framesIn,
        (link) => link.framesOut,
      ),
    },
    {
      name: 'aitbc_link_messages',
      help: 'Messages over a link.',
      type: 'counter',
      samples: both(
        (link) => link.messagesIn,
        (link) => link.messagesOut,
      ),
    },
    {
      name: 'aitbc_link_bytes',
      help: 'Bytes of frames over a link.',
      unit: 'bytes',
      type: 'counter',
      samples: both(
        (link) => link.bytesIn,
        (link) => link.bytesOut,
      ),
    },
    {
      name: 'aitbc_link_credits',
      help: 'Messages that the peer has room for.',
      type: 'gauge',
      samples: ofLinks(readings, (link) => link.creditsLeft),
    },
    {
      name: 'aitbc_link_parked',
      help: 'Times that an actor was parked because the link was full.',
      type: 'counter',
      samples: ofLinks(readings, (link) => link.parked),
    },
    {
      name: 'aitbc_link_round_trip_seconds',
      help: 'The last round trip that was measured.',
      unit: 'seconds',
      type: 'gauge',
      samples: ofLinks(readings, (link) =>
        link.roundTripMs > 0 ? link.roundTripMs / 1000 : undefined,
      ),
    },
  ]
}

export function hostFamilies(readings: readonly HostReading[]): Family[] {
  return [
    ...actorFamilies(readings),
    ...linkFamilies(readings),
    {
      name: 'aitbc_dead_letters',
      help: 'Messages that were not handled, by reason.',
      type: 'counter',
      samples: readings.flatMap(({ host, node, figures }) =>
        Object.entries(figures.deadLetters).map(([reason, value]) => ({
          labels: { node, host, reason },
          value,
        })),
      ),
    },
    {
      name: 'aitbc_late_replies',
      help: 'Replies that came after their ask had ended.',
      type: 'counter',
      samples: readings.map(({ host, node, figures }) => ({
        labels: { node, host },
        value: figures.lateReplies,
      })),
    },
    {
      name: 'aitbc_event_loop_delay_seconds',
      help: 'How late the event loop was; recorded only while somebody reads.',
      unit: 'seconds',
      type: 'histogram',
      samples: readings.map(({ host, node, figures }) => histogram({ node, host }, figures.delay)),
    },
  ]
}
