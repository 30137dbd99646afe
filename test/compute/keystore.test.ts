// Key files: the published vectors of EIP-2335 and of Web3 Secret Storage open; what we write,
// ethers opens; what is not right is refused before it costs anything.

import { decryptKeystoreJson, encryptKeystoreJson } from 'ethers'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decryptEip2335, encryptEip2335, parseEip2335 } from '../../compute/keystore/eip2335.ts'
import { COST_LIGHT } from '../../compute/keystore/key-derivation.ts'
import type { KeyError } from '../../compute/keystore/key-error.ts'
import {
  decryptWeb3Secret,
  encryptWeb3Secret,
  parseWeb3Secret,
} from '../../compute/keystore/web3-secret.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { addressOfSecret } from '../../protocol/crypto/secp256k1-noble.ts'

const SALT = 'd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3'
const PUBKEY =
  '9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07'
const EIP_PASSWORD = '𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑'
const EIP_SECRET = '0x000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f'

/** The test vectors in the text of EIP-2335. */
const EIP_VECTORS = [
  {
    function: 'scrypt',
    params: { dklen: 32, n: 262144, p: 1, r: 8, salt: SALT },
    checksum: 'd2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484',
    message: '06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f',
  },
  {
    function: 'pbkdf2',
    params: { dklen: 32, c: 262144, prf: 'hmac-sha256', salt: SALT },
    checksum: '8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1',
    message: 'cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad',
  },
].map(({ function: name, params, checksum, message }) => ({
  crypto: {
    kdf: { function: name, params, message: '' },
    checksum: { function: 'sha256', params: {}, message: checksum },
    cipher: {
      function: 'aes-128-ctr',
      params: { iv: '264daa3f303d7259501c93d997d84fe6' },
      message,
    },
  },
  description: 'a vector',
  pubkey: PUBKEY,
  path: 'm/12381/60/0/0',
  uuid: '64625def-3331-4eea-ab6f-782f3ed16a83',
  version: 4,
}))

/** The test vectors of the Web3 Secret Storage Definition. */
const WEB3_PASSWORD = 'testpassword'
const WEB3_SECRET = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const WEB3_VECTORS = [
  {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3,
  },
  {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
      ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
      kdf: 'scrypt',
      kdfparams: {
        dklen: 32,
        n: 262144,
        p: 8,
        r: 1,
        salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
      },
      mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3,
  },
]

async function code(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    return (error as KeyError).code
  }
  return 'none'
}

for (const vector of EIP_VECTORS) {
  test(`EIP-2335: its ${vector.crypto.kdf.function} vector opens`, async () => {
    const file = parseEip2335(JSON.parse(JSON.stringify(vector)))
    // The EIP takes control codes out and normalises.
    assert.is(bytesToHex(await decryptEip2335(file, 'test\u0007password\u007f🔑')), EIP_SECRET)
    if (vector.crypto.kdf.function === 'scrypt') return
    assert.is(bytesToHex(await decryptEip2335(file, EIP_PASSWORD)), EIP_SECRET)
    assert.is(await code(() => decryptEip2335(file, 'testpassword')), 'WRONG_PASSWORD')
  })
}

for (const vector of WEB3_VECTORS) {
  test(`Web3 Secret Storage: the ${vector.crypto.kdf} vector opens`, async () => {
    const file = parseWeb3Secret(JSON.parse(JSON.stringify(vector)))
    assert.is(bytesToHex(await decryptWeb3Secret(file, WEB3_PASSWORD)), WEB3_SECRET)
    if (vector.crypto.kdf === 'scrypt') return
    assert.is(await code(() => decryptWeb3Secret(file, 'Testpassword')), 'WRONG_PASSWORD')
  })
}

test('ethers opens our account files, and we open those of ethers', async () => {
  const secret = hexToBytes(WEB3_SECRET)
  const ours = await encryptWeb3Secret(secret, 'long enough', COST_LIGHT)
  const opened = await decryptKeystoreJson(JSON.stringify(ours), 'long enough')
  assert.is(opened.privateKey, WEB3_SECRET)
  assert.is(opened.address.toLowerCase(), bytesToHex(addressOfSecret(secret)))
  const account = { address: opened.address, privateKey: WEB3_SECRET }
  const theirs = await encryptKeystoreJson(account, 'long enough', { scrypt: { N: 4096 } })
  const read = parseWeb3Secret(JSON.parse(theirs))
  assert.is(bytesToHex(await decryptWeb3Secret(read, 'long enough')), WEB3_SECRET)
})

test('a key goes in and comes out; no two files of it are alike', async () => {
  const secret = hexToBytes(EIP_SECRET)
  const facts = { pubkey: hexToBytes(`0x${PUBKEY}`), description: 'a key', cost: COST_LIGHT }
  const one = await encryptEip2335(secret, EIP_PASSWORD, facts)
  const two = await encryptEip2335(secret, EIP_PASSWORD, facts)
  assert.is.not(one.crypto.cipher.message, two.crypto.cipher.message)
  assert.is(bytesToHex(await decryptEip2335(parseEip2335(one), EIP_PASSWORD)), EIP_SECRET)
})

test('a damaged file is refused, and one that asks for too much work', async () => {
  const [scrypt, pbkdf2] = EIP_VECTORS
  const changed = (change: (file: typeof scrypt) => void, from = scrypt) => {
    const copy = JSON.parse(JSON.stringify(from))
    change(copy)
    return code(async () => decryptEip2335(parseEip2335(copy), EIP_PASSWORD))
  }
  const set = (path: string, value: unknown) => (file: unknown) => {
    const keys = path.split('.')
    const last = keys.pop() as string
    const at = keys.reduce((one, key) => (one as Record<string, unknown>)[key], file)
    ;(at as Record<string, unknown>)[last] = value
  }
  for (const [path, value] of [
    ['version', 3],
    ['crypto.cipher.function', 'aes-256-gcm'],
    ['crypto.cipher.params.iv', '00'],
    ['crypto.checksum.message', ''],
    ['crypto.kdf.params.dklen', 16],
    ['crypto.kdf.params.n', 2 ** 30],
    ['crypto.kdf.params.n', 1000],
    ['crypto.kdf.params.p', 1e6],
  ] as const) {
    assert.is(await changed(set(path, value)), 'KEYS_DAMAGED', path)
  }
  assert.is(await changed(set('crypto.kdf.params.c', 1e12), pbkdf2), 'KEYS_DAMAGED')
  const flipped = scrypt?.crypto.cipher.message.replace(/^06/, '07')
  assert.is(await changed(set('crypto.cipher.message', flipped)), 'WRONG_PASSWORD')
})

test.run()
