// The contract of every channel, kept by Google, in Gmail's own words.
import type { Channel } from '../../../channels/channel.ts'
import { createGoogle } from '../../../channels/google/index.ts'
import { CLIENT } from '../../simulators/identity-provider.ts'
import { signedInContract } from '../signed-in-contract.ts'

signedInContract(
  'google',
  ({ endpoints }, servers) =>
    createGoogle({ ...CLIENT, endpoints, servers }, { allowHosts: ['127.0.0.1'] }) as Channel,
  [
    // No proof: a fresh token has to be refused too.
    ['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)', 'Unavailable'],
    ['NO [UNAVAILABLE] Temporary authentication failure.', 'Unavailable'],
    ['NO [ALERT] Too many simultaneous connections. (Failure)', 'RateLimited'],
    ['NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)', 'RateLimited'],
    ['NO [ALERT] Please log in via your web browser: https://x (Failure)', 'ActionRequired'],
    [
      'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page',
      'ActionRequired',
    ],
    ['NO IMAP access is disabled for your domain', 'ActionRequired'],
  ],
)
