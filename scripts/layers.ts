// Which folder may import what: the one table behind test/tidy.test.ts, the import rules of
// biome.json and the table of docs/ARCHITECTURE.md. Imports go down only.

export interface Layer {
  /** Top-level folders that may be imported. */
  readonly folders: readonly string[]
  /** Packages that may be imported; a trailing * stands for any ending. */
  readonly packages: readonly string[]
}

const EVERYTHING = [
  'lib',
  'config',
  'protocol',
  'runtime',
  'actors',
  'transport',
  'storage',
  'compute',
  'sdk',
  'apps',
  'bench',
  'test',
  'scripts',
]

/** Files that every layer may import besides its own folders. */
export const SHARED_FILES = ['config/limits.ts', 'config/shard-limits.ts']

export const LAYERS: Readonly<Record<string, Layer>> = {
  lib: { folders: [], packages: ['node:*'] },
  protocol: { folders: ['lib'], packages: ['@noble/*'] },
  runtime: { folders: ['lib'], packages: ['msgpackr', 'node:*'] },
  actors: { folders: ['runtime', 'protocol', 'lib'], packages: [] },
  transport: {
    folders: ['runtime', 'lib'],
    packages: [
      'msgpackr',
      'uWebSockets.js',
      'ws',
      'tsx/*',
      'libp2p',
      '@libp2p/*',
      '@chainsafe/libp2p-*',
      '@multiformats/multiaddr',
      'node:*',
    ],
  },
  storage: {
    folders: ['runtime', 'protocol', 'lib'],
    packages: ['lmdb', 'msgpackr', '@electric-sql/*', 'pg', 'node:*'],
  },
  compute: { folders: ['runtime', 'protocol', 'lib'], packages: ['*'] },
  sdk: { folders: ['protocol', 'lib'], packages: ['@noble/*', 'viem*'] },
  config: { folders: ['lib'], packages: ['smol-toml', 'yaml', 'zod', 'node:*'] },
  apps: {
    folders: EVERYTHING.filter((name) => !['bench', 'test', 'scripts'].includes(name)),
    packages: ['*'],
  },
  bench: { folders: EVERYTHING, packages: ['*'] },
  test: { folders: EVERYTHING, packages: ['*'] },
  scripts: { folders: EVERYTHING, packages: ['*'] },
}

/** Layers in which nothing may wait, read a clock, draw randomness or touch the platform. */
export const PURE_LAYERS = ['protocol', 'actors']

/** What biome.json must forbid in `layer`: every folder that it may not import. */
export function forbiddenFolders(layer: string): string[] {
  const allowed = LAYERS[layer]?.folders ?? []
  return EVERYTHING.filter((name) => name !== layer && name !== 'config' && !allowed.includes(name))
}
