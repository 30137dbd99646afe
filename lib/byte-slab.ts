// Many small arrays that live and die together, cut from few large ones. PERF: above 64 bytes every
// array is an allocation outside the engine's own heap, dearer than what is written into it.

const SLAB_BYTES = 65_536

export class ByteSlab {
  private slab = new Uint8Array(0)
  private used = 0

  /** Zeros. The memory is freed when nobody holds any array of the slab. */
  take(length: number): Uint8Array {
    if (length > SLAB_BYTES / 4) return new Uint8Array(length)
    if (this.used + length > this.slab.length) {
      this.slab = new Uint8Array(SLAB_BYTES)
      this.used = 0
    }
    const start = this.used
    this.used += length
    return this.slab.subarray(start, this.used)
  }
}
