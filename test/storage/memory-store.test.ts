// The store in memory against the store conformance suite.

import { test } from 'uvu'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { storeTests } from '../conformance/store.ts'

storeTests(test, { make: () => new MemoryStore(), dispose: () => {} })

test.run()
