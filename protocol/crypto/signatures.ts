// The signature operations that rules and actors need, as interfaces: the rules stay pure, and
// the host picks the implementation (noble in the browser and as reference, native blst and
// secp256k1 on a node, a keyed hash in the simulator). All of them are deterministic and
// synchronous.

/**
 * BLS12-381, min-pk, proof-of-possession ciphersuite
 * `BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_` (draft-irtf-cfrg-bls-signature-05).
 * Public keys are 48 bytes, signatures 96 bytes, both compressed. Verifiers return false on any
 * malformed input; they never throw.
 */
export interface Bls {
  publicKey(secretKey: Uint8Array): Uint8Array
  sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** Throws if a signature is malformed: check each one's origin first. */
  aggregate(signatures: Uint8Array[]): Uint8Array
  /** One message, many signers (FastAggregateVerify). */
  verifyAggregate(publicKeys: Uint8Array[], message: Uint8Array, signature: Uint8Array): boolean
  provePossession(secretKey: Uint8Array): Uint8Array
  verifyPossession(publicKey: Uint8Array, proof: Uint8Array): boolean
}

/**
 * ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381). Keys are 32 bytes, proofs 80, outputs 64. `verify`
 * returns the output, or undefined for anything that does not hold; it never throws.
 */
export interface Vrf {
  publicKey(secretKey: Uint8Array): Uint8Array
  prove(secretKey: Uint8Array, alpha: Uint8Array): { proof: Uint8Array; output: Uint8Array }
  verify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | undefined
}

/** secp256k1 with Ethereum's conventions: 32-byte digests, low-s, addresses by keccak. */
export interface Secp256k1 {
  /** 65 bytes: r, s, yParity (0 or 1). */
  sign(secretKey: Uint8Array, digest: Uint8Array): Uint8Array
  /** The signer's 20-byte address, or undefined if no key fits. High s is refused. */
  recoverAddress(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined
}
