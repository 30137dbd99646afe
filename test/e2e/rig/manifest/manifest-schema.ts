// The form of a manifest: which network of validators, on which wires, under which load, and what
// is done to which node when. In the manner of CometBFT's test networks, where a node's trouble is
// listed with the node.

import { z } from 'zod'
import { Bandwidth, Duration, Offset, Share } from './units.ts'

export const MODES = ['FAST', 'BALANCED', 'SECURE', 'AUTO'] as const

export const ACTIONS = [
  'kill',
  'restart',
  'pause',
  'partition',
  'network',
  'disk-full',
  'fsync-fail',
  'clock-skew',
] as const
export type Action = (typeof ACTIONS)[number]

const Name = z.string().regex(/^node[0-6]$/, 'a node is node0 to node6')
const Height = z.number().int().min(1).max(1_000_000)

const wire = {
  delay: Duration.optional().describe('one way'),
  jitter: Duration.optional(),
  loss: Share.optional(),
  bandwidth: Bandwidth.optional(),
}

const Moment = z
  .strictObject({ at: Duration.optional(), height: Height.optional() })
  .refine(({ at, height }) => (at === undefined) !== (height === undefined), 'give at or height')

const Perturbation = z.strictObject({
  do: z.enum(ACTIONS),
  at: Duration.optional().describe('since the first block that all nodes made together'),
  height: Height.optional(),
  for: Duration.optional(),
  with: z.array(Name).max(6).optional().describe('nodes on its side of a cut; none by default'),
  way: z.enum(['both', 'in', 'out']).optional().describe('what of its traffic is affected'),
  ...wire,
  offset: Offset.optional().describe('of its clock'),
})

export const ManifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes'),
  validators: z.union([z.literal(4), z.literal(7)], 'there are networks of 4 and of 7 validators'),
  mode: z.enum(MODES).default('FAST'),
  seed: z.number().int().min(1).max(1_000_000).default(1).describe('of losses and jitter'),
  lasts: Duration.describe('at least; longer when perturbations are not over'),
  recovery: Duration.default(60_000).describe('how long healing may take'),
  network: z.strictObject(wire).default({}).describe('every wire'),
  links: z
    .array(z.strictObject({ from: z.array(Name).min(1), to: z.array(Name).min(1), ...wire }))
    .max(64)
    .default([])
    .describe('single wires, both ways'),
  load: z
    .strictObject({
      transfers: z.number().min(0).max(500).default(10).describe('a second, of all accounts'),
      accounts: z.number().int().min(2).max(6).default(6),
    })
    .default({ transfers: 10, accounts: 6 }),
  nodes: z
    .record(
      Name,
      z.strictObject({
        starts: Moment.optional().describe('later than the others, with an empty folder'),
        perturb: z.array(Perturbation).max(64).default([]),
      }),
    )
    .default({}),
})

export type Manifest = z.infer<typeof ManifestSchema>
export type Perturbation = Manifest['nodes'][string]['perturb'][number]
export type WireWords = Manifest['network']
