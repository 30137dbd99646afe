// The form of a topology file: which nodes exist, what each does, where it listens. The JSON schema
// beside the presets is generated from this one, so that editors complete and check the file.

import { z } from 'zod'
import { NODES_MAX, POOL_THREADS_MAX, PROVIDER_SLOTS_MAX, THREADS_PER_NODE_MAX } from './limits.ts'

export const ROLES = ['validator', 'gateway', 'coordinator', 'provider'] as const
export type Role = (typeof ROLES)[number]

/** The kinds of actors that a node starts for each of its roles, in the order of their start. */
export const ROLE_KINDS: Readonly<Record<Role, readonly string[]>> = {
  validator: ['block-builder', 'archive', 'mempool', 'shard', 'rollup-sequencer', 'validator'],
  gateway: [],
  coordinator: ['scheduler'],
  provider: ['gpu-worker'],
}

/** The thread that runs a role's actors unless the file says otherwise. */
export const ROLE_THREADS: Readonly<Record<Role, string>> = {
  validator: 'chain',
  gateway: 'main',
  coordinator: 'market',
  provider: 'gpu',
}

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a name is lower-case letters, digits and dashes')

const Port = z.number().int().min(0).max(65_535)

const Ports = z
  .strictObject({
    rpc: Port.optional().describe('JSON-RPC and WebSocket (role gateway); from 8545 up'),
    api: Port.optional().describe('REST (role coordinator); from 8080 up'),
    metrics: Port.optional().describe('metrics, health and inspector of the process; from 9464 up'),
    peer: Port.optional().describe('links from other processes; from 30303 up'),
  })
  .describe('0 takes a free port; the ports in use are written to endpoints.json')

const Host = z
  .string()
  .regex(/^\/(ip4|ip6|dns4|dns6)\/[^/]{1,253}$/, 'a host is for example /ip4/127.0.0.1')

const Node = z.strictObject({
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length).describe('what the node does'),
  threads: z
    .record(Name, z.array(z.string().max(64)).min(1).max(16))
    .optional()
    .describe('worker threads and the kinds of actors on each; one thread per role by default'),
  ports: Ports.optional(),
  listen: Host.optional().describe('where the node takes links; /ip4/127.0.0.1 by default'),
  address: Host.optional().describe('where other nodes reach it, if that is not where it listens'),
  peer: z
    .string()
    .regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/, 'a peer id starts with 12D3KooW')
    .optional()
    .describe('identity on links; derived from the name on networks with public keys'),
  consensus: z
    .string()
    .regex(/^0x[0-9a-f]{96}$/, 'a BLS public key is 0x and 96 hex digits')
    .optional()
    .describe("a validator's consensus key, where it is neither public nor in the genesis"),
  models: z.array(z.string().min(1).max(128)).min(1).max(64).optional().describe('role provider'),
  slots: z.number().int().min(1).max(PROVIDER_SLOTS_MAX).optional().describe('jobs at a time'),
  tasks: z
    .strictObject({
      signatures: z.number().int().min(0).max(POOL_THREADS_MAX).optional(),
    })
    .optional()
    .describe('threads of the pools that take work off the actors'),
})

const Actors = z.strictObject({
  keys: z.array(Name).min(1).max(256),
  role: z.enum(ROLES),
  place: z.literal('rendezvous').default('rendezvous'),
})

export const TopologySchema = z.strictObject({
  name: Name,
  network: z
    .string()
    .regex(/^(?:[a-z][a-z0-9-]{0,31}|.{1,4000}\.json)$/, 'a network is a name or a path to a .json')
    .describe('a file of config/networks by its name, or the path of a network file'),
  epoch: z
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .default(1)
    .describe('raise it with every change to a running cluster'),
  process: z
    .enum(['each', 'shared'])
    .default('each')
    .describe('each: one process per node; shared: all nodes in one'),
  nodes: z
    .record(Name, Node)
    .refine((nodes) => Object.keys(nodes).length <= NODES_MAX, `at most ${NODES_MAX} nodes`)
    .refine(
      (nodes) =>
        Object.values(nodes).every(
          ({ threads }) => Object.keys(threads ?? {}).length <= THREADS_PER_NODE_MAX,
        ),
      `at most ${THREADS_PER_NODE_MAX} threads a node`,
    ),
  actors: z
    .strictObject({ scheduler: Actors.optional() })
    .optional()
    .describe('actors that live once in the cluster and are placed by their key'),
})

export type Topology = z.infer<typeof TopologySchema>
export type NodeSpec = Topology['nodes'][string]
export type PortName = keyof NonNullable<NodeSpec['ports']>
