// Which engine runs which format. Engines are imported only when a model needs them.

import type { Manifest } from '../models/manifest.ts'
import type { Runner } from './runner.ts'

export async function loadRunner(
  manifest: Manifest,
  files: Record<string, string>,
): Promise<Runner> {
  if (manifest.format === 'onnx') {
    return (await import('./onnx-runner.ts')).loadOnnxRunner(manifest, files)
  }
  return (await import('./llama-runner.ts')).loadLlamaRunner(manifest, files)
}
