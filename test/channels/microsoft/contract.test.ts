// The contract of every channel, kept by Microsoft, in Exchange's own words.
import type { Channel } from '../../../channels/channel.ts'
import { createMicrosoft } from '../../../channels/microsoft/index.ts'
import { CLIENT } from '../../simulators/identity-provider.ts'
import { signedInContract } from '../signed-in-contract.ts'

signedInContract(
  'microsoft',
  ({ fetch }, servers) =>
    createMicrosoft({ ...CLIENT, fetch, servers }, { allowHosts: ['127.0.0.1'] }) as Channel,
  [
    // No proof: a fresh token has to be refused too. Aliases are refused in the same words.
    ['NO AUTHENTICATE failed.', 'Unavailable'],
    ['BAD User is authenticated but not connected.', 'Unavailable'],
    ['NO [UNAVAILABLE] Try later', 'Unavailable'],
    ['NO [LIMIT] Too many connections', 'RateLimited'],
  ],
)
