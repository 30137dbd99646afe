// node:http with ws against the HTTP conformance suite.

import { test } from 'uvu'
import { startNodeHttp } from '../../../transport/http/node-driver.ts'
import { requestTests, streamTests } from '../../conformance/http.ts'
import { socketTests } from '../../conformance/http-sockets.ts'

requestTests(test, startNodeHttp)
streamTests(test, startNodeHttp)
socketTests(test, startNodeHttp)

test.run()
