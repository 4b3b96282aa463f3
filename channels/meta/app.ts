// The operator's app at Meta, as Instagram, Messenger and WhatsApp Cloud share it.

import type { GraphApp } from '../../protocols/graph/client.ts'

export interface MetaApp extends GraphApp {
  /** What Meta has to name when it asks whether a webhook address is ours. */
  readonly verifyToken: string
  /** Such as `https://www.facebook.com`, where people sign in. */
  readonly dialogUrl: string
  /** Of Facebook Login for Business, instead of a list of permissions. */
  readonly loginConfigId: string | null
  /** Of WhatsApp's Embedded Signup. */
  readonly signupConfigId: string | null
}

/** Where the operator has none: Meta refuses whatever is asked in its name. */
export const NO_APP: MetaApp = {
  appId: '',
  appSecret: '',
  verifyToken: '',
  graphUrl: 'https://graph.facebook.com',
  graphVersion: 'v25.0',
  dialogUrl: 'https://www.facebook.com',
  loginConfigId: null,
  signupConfigId: null,
}
