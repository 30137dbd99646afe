// Reads a llama2.c checkpoint (version 0): seven integers, then float32 tensors in a fixed order.
// The tensors are views of the file's bytes; nothing is copied.

export interface LlamaConfig {
  readonly dim: number
  readonly hiddenDim: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly vocabulary: number
  readonly context: number
}

export interface LlamaWeights {
  readonly config: LlamaConfig
  readonly embedding: Float32Array
  readonly attentionNorm: Float32Array
  readonly wq: Float32Array
  readonly wk: Float32Array
  readonly wv: Float32Array
  readonly wo: Float32Array
  readonly feedNorm: Float32Array
  readonly w1: Float32Array
  readonly w2: Float32Array
  readonly w3: Float32Array
  readonly finalNorm: Float32Array
  readonly ropeCos: Float32Array
  readonly ropeSin: Float32Array
  readonly classifier: Float32Array
  /** Bytes of the checkpoint; a tokenizer may follow in the same file. */
  readonly byteLength: number
}

const HEADER_BYTES = 28

/** Throws RangeError if the bytes are too short or the header makes no sense. */
export function readLlamaCheckpoint(bytes: Uint8Array): LlamaWeights {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  const int = (i: number) => view.getInt32(4 * i, true)
  const config: LlamaConfig = {
    dim: int(0),
    hiddenDim: int(1),
    layers: int(2),
    heads: int(3),
    kvHeads: int(4),
    vocabulary: Math.abs(int(5)),
    context: int(6),
  }
  const { dim, hiddenDim, layers, heads, kvHeads, vocabulary, context } = config
  const sane = [dim, hiddenDim, layers, heads, kvHeads, vocabulary, context].every(
    (n) => n > 0 && n < 1_000_000,
  )
  if (!sane || dim % heads !== 0) throw new RangeError('not a llama2.c checkpoint')
  let at = bytes.byteOffset + HEADER_BYTES
  const take = (length: number): Float32Array => {
    if (at + 4 * length > bytes.byteOffset + bytes.byteLength) {
      throw new RangeError('the checkpoint is cut short')
    }
    const tensor = new Float32Array(bytes.buffer, at, length)
    at += 4 * length
    return tensor
  }
  const headDim = dim / heads
  const kvDim = headDim * kvHeads
  const embedding = take(vocabulary * dim)
  const attentionNorm = take(layers * dim)
  const wq = take(layers * dim * dim)
  const wk = take(layers * kvDim * dim)
  const wv = take(layers * kvDim * dim)
  const wo = take(layers * dim * dim)
  const feedNorm = take(layers * dim)
  const w1 = take(layers * hiddenDim * dim)
  const w2 = take(layers * dim * hiddenDim)
  const w3 = take(layers * hiddenDim * dim)
  const finalNorm = take(dim)
  const ropeCos = take((context * headDim) / 2)
  const ropeSin = take((context * headDim) / 2)
  // A negative vocabulary size says that the classifier is not the embedding.
  const classifier = int(5) > 0 ? embedding : take(vocabulary * dim)
  const byteLength = at - bytes.byteOffset
  return {
    ...{ config, embedding, attentionNorm, wq, wk, wv, wo, feedNorm, w1, w2, w3, finalNorm },
    ...{ ropeCos, ropeSin, classifier, byteLength },
  }
}
